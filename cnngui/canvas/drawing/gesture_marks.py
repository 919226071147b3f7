"""What a running gesture draws: the wire or the rectangle that is pulled, the lines that a block snaps to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem

from cnngui.canvas.drawing.style import Style
from cnngui.canvas.drawing.wires.wire_item import PendingWire
from core.design.direction import Direction


class GestureMarks:
    """Items above all others, there only while a gesture needs them."""

    def __init__(self, scene: QGraphicsScene, style: Style) -> None:
        self._scene = scene
        self._style = style
        self._wire: PendingWire | None = None
        self._band: QGraphicsRectItem | None = None
        self._guides: QGraphicsPathItem | None = None

    def set_style(self, style: Style) -> None:
        """From the next gesture on."""
        self._style = style

    def draw_wire(self, start: QPointF, end: QPointF, direction: Direction) -> None:
        """The wire that the user is pulling."""
        if self._wire is None:
            self._wire = PendingWire(start, end, self._style, direction)
            self._scene.addItem(self._wire)
        self._wire.set_ends(start, end)

    def draw_band(self, area: QRectF) -> None:
        """The rectangle that the user is pulling."""
        if self._band is None:
            self._band = self._scene.addRect(area, self._style.band_edge, self._style.band)
            self._band.setZValue(2)
        self._band.setRect(area)

    def draw_guides(self, lines: Sequence[QLineF]) -> None:
        """The lines along which a dragged block is level with others."""
        path = QPainterPath()
        for line in lines:
            path.moveTo(line.p1())
            path.lineTo(line.p2())
        if self._guides is None:
            self._guides = self._scene.addPath(path, self._style.guide)
            self._guides.setZValue(2)
        self._guides.setPath(path)

    def clear(self) -> None:
        for item in (self._wire, self._band, self._guides):
            if item is not None:
                self._scene.removeItem(item)
        self._wire = self._band = self._guides = None

    def paint(self, painter: QPainter) -> None:
        """Paints them where items don't paint themselves."""
        for item in (self._band, self._guides, self._wire):
            if item is not None:
                painter.save()
                painter.translate(item.pos())
                item.paint(painter, QStyleOptionGraphicsItem())
                painter.restore()
