"""A view that moves over a large plane: zoom at the cursor, pan, fit, and a dotted ground."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Final, cast

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QRegion, QTransform, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from cnngui.canvas.drawing.style import Style
from cnngui.theme.theme import GRID

MIN_ZOOM: Final = 0.02
MAX_ZOOM: Final = 4.0
_STEP: Final = 1.25
"""One zoom command."""
_NOTCH: Final = 1.15
"""One notch of the wheel."""
_FIT_MARGIN: Final = 10 * GRID
FIT_MOST: Final = 1.25
"""Fitting never magnifies further: two blocks shall not fill the screen."""
_DOT_STEP: Final = 6 * GRID
_DOT_SIZE: Final = 2
_TILE_DOTS: Final = 16
"""Dots along the side of a tile."""
_MOST_PIECES: Final = 20
"""Of what has to be painted anew; where there are more, their bounds are."""
_DOT_LEAST: Final = 14
"""Dots closer together than this on the screen are thinned out."""


class PlaneView(QGraphicsView):
    """Shows a part of the plane; knows nothing of what lies on it."""

    zoom_changed = Signal(float)

    def __init__(self, scene: QGraphicsScene, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._style = style
        self._tile_key: tuple[float, float, int] | None = None
        self._tile = QPixmap()
        self._exposed = QRegion()
        self._fit_most = FIT_MOST
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setRenderHints(
            QPainter.RenderHint.Antialiasing
            | QPainter.RenderHint.TextAntialiasing
            | QPainter.RenderHint.SmoothPixmapTransform
        )
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setBackgroundBrush(style.canvas)

    @property
    def zoom(self) -> float:
        return self.transform().m11()

    def zoom_in(self) -> None:
        self.zoom_to(self.zoom * _STEP)

    def zoom_out(self) -> None:
        self.zoom_to(self.zoom / _STEP)

    def zoom_reset(self) -> None:
        self.zoom_to(1.0)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zooms; what lies under `at` (in viewport pixels, their middle by default) stays there."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        if math.isclose(zoom, self.zoom):
            return
        spot = QPointF(self.viewport().rect().center()) if at is None else at
        before = self._on_plane(spot)
        self.resetTransform()
        self.scale(zoom, zoom)
        self.scroll_by((before - self._on_plane(spot)) * zoom)
        self.zoom_changed.emit(zoom)

    def scroll_by(self, distance: QPointF) -> None:
        """Moves the view over the plane, in viewport pixels."""
        for bar, pixels in (
            (self.horizontalScrollBar(), distance.x()),
            (self.verticalScrollBar(), distance.y()),
        ):
            bar.setValue(bar.value() + round(pixels))

    def show_area(self, area: QRectF) -> None:
        """Zooms and moves so that an area of the plane fills the view, with a margin."""
        if area.isEmpty():
            self.zoom_reset()
            self.centerOn(area.center())
            return
        size = self.viewport().size()
        across = (size.width() - 2 * _FIT_MARGIN) / area.width()
        down = (size.height() - 2 * _FIT_MARGIN) / area.height()
        self.zoom_to(min(across, down, self._fit_most))
        self.centerOn(area.center())

    def visible_area(self) -> QRectF:
        """The part of the plane in sight."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self.zoom_to(self.zoom * _NOTCH**notches, event.position())
        event.accept()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        area = QRectF(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(area, self._style.canvas)
        place = painter.worldTransform()
        painter.resetTransform()
        pieces = list(cast(Iterable[QRect], self._exposed))
        for piece in pieces if len(pieces) <= _MOST_PIECES else [self._exposed.boundingRect()]:
            self._paint_dots(painter, piece, place)
        painter.setWorldTransform(place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._exposed = event.region()
        super().paintEvent(event)

    def _paint_dots(self, painter: QPainter, piece: QRect, place: QTransform) -> None:
        """Pixmaps with many dots each, at whole pixels: a hundred times faster than dot by dot."""
        step = _DOT_STEP * 2 ** max(0, math.ceil(math.log2(_DOT_LEAST / (_DOT_STEP * self.zoom))))
        side = step * _TILE_DOTS
        tile, ratio = self._dots(step * self.zoom), self.devicePixelRatioF()
        area = self.mapToScene(piece).boundingRect()
        for row in range(math.floor(area.top() / side), math.floor(area.bottom() / side) + 1):
            for column in range(math.floor(area.left() / side), math.floor(area.right() / side) + 1):
                corner = place.map(QPointF(column * side, row * side)).toPoint()
                shown = piece.intersected(QRect(corner, tile.deviceIndependentSize().toSize()))
                source = QRectF(QPointF(shown.topLeft() - corner) * ratio, QSizeF(shown.size()) * ratio)
                painter.drawPixmap(QRectF(shown), tile, source)

    def _dots(self, pitch: float) -> QPixmap:
        """A square tile with dots at this distance in pixels."""
        scale = self.devicePixelRatioF()
        key = pitch, scale, self._style.dots.rgba()
        if key != self._tile_key:
            pixels = math.ceil(pitch * _TILE_DOTS * scale)
            self._tile_key, self._tile = key, QPixmap(pixels, pixels)
            self._tile.setDevicePixelRatio(scale)
            self._tile.fill(self._style.canvas.color())
            painter = QPainter(self._tile)
            places = [round(number * pitch) for number in range(_TILE_DOTS)]
            for x, y in itertools.product(places, places):
                painter.fillRect(x, y, _DOT_SIZE, _DOT_SIZE, self._style.dots)
            painter.end()
        return self._tile

    def _on_plane(self, spot: QPointF) -> QPointF:
        """`mapToScene` for fractions of a pixel."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(spot)
