"""All feature maps of a block in one picture, to zoom and pan, with the scale of its colours."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.pictures import (
    SHADES,
    ColorMap,
    Levels,
    arrange,
    as_tiles,
    color_table,
    limits,
    mosaic,
    spread_each,
    tile_at,
    to_indices,
    to_qimage,
)
from core.maths.arrays import Array
from core.schema.written import short_text


class MosaicView(QWidget):
    """Shows the output of one block for one sample. A double click shows all of it again."""

    hovered = Signal(object)
    """Channel, position and value under the mouse in words, at length and short; empty beside the maps."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._values: Array | None = None
        self._shown_shape: tuple[int, ...] = ()
        self._columns, self._gap = 1, 1
        self._color_map: ColorMap = "viridis"
        self._each = False
        self._whole = True
        self._pointer: tuple[float, float] | None = None
        self._image = pg.ImageItem(axisOrder="row-major")
        self._box = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0.01)
        self._box.addItem(self._image)
        self._box.sigRangeChangedManually.connect(self._leave_whole)
        self._view = pg.GraphicsView(useOpenGL=False)
        self._view.setAccessibleName("Feature maps")
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything on it
        self._view.setCentralItem(self._box)
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._view.scene().sigMouseMoved.connect(self._hover)
        self._view.viewport().installEventFilter(self)
        self._scale = Scale(themes)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self._view, 1)
        row.addWidget(self._scale)
        self.setMinimumSize(QSize(120, 80))
        themes.changed.connect(self._color)
        self._color()

    @property
    def image(self) -> Any:
        """The one item that shows all maps."""
        return self._image

    @property
    def levels(self) -> Levels:
        """The values at the ends of the colour scale."""
        return self._scale.levels

    def show_values(self, values: Array) -> None:
        """Shows maps (C, H, W) or a vector (F,); a block of another shape is shown as a whole."""
        self._values = values
        if values.shape != self._shown_shape:
            self._shown_shape = values.shape
            self._whole = True
            self._arrange()
        self._paint()
        if self._whole:
            self.show_all()

    def set_color_map(self, name: ColorMap) -> None:
        self._color_map = name
        self._paint()

    def set_scale_each(self, each: bool) -> None:
        """Each channel on a scale of its own, from its smallest to its largest value."""
        self._each = each
        self._paint()

    def show_all(self) -> None:
        """Fits all maps into the view."""
        self._whole = True
        self._box.autoRange(padding=0.01)

    @property
    def pointed_at(self) -> tuple[str, ...]:
        """What is under the mouse now, as `hovered` says it."""
        return self.texts_at(*self._pointer) if self._pointer else ()

    def texts_at(self, x: float, y: float) -> tuple[str, ...]:
        """What is at this place of the picture, as `hovered` says it."""
        if self._values is None:
            return ()
        tiles = as_tiles(self._values)
        count, height, width = tiles.shape
        place = tile_at(x, y, (count, height, width), self._columns, self._gap)
        if place is None:
            return ()
        value = short_text(float(tiles[place]), 4)
        channel, row, column = place
        if self._values.ndim == 1:
            return (f"unit {channel}: {value}",)
        long = f"channel {channel}, row {row}, column {column}: {value}"
        return long, f"[{channel}, {row}, {column}]: {value}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._values is not None and self._whole:
            self._arrange()
            self._paint()
            self.show_all()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self._arrange()
            self._paint()
            self.show_all()
            return True
        if event.type() == QEvent.Type.Leave:
            self._pointer = None
            self.hovered.emit(())
        return False

    def _arrange(self) -> None:
        if self._values is not None:
            area = (max(1, self._view.height()), max(1, self._view.width()))
            self._columns, self._gap = arrange(as_tiles(self._values).shape, area)

    def _paint(self) -> None:
        if self._values is None:
            return
        tiles = as_tiles(self._values)
        levels = limits(tiles)
        shown = spread_each(tiles) if self._each and self._values.ndim == 3 else tiles
        own = shown is not tiles
        indices = mosaic(to_indices(shown, (0, 1) if own else levels), self._columns, self._gap)
        # Bytes with a table of colours are what pyqtgraph draws fastest; its own scaling isn't needed.
        self._image.setImage(indices, autoLevels=False, levels=(0, SHADES), lut=color_table(self._color_map))
        self._scale.show_levels(levels, self._color_map, own=own)

    def _leave_whole(self) -> None:
        self._whole = False

    def _hover(self, position: QPointF) -> None:
        place = self._box.mapSceneToView(position)
        self._pointer = (place.x(), place.y())
        self.hovered.emit(self.pointed_at)

    def _color(self) -> None:
        self._view.setBackground(self._themes.current.canvas)


class Scale(QWidget):
    """The colours from the smallest to the largest value, with numbers."""

    _BAR: Final = 10

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._levels: Levels | None = None
        self._own = False
        self._color_map = ""
        self._bar = QImage()
        self.setFont(text_font(SMALL_SIZE))
        widest = QFontMetricsF(self.font()).horizontalAdvance("−0.00000")
        self.setFixedWidth(round(self._BAR + GRID + widest))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @property
    def levels(self) -> Levels:
        return self._levels or (0.0, 1.0)

    def show_levels(self, levels: Levels, color_map: ColorMap, *, own: bool) -> None:
        """`own`: every channel has levels of its own, so there are no common numbers to show."""
        if color_map != self._color_map:
            self._color_map = color_map
            bar = to_qimage(np.arange(SHADES, dtype=np.uint8)[::-1, None], color_map)
            self._bar = bar.convertToFormat(QImage.Format.Format_RGB32)  # the fastest to draw
        self._levels, self._own = levels, own
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._levels is None:
            return
        painter, theme = QPainter(self), self._themes.current
        line = painter.fontMetrics().height()
        bar = QRectF(0, line / 2, self._BAR, self.height() - line)
        painter.drawImage(bar, self._bar)
        painter.setPen(theme.muted)
        low, high = self._levels
        marks = ("max", "", "min") if self._own else [_short(v) for v in (high, (low + high) / 2, low)]
        for text, y in zip(marks, (bar.top(), bar.center().y(), bar.bottom()), strict=True):
            place = QRectF(bar.right() + GRID, y - line / 2, self.width(), line)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _short(value: float) -> str:
    return short_text(value, 3)
