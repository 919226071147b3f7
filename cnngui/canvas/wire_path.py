"""The pictures of wires: their curves as Qt draws them, where the label sits, and the head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from cnngui.theme import PORT_SIZE
from core.route import Curve, Point

ARROW: Final = 7


def wire_path(curves: Sequence[Curve]) -> QPainterPath:
    """The course of a wire from (0, 0)."""
    path = QPainterPath()
    for curve in curves:
        path.cubicTo(*curve.first, *curve.second, *curve.end)
    return path


def relative(start: Point, curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """The same curves as seen from `start`."""

    def moved(point: Point) -> Point:
        return point[0] - start[0], point[1] - start[1]

    return tuple(Curve(moved(curve.first), moved(curve.second), moved(curve.end)) for curve in curves)


def loose_path(dx: float, dy: float) -> QPainterPath:
    """The wire that is being drawn: its free end follows the cursor wherever it goes."""
    reach = min(60.0, math.hypot(dx, dy) / 2)
    path = QPainterPath()
    path.cubicTo(reach, 0, dx - reach, dy, dx, dy)
    return path


def longest(curves: Sequence[Curve]) -> tuple[Point, Point]:
    """The ends of the longest of the curves from (0, 0): the label sits in the middle between them."""
    ends: list[Point] = [(0.0, 0.0), *(curve.end for curve in curves)]
    return max(pairwise(ends), key=lambda pair: math.dist(*pair))


def arrow(dx: float, dy: float) -> QPolygonF:
    """The head of the wire, just before the port; every wire enters its block from the left."""
    tip = dx - PORT_SIZE / 2
    return QPolygonF(
        [QPointF(tip, dy), QPointF(tip - ARROW, dy - ARROW / 2), QPointF(tip - ARROW, dy + ARROW / 2)]
    )
