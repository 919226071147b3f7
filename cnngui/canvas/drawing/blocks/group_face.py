"""What a folded group shows of the design, as a value: what `Face` is for a block."""

from __future__ import annotations

from typing import Final, NamedTuple

from cnngui.canvas.drawing.blocks.face import cost_at_a_glance, cost_in_words, message_of, total_cost
from core.design.folding import Box
from core.design.graph import Place
from core.design.infer import Cost
from core.errors import Problem
from core.layers import Layer
from core.maths.arrays import Shape
from core.schema.written import counted_text, shape_text

GROUP_ICON: Final = "group"
GROUP_CATEGORY: Final = "Group"


class GroupFace(NamedTuple):
    """Equal faces look the same. `shape` is that of the only output, `problem` the worst inside.

    `costing` has the layers inside, all copies, with the shapes that come into each, where all are known.
    """

    box: Box
    shape: Shape | None = None
    problem: Problem | None = None
    costing: tuple[tuple[Layer, tuple[Shape, ...]], ...] = ()

    @property
    def is_group(self) -> bool:
        return True

    @property
    def category(self) -> str:
        return GROUP_CATEGORY

    @property
    def icon(self) -> str:
        return GROUP_ICON

    @property
    def id(self) -> str:
        return self.box.group.id

    @property
    def name(self) -> str:
        """`Stage 2 ×3`."""
        return group_title(self.box.group.name, self.box.group.repeat)

    @property
    def position(self) -> Place:
        return self.box.position

    @property
    def inputs(self) -> int:
        return len(self.box.inputs)

    @property
    def outputs(self) -> int:
        return len(self.box.outputs)

    @property
    def linked(self) -> frozenset[int]:
        return self.box.linked

    @property
    def feeding(self) -> frozenset[int]:
        return self.box.feeding

    @property
    def has_cost(self) -> bool:
        return bool(self.costing)

    @property
    def cost(self) -> Cost | None:
        return total_cost(self.costing) if self.costing else None

    @property
    def cost_text(self) -> str:
        return cost_at_a_glance(self.cost)

    @property
    def shape_text(self) -> str:
        return "" if self.shape is None else shape_text(self.shape)

    @property
    def summary(self) -> str:
        return counted_text(len(self.box.blocks), "block")

    @property
    def message(self) -> str:
        return message_of(self.problem, "")

    @property
    def description(self) -> str:
        """The whole group in words: for the tooltip and for screen readers."""
        parts = [self.name, f"Folded group of {self.summary}"]
        if self.shape is not None:
            parts.append(f"Output {self.shape_text}")
        parts += cost_in_words(self.cost)
        if self.problem is not None:
            parts.append(f"{self.problem.severity.capitalize()}: {self.problem}")
        return "\n".join(parts)


def group_title(name: str, repeat: int) -> str:
    """How a group is called on the canvas and in lists: `Stage 2 ×3`."""
    return name if repeat == 1 else f"{name} ×{repeat}"
