"""The course of a wire from an output at (0, 0) to the input number `input` at (dx, dy)."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from cnngui.canvas.layout import ROW, input_point, output_point
from cnngui.theme import PORT_SIZE

ARROW: Final = 7
_STUB: Final = 24
"""A wire that has to turn back leaves and enters its blocks straight for this long."""
_CORNER: Final = 12
_CLEARANCE: Final = 20
"""So far above a block a wire passes over it."""


def wire_path(dx: float, dy: float, input: int = 0) -> QPainterPath:
    """A smooth curve to the right; a wire that leads back goes around with rounded corners."""
    path = QPainterPath()
    if dx >= _STUB:
        path.cubicTo(dx / 2, 0, dx / 2, dy, dx, dy)
        return path
    across = _crossing(dy, input)
    corners = [(_STUB, 0.0), (_STUB, across), (dx - _STUB, across), (dx - _STUB, dy), (dx, dy)]
    before = QPointF(0, 0)
    for corner, after in zip(map(_point, corners[:-1]), map(_point, corners[1:]), strict=True):
        path.lineTo(_towards(corner, before))
        path.quadTo(corner, _towards(corner, after))
        before = corner
    path.lineTo(dx, dy)
    return path


def loose_path(dx: float, dy: float) -> QPainterPath:
    """The wire that is being drawn: its free end follows the cursor wherever it goes."""
    reach = min(60.0, math.hypot(dx, dy) / 2)
    path = QPainterPath()
    path.cubicTo(reach, 0, dx - reach, dy, dx, dy)
    return path


def middle(dx: float, dy: float, input: int = 0) -> QPointF:
    """Where the label of a wire sits."""
    return QPointF(dx / 2, dy / 2 if dx >= _STUB else _crossing(dy, input))


def arrow(dx: float, dy: float) -> QPolygonF:
    """The head of the wire, just before the port; every wire enters its block from the left."""
    tip = dx - PORT_SIZE / 2
    return QPolygonF(
        [QPointF(tip, dy), QPointF(tip - ARROW, dy - ARROW / 2), QPointF(tip - ARROW, dy + ARROW / 2)]
    )


def _crossing(dy: float, input: int) -> float:
    """The height at which a wire runs back: over the lower block, or over both where they share a row."""
    start_top = -output_point().y()
    end_top = dy - input_point(input).y()
    apart = abs(end_top - start_top) >= ROW
    return (max(start_top, end_top) if apart else min(start_top, end_top)) - _CLEARANCE


def _point(corner: tuple[float, float]) -> QPointF:
    return QPointF(*corner)


def _towards(corner: QPointF, other: QPointF) -> QPointF:
    """The point on the way from a corner to the next one where the rounding ends."""
    way = other - corner
    length = abs(way.x()) + abs(way.y())  # one of both is zero
    return corner if length == 0 else corner + way * (min(_CORNER, length / 2) / length)
