"""Moving what has been arranged aside from blocks that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor

from core.design.graph import Place
from core.drawing.arrange.spacing import GRID, Size

Body = tuple[Place, Size]
"""The top left corner and the size of a block."""

_MARGIN = 4 * GRID


def free_shift(bodies: Sequence[Body], others: Sequence[Body]) -> Place:
    """The shortest move of `bodies` along one axis after which none comes near one of the `others`.

    Where they have to move, they move as one area out of the way, so that nothing ends up among them.
    """
    if not any(_near(body, other) for other in others for body in bodies):
        return (0.0, 0.0)
    low, high = _bounds(bodies)
    moves = sorted(_moves(low, high, others), key=lambda move: abs(move[0]) + abs(move[1]))
    for move in moves:
        corner = (low[0] + move[0], low[1] + move[1])
        area = (corner, (high[0] - low[0], high[1] - low[1]))
        if not any(_near(area, other) for other in others):
            return move
    raise AssertionError("beyond the last of the others there is room")


def _bounds(bodies: Sequence[Body]) -> tuple[Place, Place]:
    left, top = (min(place[axis] for place, _ in bodies) for axis in (0, 1))
    right, bottom = (max(place[axis] + size[axis] for place, size in bodies) for axis in (0, 1))
    return (left, top), (right, bottom)


def _moves(low: Place, high: Place, others: Sequence[Body]) -> Iterator[Place]:
    """To either side of each of the others."""
    for axis in (1, 0):
        for place, size in others:
            behind = GRID * ceil((place[axis] + size[axis] + _MARGIN - low[axis]) / GRID)
            before = GRID * floor((place[axis] - _MARGIN - high[axis]) / GRID)
            for way in (behind, before):
                yield (0.0, float(way)) if axis else (float(way), 0.0)


def _near(body: Body, other: Body) -> bool:
    return all(
        body[0][axis] < other[0][axis] + other[1][axis] + _MARGIN
        and other[0][axis] < body[0][axis] + body[1][axis] + _MARGIN
        for axis in (0, 1)
    )
