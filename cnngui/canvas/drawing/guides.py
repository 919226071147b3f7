"""Lines along which a dragged block is level with others: it snaps to them, and they are drawn."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF

_REACH: Final = 6
"""A line this near, in pixels of the plane, draws a block to it."""

_Edge = Callable[[QRectF], float]
_COLUMNS: Final[tuple[_Edge, ...]] = (QRectF.left, QRectF.right, lambda body: body.center().x())
_ROWS: Final[tuple[_Edge, ...]] = (QRectF.top, QRectF.bottom, lambda body: body.center().y())


class Guides:
    """The lines of the blocks that stay where they are."""

    def __init__(self, others: Iterable[QRectF]) -> None:
        bodies = tuple(others)
        self._columns = [_Levels(edge, bodies) for edge in _COLUMNS]
        self._rows = [_Levels(edge, bodies) for edge in _ROWS]

    def snap(self, body: QRectF) -> tuple[QPointF, list[QLineF]]:
        """How far `body` has to move to be level with others, across and in height, and along which lines."""
        column, row = _nearest(body, self._columns), _nearest(body, self._rows)
        way = QPointF(column.distance if column else 0, row.distance if row else 0)
        moved = body.translated(way)
        lines = []
        if column is not None:
            level = [moved, *column.bodies]
            x, top, bottom = column.place, min(map(QRectF.top, level)), max(map(QRectF.bottom, level))
            lines.append(QLineF(x, top, x, bottom))
        if row is not None:
            level = [moved, *row.bodies]
            y, left, right = row.place, min(map(QRectF.left, level)), max(map(QRectF.right, level))
            lines.append(QLineF(left, y, right, y))
        return way, lines


class _Level(NamedTuple):
    """A line: how far a body is from it, where it is, and whose edges are on it."""

    distance: float
    place: float
    bodies: list[QRectF]


class _Levels:
    """Where one of the edges of blocks is, in order: a thousand of them are asked for each step of a drag."""

    def __init__(self, edge: _Edge, bodies: Sequence[QRectF]) -> None:
        self._edge = edge
        self._bodies: dict[float, list[QRectF]] = defaultdict(list)
        for body in bodies:
            self._bodies[edge(body)].append(body)
        self._places = sorted(self._bodies)

    def nearest(self, body: QRectF) -> _Level | None:
        """The line that is nearest to the body's own edge; None where there are none."""
        own = self._edge(body)
        index = bisect(self._places, own)
        near = self._places[max(0, index - 1) : index + 1]
        if not near:
            return None
        place = min(near, key=lambda place: abs(place - own))
        return _Level(place - own, place, self._bodies[place])


def _nearest(body: QRectF, edges: Sequence[_Levels]) -> _Level | None:
    """The line to which the shortest way leads; None where all are too far."""
    found = [level for level in (levels.nearest(body) for levels in edges) if level is not None]
    nearest = min(found, key=lambda level: abs(level.distance), default=None)
    return nearest if nearest is not None and abs(nearest.distance) < _REACH + 0.5 else None
