"""A view of the design: near, the items paint themselves; from far away, the scene paints an overview."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import OVERVIEW_BELOW, Style
from cnngui.canvas.view.plane import PlaneView

_GESTURES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.DragMove,
    QEvent.Type.DragLeave,
    QEvent.Type.Drop,
)


class DrawingView(PlaneView):
    """Shows `drawing`."""

    def __init__(self, drawing: Scene, style: Style, parent: QWidget | None = None) -> None:
        self.drawing = drawing
        super().__init__(drawing, style, parent)
        self.zoom_changed.connect(self._follow_zoom)
        drawing.drawn.connect(self._paint_anew)
        drawing.marked.connect(self._paint_anew)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.zoom >= OVERVIEW_BELOW:
            super().paintEvent(event)
            return
        self._exposed = event.region()
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        painter.setRenderHints(self.renderHints())
        painter.setWorldTransform(self.viewportTransform())
        self.drawBackground(painter, self.mapToScene(event.rect()).boundingRect())
        self.drawing.paint_overview(painter)
        painter.end()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() in _GESTURES:
            self._paint_anew()
        return super().viewportEvent(event)

    def _paint_anew(self) -> None:
        """In a design that opened far away, Qt misses changes: no item has ever painted itself."""
        if self.zoom < OVERVIEW_BELOW:
            self.viewport().update()

    def _follow_zoom(self, zoom: float) -> None:
        """Qt doesn't know where in the overview an item was painted, and so not what to paint anew."""
        modes = QGraphicsView.ViewportUpdateMode
        mode = modes.FullViewportUpdate if zoom < OVERVIEW_BELOW else modes.SmartViewportUpdate
        self.setViewportUpdateMode(mode)
