"""A view of a drawing: near, the items paint themselves; from far away, the scene paints an overview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QRect, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import OVERVIEW_BELOW, Style
from cnngui.canvas.view.plane import FIT_MOST, PlaneView
from cnngui.theme.theme import GRID, Theme, ThemeManager

_GESTURES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.DragMove,
    QEvent.Type.DragLeave,
    QEvent.Type.Drop,
)


class DrawingView(PlaneView):
    """Shows `drawing`, in the colours of the theme."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        style = Style(themes.current)
        self.drawing = Scene(style)
        super().__init__(self.drawing, style, parent)
        self._themes = themes
        self._fitted: tuple[float, int, int] | None = None
        self._begun: tuple[float, int, int] | None = None
        """Where the view stood when there was nothing to fit: what is put there stays there."""
        self.zoom_changed.connect(self._follow_zoom)
        self.drawing.drawn.connect(self._paint_anew)
        self.drawing.marked.connect(self._paint_anew)
        themes.changed.connect(self._follow_theme)

    @property
    def theme(self) -> Theme:
        """The colours it is drawn in."""
        return self._style.theme

    def set_thumbnails(self, images: Mapping[str, QImage]) -> None:
        """Live pictures on the blocks, by block id; see `layout.THUMBNAIL` for the size of the area."""
        fitted, before = self.is_fitted, self.drawing.whole()
        self.drawing.set_thumbnails(images)
        if fitted and self.drawing.whole() != before:
            self.fit()

    def set_costs(self, on: bool) -> None:
        """Whether blocks show their parameters and multiply-adds."""
        if on != self._style.shows_costs:
            self._style = Style(self._themes.current, shows_costs=on)
            self.drawing.set_style(self._style)

    def fit(self) -> None:
        """Shows the whole design, and goes on doing so in another size until somebody moves or zooms.

        Where there is nothing yet, the first block stays where it is put.
        """
        whole = self.drawing.whole()
        self.show_area(whole)
        self._fitted, self._begun = (None, self._place()) if whole.isEmpty() else (self._place(), None)

    def set_type_size(self, factor: float) -> None:
        """Fitting makes the text on blocks so many times larger than elsewhere, where there is room."""
        fitted = self.is_fitted
        self._fit_most = factor * FIT_MOST
        if fitted:
            self.fit()

    @property
    def is_fitted(self) -> bool:
        """Whether the view stands as `fit` has left it."""
        return self._fitted == self._place()

    def _place(self) -> tuple[float, int, int]:
        return self.zoom, self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    def bring_into_sight(self, parts: Iterable[str]) -> None:
        """Moves the view where these parts of the design aren't in it; of what is too large, the top left."""
        self.bring_area_into_sight(self.drawing.content_rect(parts))

    def bring_area_into_sight(self, area: QRectF) -> None:
        """The same for an area of the plane."""
        margin = 8 * GRID
        area, seen = QRectF(area), self.visible_area()
        room = seen.size() - QSizeF(margin, margin) * (2 / self.zoom)
        area.setSize(area.size().boundedTo(room))
        if not area.isEmpty() and not seen.contains(area):
            self.ensureVisible(area, margin, margin)

    def pixels_of(self, area: QRectF) -> QRect:
        """Where an area of the plane is in the viewport."""
        return self.mapFromScene(area).boundingRect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        fitted, place = self.is_fitted, self._place()
        super().resizeEvent(event)
        if fitted:
            self.fit()
        elif self._begun == place:
            self.horizontalScrollBar().setValue(place[1])
            self.verticalScrollBar().setValue(place[2])

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

    def _follow_theme(self) -> None:
        self._style = Style(self._themes.current, shows_costs=self._style.shows_costs)
        self.setBackgroundBrush(self._style.canvas)
        self.drawing.set_style(self._style)

    def _paint_anew(self) -> None:
        """In a design that opened far away, Qt misses changes: no item has ever painted itself."""
        if self.zoom < OVERVIEW_BELOW:
            self.viewport().update()

    def _follow_zoom(self, zoom: float) -> None:
        """Qt doesn't know where in the overview an item was painted, and so not what to paint anew."""
        modes = QGraphicsView.ViewportUpdateMode
        mode = modes.FullViewportUpdate if zoom < OVERVIEW_BELOW else modes.SmartViewportUpdate
        self.setViewportUpdateMode(mode)
