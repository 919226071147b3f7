"""What a block shows of the design, as a value."""

from __future__ import annotations

from typing import NamedTuple

from cnngui.canvas.layout import input_count
from cnngui.formatting import brief_count_text, count_text, shape_text
from core.errors import Problem
from core.graph import Block, Wire
from core.infer import Cost, layer_cost
from core.layers import Shape


class Face(NamedTuple):
    """Equal faces look the same. `incoming` are the wires into the block, by input number.

    A tuple, because a thousand of them are made and compared for each edit.
    """

    block: Block
    shape: Shape | None = None
    problem: Problem | None = None
    incoming: tuple[Wire, ...] = ()
    feeds: bool = False
    """Whether a wire leaves the block."""
    entering: tuple[Shape, ...] = ()
    """The shapes that come in, where they and the block's own shape are known."""

    @property
    def inputs(self) -> int:
        """The number of input ports."""
        return input_count(self.block.layer, self.incoming)

    @property
    def shape_text(self) -> str:
        return "" if self.shape is None else shape_text(self.shape)

    @property
    def summary(self) -> str:
        """The key settings, unless they are the shape, which stands below anyway."""
        text = self.block.layer.summary()
        return "" if text == self.shape_text else text

    @property
    def cost(self) -> Cost | None:
        """What the block costs; None where it isn't known, or the layer never costs anything."""
        layer = self.block.layer
        return layer_cost(layer, self.entering) if self.entering and layer.has_cost() else None

    @property
    def cost_text(self) -> str:
        """`61.7 k · 2.3 M MAC`: learned numbers and multiply-adds, at a glance."""
        cost = self.cost
        if cost is None:
            return ""
        learned = brief_count_text(cost.parameters)
        if cost.multiply_adds:
            return f"{learned} · {brief_count_text(cost.multiply_adds)} MAC"
        return f"{learned} parameters"

    @property
    def message(self) -> str:
        """What is wrong, without the block's name: it stands above."""
        if self.problem is None:
            return ""
        text = self.problem.message.removeprefix(self.block.name).lstrip(" :,")
        return text[:1].upper() + text[1:]

    @property
    def description(self) -> str:
        """The whole block in words: for the tooltip and for screen readers."""
        parts = [self.block.name, self.block.layer.title, self.summary]
        if self.shape is not None:
            parts.append(f"Output {self.shape_text}")
        cost = self.cost
        if cost is not None:
            parts.append(f"Parameters {count_text(cost.parameters)}")
        if cost is not None and cost.multiply_adds:
            parts.append(f"Multiply-adds {count_text(cost.multiply_adds)}")
        if self.problem is not None:
            parts.append(f"{self.problem.severity.capitalize()}: {self.problem}")
        return "\n".join(dict.fromkeys(filter(None, parts)))
