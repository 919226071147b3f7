"""The canvas from far away: rectangles with icons, and lines from corner to corner, painted in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from cnngui import icons
from cnngui.canvas.block_item import BlockItem
from cnngui.canvas.style import Style
from cnngui.canvas.wire_item import WireItem

_GAP = 8
"""Between a block and the frame that marks it: their colours may be alike."""
_ICON = 48
_SMALLEST_ICON = 8
"""In screen pixels: below, an icon is a speck."""


class Overview:
    """The rectangles and lines of one state of the scene."""

    def __init__(self, blocks: Iterable[BlockItem], wires: Iterable[WireItem], style: Style) -> None:
        self._style = style
        self._bodies: dict[str, list[QRectF]] = defaultdict(list)
        self._icons: dict[str, list[QPointF]] = defaultdict(list)
        self._marked: list[tuple[QPen, list[QRectF]]] = []
        self._lines = QPainterPath()
        for wire in wires:
            self._lines.addPolygon(wire.outline)
        wrong: dict[str, list[QRectF]] = defaultdict(list)
        selected: list[QRectF] = []
        for item in blocks:
            self._bodies[item.face.category].append(item.body)
            self._icons[item.face.icon].append(item.body.center())
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
        self._paint_icons(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, rects in self._marked:
            painter.setPen(pen)
            painter.drawRects(rects)

    def _paint_icons(self, painter: QPainter) -> None:
        """In the very pixels of the screen, which is sharp and needs no scaling."""
        ratio = painter.device().devicePixelRatioF()
        to_screen = painter.worldTransform()
        size = round(_ICON * to_screen.m11())
        if size < _SMALLEST_ICON:
            return
        painter.resetTransform()
        for name, centers in self._icons.items():
            image = icons.pixmap(name, self._style.on_header.color(), size, ratio)
            for center in centers:
                place = to_screen.map(center).toPoint()
                painter.drawPixmap(place.x() - size // 2, place.y() - size // 2, image)
        painter.setWorldTransform(to_screen)


def _around(body: QRectF) -> QRectF:
    return body.adjusted(-_GAP, -_GAP, _GAP, _GAP)


def _outline(pen: QPen) -> QPen:
    """Two pixels on the screen at any zoom."""
    made = QPen(pen.color(), 2)
    made.setCosmetic(True)
    return made
