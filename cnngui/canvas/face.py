"""What a block shows of the design, as a value."""

from __future__ import annotations

from typing import NamedTuple

from cnngui.canvas.layout import input_count
from cnngui.formatting import shape_text
from core.errors import Problem
from core.graph import Block, Wire
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
        if self.problem is not None:
            parts.append(f"{self.problem.severity.capitalize()}: {self.problem}")
        return "\n".join(dict.fromkeys(filter(None, parts)))
