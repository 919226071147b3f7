"""The room that a design needs for its wires, in pixels.

The layout is one for designs that run to the right: sizes are turned before it and places after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.design.direction import Direction
from core.design.graph import Place
from core.drawing.route import CLEARANCE

Size = tuple[float, float]

GRID = 4
"""All distances and places are multiples of it."""
GROUP_MARGIN = CLEARANCE + 8
"""Between the members of an open group and the edge of its area: a wire around a member runs within it."""
GROUP_TITLE = 28
"""The height of its title, above them."""


@dataclass(frozen=True)
class Spacing:
    """Which way a design runs, and the distances that this asks for."""

    direction: Direction
    aspect: float
    """Length by breadth of the view that a long design is wrapped for."""
    view: float
    """The length that a window shows at full size: what is no longer needs no further wrapping."""
    between_rows: float
    """Between the rows, or columns, of a wrapped design."""
    between_levels: float = 64
    between_blocks: float = 40
    """Between neighbours across the wires."""
    lane: float = 12
    """Half the breadth of the lane that is kept free for a wire."""
    beside_lane: float = 8
    """Between a block and such a lane."""
    most_broken: int = 8
    """So many wires may lead from the end of a row to the next one."""

    @property
    def inside(self) -> Place:
        """Where the members of an open group begin in its area, along and across."""
        return self.direction.turn((GROUP_MARGIN, GROUP_MARGIN + GROUP_TITLE))

    @property
    def around(self) -> Size:
        """How much larger than its members an open group is, along and across."""
        return self.direction.turn((2 * GROUP_MARGIN, 2 * GROUP_MARGIN + GROUP_TITLE))


SPACINGS: Final = {
    Direction.RIGHT: Spacing(Direction.RIGHT, aspect=1.6, view=1200, between_rows=56),
    Direction.DOWN: Spacing(Direction.DOWN, aspect=1 / 1.6, view=750, between_rows=112),
}
