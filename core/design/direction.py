"""Which way a design runs: the one thing that ports, wires, layout and new blocks take their sides from.

Whatever depends on it is written for a design that runs to the right, and turned.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

Point = tuple[float, float]
"""x and y in canvas pixels, y downwards; or a width and a height."""

FIRST_PORT: Final = 44
"""To the right: the first ports of a block are this far below its top, whatever its height."""
PORT_STEP: Final = 24
"""From one port of a side to the next, where there is room."""
_HALF_LINE: Final = 8
"""Of the text that a port at a block's side is level with."""
_ROOM: Final = 120
"""Top down: the ports of a block take up this much of its width at most, clear of its corners."""


class Direction(Enum):
    """To the right, inputs are at the left of a block and outputs at its right; down, above it and below."""

    RIGHT = "right"
    DOWN = "down"

    @property
    def words(self) -> str:
        """As menus and the history call it."""
        return "left to right" if self is Direction.RIGHT else "top down"

    @property
    def other(self) -> Direction:
        return Direction.DOWN if self is Direction.RIGHT else Direction.RIGHT

    def turn(self, point: Point) -> Point:
        """A point or a size as distances along the direction and across it; turned again, it is as it was."""
        return point if self is Direction.RIGHT else (point[1], point[0])

    def room_for_ports(self, count: int) -> float:
        """The height that a block needs to have so many ports on a side, without its lower margin."""
        is_beside = self is Direction.RIGHT and count > 0
        return FIRST_PORT + (count - 1) * PORT_STEP + _HALF_LINE if is_beside else 0

    def line(self, breadth: float) -> float:
        """How far across from its corner the wires of a block with one input and one output run."""
        return FIRST_PORT if self is Direction.RIGHT else breadth / 2

    def port(self, number: int, count: int, breadth: float) -> float:
        """How far across from the corner of a block of this breadth a port is, one of `count` on its side.

        To the right they follow each other from the first one on; down they stand around the middle.
        """
        if self is Direction.RIGHT:
            return self.line(breadth) + number * PORT_STEP
        step = min(PORT_STEP, _ROOM / max(1, count - 1))
        return self.line(breadth) + (number - (count - 1) / 2) * step
