"""Lines along which a dragged block is level with others: it snaps to them, and they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF

_REACH: Final = 6
"""A line this near, in pixels of the plane, draws a block to it."""

_Edge = Callable[[QRectF], float]
_COLUMNS: Final[tuple[_Edge, ...]] = (QRectF.left, QRectF.right, lambda body: body.center().x())
_ROWS: Final[tuple[_Edge, ...]] = (QRectF.top, QRectF.bottom, lambda body: body.center().y())


def snap(body: QRectF, others: Sequence[QRectF]) -> tuple[QPointF, list[QLineF]]:
    """How far `body` has to move to be level with `others`, across and in height, and along which lines."""
    dx, column = _nearest(body, others, _COLUMNS)
    dy, row = _nearest(body, others, _ROWS)
    way = QPointF(dx, dy)
    moved = body.translated(way)
    lines = []
    if column is not None:
        level = [moved, *(other for other in others if column(other) == column(moved))]
        top, bottom = min(map(QRectF.top, level)), max(map(QRectF.bottom, level))
        lines.append(QLineF(column(moved), top, column(moved), bottom))
    if row is not None:
        level = [moved, *(other for other in others if row(other) == row(moved))]
        left, right = min(map(QRectF.left, level)), max(map(QRectF.right, level))
        lines.append(QLineF(left, row(moved), right, row(moved)))
    return way, lines


def _nearest(body: QRectF, others: Sequence[QRectF], edges: Sequence[_Edge]) -> tuple[float, _Edge | None]:
    """The shortest move after which an edge is level with that of another block; 0 where there is none."""
    found: tuple[float, _Edge | None] = 0.0, None
    reach = _REACH + 0.5
    for edge in edges:
        own = edge(body)
        for other in others:
            distance = edge(other) - own
            if abs(distance) < reach:
                found, reach = (distance, edge), abs(distance)
    return found
