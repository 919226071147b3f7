"""The canvas from far away: rectangles with icons, and lines from corner to corner, painted in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from cnngui.canvas.drawing.blocks.block_item import BlockItem
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.theme import icons
from core.design.graph import Wire

_GAP = 8
"""Between a block and the frame that marks it: their colours may be alike."""
_ICON = 48
_SMALLEST_ICON = 8
"""In screen pixels: below, an icon is a speck."""


class _Seen(NamedTuple):
    """What is seen of a block."""

    category: str
    icon: str
    body: QRectF
    severity: str | None
    is_marked: bool


class Overview:
    """The rectangles and lines of a scene. While a block is dragged, only its own rectangle is made anew."""

    def __init__(self, style: Style, wires: Mapping[Wire, WireItem]) -> None:
        self._style = style
        self._wires = wires
        self._seen: dict[str, _Seen] = {}
        self._blocks: _Blocks | None = None
        self._lines: QPainterPath | None = None

    def show(self, item: BlockItem) -> None:
        """A block is new, or looks otherwise than before."""
        face = item.face
        severity = None if face.problem is None else face.problem.severity
        seen = _Seen(face.category, face.icon, item.body, severity, item.is_marked)
        if self._seen.get(face.id) != seen:
            self._seen[face.id], self._blocks = seen, None

    def forget(self, block_id: str) -> None:
        """A block is gone."""
        del self._seen[block_id]
        self._blocks = None

    def forget_wires(self) -> None:
        """There are other wires, or they lead elsewhere."""
        self._lines = None

    def paint(self, painter: QPainter) -> None:
        if self._lines is None:
            self._lines = QPainterPath()
            for wire in self._wires.values():
                self._lines.addPolygon(wire.outline)
        if self._blocks is None:
            self._blocks = _Blocks(self._seen, self._style)
        painter.strokePath(self._lines, self._style.overview_wire)
        self._blocks.paint(painter)


class _Blocks:
    """The blocks, by what they are painted with."""

    def __init__(self, blocks: Mapping[str, _Seen], style: Style) -> None:
        self._style = style
        self._bodies: dict[str, list[QRectF]] = defaultdict(list)
        self._icons: dict[str, list[QPointF]] = defaultdict(list)
        wrong: dict[str, list[QRectF]] = defaultdict(list)
        selected: list[QRectF] = []
        for category, icon, body, severity, is_marked in blocks.values():
            self._bodies[category].append(body)
            self._icons[icon].append(body.center())
            if severity is not None:
                wrong[severity].append(_around(body))
            if is_marked:
                selected.append(_around(body))
        edges = [(style.problem[severity], rects) for severity, rects in wrong.items()]
        self._marked = [(_outline(pen), rects) for pen, rects in [*edges, (style.accent, selected)]]

    def paint(self, painter: QPainter) -> None:
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
