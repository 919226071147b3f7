"""The two ways a design can run, as distances along its wires and across them, in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["right", "down"]
Place = tuple[float, float]
Size = tuple[float, float]

GRID = 4
"""All distances and places are multiples of it."""
PORT_LINE = 44
"""The first ports of a block are this far below its top. Wires along a row are straight between them."""
GROUP_MARGIN = 16
"""Between the members of an open group and the edge of its area."""
GROUP_TITLE = 28
"""The height of its title, above them."""
LANE = 12
"""Half the width of the lane that is kept free for a wire."""
BESIDE_LANE = 8
"""Between a block and such a lane."""


@dataclass(frozen=True)
class Frame:
    """Where a design runs to, and the room that its wires need on the way."""

    along: int
    """The axis along the wires: 0 for x, 1 for y."""
    between_levels: float
    between_rows: float
    """Between the rows (or columns) of a folded design."""
    between_blocks: float
    """Between neighbours across the wires."""
    most_broken: int
    """So many wires may lead from the end of a row to the next one."""

    @property
    def across(self) -> int:
        return 1 - self.along

    def place(self, along: float, across: float) -> Place:
        return (along, across) if self.along == 0 else (across, along)


RIGHT = Frame(along=0, between_levels=64, between_rows=56, between_blocks=40, most_broken=8)
DOWN = Frame(along=1, between_levels=44, between_rows=112, between_blocks=8, most_broken=1)
FRAMES: dict[Direction, Frame] = {"right": RIGHT, "down": DOWN}

AROUND = 32
"""A wire that leads down runs around its blocks within this distance."""
FAR_AROUND = 40
"""A wire that passes other blocks on its way down comes down this far to the left of its target."""


def port_line(frame: Frame) -> float:
    """How far across from its corner a block's wires run: to the right through its ports, down beside it."""
    return PORT_LINE if frame is RIGHT else 0.0


def reach(frame: Frame, size: Size, line: float) -> tuple[float, float]:
    """How far something extends across, before and behind the line that its wires run on."""
    if frame is RIGHT:
        return line, max(0.0, size[1] - line)
    return line + AROUND, size[0] - line + AROUND


def lane_reach(frame: Frame) -> tuple[float, float]:
    """The same for a lane: to the right a wire leaves on the line; going down it enters beside it."""
    return (LANE, LANE) if frame is RIGHT else (FAR_AROUND + LANE, BESIDE_LANE - FAR_AROUND)
