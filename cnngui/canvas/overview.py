"""The canvas from far away: plain rectangles, and lines from corner to corner, painted in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from cnngui.canvas.block_item import BlockItem
from cnngui.canvas.style import Style
from cnngui.canvas.wire_item import WireItem

_GAP = 8
"""Between a block and the frame that marks it: their colours may be alike."""


class Overview:
    """The rectangles and lines of one state of the scene."""

    def __init__(self, blocks: Iterable[BlockItem], wires: Iterable[WireItem], style: Style) -> None:
        self._style = style
        self._bodies: dict[str, list[QRectF]] = defaultdict(list)
        self._marked: list[tuple[QPen, list[QRectF]]] = []
        self._lines = QPainterPath()
        for wire in wires:
            self._lines.addPolygon(wire.outline)
        wrong: dict[str, list[QRectF]] = defaultdict(list)
        selected: list[QRectF] = []
        for item in blocks:
            self._bodies[item.face.category].append(item.body)
            if item.face.problem is not None:
                wrong[item.face.problem.severity].append(_around(item.body))
            if item.is_marked:
                selected.append(_around(item.body))
        edges = [(style.problem[severity], rects) for severity, rects in wrong.items()]
        self._marked = [(_outline(pen), rects) for pen, rects in [*edges, (style.accent, selected)]]

    def paint(self, painter: QPainter) -> None:
        painter.strokePath(self._lines, self._style.overview_wire)
        painter.setPen(Qt.PenStyle.NoPen)
        for group, rects in self._bodies.items():
            painter.setBrush(self._style.category(group))
            painter.drawRects(rects)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, rects in self._marked:
            painter.setPen(pen)
            painter.drawRects(rects)


def _around(body: QRectF) -> QRectF:
    return body.adjusted(-_GAP, -_GAP, _GAP, _GAP)


def _outline(pen: QPen) -> QPen:
    """Two pixels on the screen at any zoom."""
    made = QPen(pen.color(), 2)
    made.setCosmetic(True)
    return made
