"""The pictures of wires: their curves as Qt draws them, where the label sits, and the head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from cnngui.theme.theme import PORT_SIZE
from core.design.direction import Direction, Point
from core.drawing.route import Curve

ARROW: Final = 7
_SHARES: Final = (0.5, 0.3, 0.7)
"""Where on its part of the course a label may stand."""
_MORE_SHARES: Final = (0.4, 0.6, 0.2, 0.8, 0.12, 0.88)
"""The same where it runs up or down, past blocks: a label has room only between two of them."""


def wire_path(curves: Sequence[Curve]) -> QPainterPath:
    """The course of a wire from (0, 0)."""
    path = QPainterPath()
    for curve in curves:
        path.cubicTo(*curve.first, *curve.second, *curve.end)
    return path


def relative(start: Point, curves: Sequence[Curve], direction: Direction) -> tuple[Curve, ...]:
    """Curves along a direction as they are on the plane, seen from `start`."""

    def moved(point: Point) -> Point:
        x, y = direction.turn(point)
        return x - start[0], y - start[1]

    return tuple(Curve(moved(curve.first), moved(curve.second), moved(curve.end)) for curve in curves)


def loose_path(dx: float, dy: float, direction: Direction) -> QPainterPath:
    """The wire that is being drawn: its free end follows the cursor wherever it goes."""
    ahead, aside = direction.turn((min(60.0, math.hypot(dx, dy) / 2), 0))
    path = QPainterPath()
    path.cubicTo(ahead, aside, dx - ahead, dy - aside, dx, dy)
    return path


@dataclass(frozen=True)
class Stretch:
    """A part of the course that is long enough for a label. The label sits at one of the `spots`."""

    size: tuple[float, float]
    """How far it leads, aside and up or down."""
    spots: tuple[Point, ...]
    """The best first."""

    def has_room(self, width: float, height: float) -> bool:
        """For a label, with a margin at both ends."""
        is_level = abs(self.size[0]) >= abs(self.size[1])
        return math.hypot(*self.size) >= (width if is_level else height) + 2 * height


def stretches(curves: Sequence[Curve], shortest: float) -> list[Stretch]:
    """The parts of a course from (0, 0), the longest first."""
    found = []
    start = (0.0, 0.0)
    for curve in curves:
        size = curve.end[0] - start[0], curve.end[1] - start[1]
        if math.hypot(*size) >= shortest:
            shares = _SHARES if abs(size[0]) >= abs(size[1]) else (*_SHARES, *_MORE_SHARES)
            found.append(Stretch(size, tuple(_point(start, curve, share) for share in shares)))
        start = curve.end
    return sorted(found, key=lambda stretch: -math.hypot(*stretch.size))


def _point(start: Point, curve: Curve, t: float) -> Point:
    """On a Bézier curve, at a parameter from 0 to 1."""
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
    points = start, curve.first, curve.second, curve.end
    x, y = (sum(w * point[axis] for w, point in zip(weights, points, strict=True)) for axis in (0, 1))
    return x, y


def arrow(end: Point, direction: Direction) -> QPolygonF:
    """The head of the wire, just before the port; every wire enters its block along the design."""
    along, across = direction.turn(end)
    tip = along - PORT_SIZE / 2
    corners = (tip, across), (tip - ARROW, across - ARROW / 2), (tip - ARROW, across + ARROW / 2)
    return QPolygonF([QPointF(*direction.turn(corner)) for corner in corners])
