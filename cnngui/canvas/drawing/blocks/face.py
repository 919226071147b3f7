"""What a block shows of the design, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from cnngui.canvas.drawing.layout import input_count
from cnngui.theme.formatting import short_count_text
from cnngui.theme.icons import layer_icon_name
from core.design.graph import Block, Place, Wire
from core.design.infer import Cost, layer_cost
from core.errors import Problem
from core.layers import Layer
from core.maths.arrays import Shape
from core.schema.written import count_text, noun, shape_text

_layer_cost = lru_cache(maxsize=4096)(layer_cost)


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
    entering: tuple[tuple[Shape, ...], ...] = ()
    """The shapes that come into each of its copies, where they and the block's own shape are known."""

    @property
    def is_group(self) -> bool:
        return False

    @property
    def id(self) -> str:
        return self.block.id

    @property
    def name(self) -> str:
        return self.block.name

    @property
    def position(self) -> Place:
        return self.block.position

    @property
    def category(self) -> str:
        return self.block.layer.group

    @property
    def icon(self) -> str:
        return layer_icon_name(self.block.layer.kind)

    @property
    def outputs(self) -> int:
        """The number of output ports."""
        return int(self.block.layer.has_output)

    @property
    def linked(self) -> frozenset[int]:
        """The numbers of the input ports that have a wire."""
        return frozenset(wire.input for wire in self.incoming)

    @property
    def feeding(self) -> frozenset[int]:
        """The numbers of the output ports that have a wire."""
        return frozenset({0} if self.feeds else ())

    @property
    def has_cost(self) -> bool:
        """Whether a cost is known, and can be anything but 0."""
        return bool(self.entering) and self.block.layer.has_cost()

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
        text = self.block.layer.caption()
        return text if text and text != self.shape_text else ""

    @property
    def cost(self) -> Cost | None:
        """What the block costs; None where it isn't known, or the layer never costs anything."""
        return total_cost((self.block.layer, shapes) for shapes in self.entering) if self.has_cost else None

    @property
    def cost_text(self) -> str:
        return cost_at_a_glance(self.cost)

    @property
    def message(self) -> str:
        """What is wrong, without the block's name: it stands above."""
        return message_of(self.problem, self.block.name)

    @property
    def description(self) -> str:
        """The whole block in words: for the tooltip and for screen readers."""
        parts = [self.block.name, self.block.layer.title, self.summary]
        if self.shape is not None:
            parts.append(f"Output {self.shape_text}")
        parts += cost_in_words(self.cost)
        if self.problem is not None:
            parts.append(f"{self.problem.severity.capitalize()}: {self.problem}")
        return "\n".join(dict.fromkeys(filter(None, parts)))


def total_cost(parts: Iterable[tuple[Layer, tuple[Shape, ...]]]) -> Cost:
    """What layers with these input shapes cost together."""
    found = [_layer_cost(layer, shapes) for layer, shapes in parts if layer.has_cost()]
    return Cost(sum(cost.parameters for cost in found), sum(cost.multiply_adds for cost in found))


def cost_at_a_glance(cost: Cost | None) -> str:
    """`61,706 · 2.3 M MAC`: learned numbers and multiply-adds."""
    if cost is None:
        return ""
    learned = short_count_text(cost.parameters)
    if cost.multiply_adds:
        return f"{learned} · {short_count_text(cost.multiply_adds)} MAC"
    return f"{learned} {noun(cost.parameters, 'parameter')}"


def cost_in_words(cost: Cost | None) -> list[str]:
    """The same for a tooltip and for screen readers, in full; nothing where it isn't known."""
    if cost is None:
        return []
    words = [f"Parameters {count_text(cost.parameters)}"]
    return [*words, f"Multiply-adds {count_text(cost.multiply_adds)}"] if cost.multiply_adds else words


def message_of(problem: Problem | None, name: str) -> str:
    """What is wrong, without the name that stands above."""
    text = "" if problem is None else problem.message.removeprefix(name).lstrip(" :,")
    return text[:1].upper() + text[1:]
