"""What a layer does, drawn: the curve of an activation, or digits before and after the layer."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.pictures import ColorMap, limits, mosaic, to_indices, to_qimage
from core.explain.illustration import Curve, Maps
from core.maths.arrays import Array
from core.schema.written import shape_text, short_text

_WIDTH: Final = 232
_HEIGHT: Final = 96
"""Of a curve, a vector, and at most of an image."""
_ARROW: Final = 24
_COLUMNS: Final = 2
_CHANNELS: Final = 4
"""Maps shown, in `_COLUMNS` columns; the caption tells how many there are."""
_NUMBERS: Final = 32
"""Numbers of a vector shown, in a strip of one column: of more, evenly spaced ones."""
_STRIP: Final = 2 * GRID
_CAPTION: Final = 72
"""The width of a shape in words, below an image that may be narrower."""


class IllustrationView(QWidget):
    """Pixels of what goes in and of what comes out are equally large, so that a smaller map looks smaller."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._shown: Maps | Curve | None = None
        self.setFont(text_font(SMALL_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What the layer does")
        self.hide()

    @property
    def shown(self) -> Maps | Curve | None:
        return self._shown

    def show_illustration(self, shown: Maps | Curve | None) -> None:
        """Draws this; without one the view takes no place."""
        self._shown = shown
        self.setAccessibleDescription(_words(shown))
        self.setToolTip(_words(shown))
        self.setVisible(shown is not None)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height() + GRID
        if not isinstance(self._shown, Maps):
            return QSize(_WIDTH, _HEIGHT + line)
        scale = _scale(self._shown)
        stacked = sum(_size(x, scale).height() + line for x in self._shown.inputs)
        return QSize(_WIDTH, int(max(stacked, _size(self._shown.output, scale).height() + line)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if isinstance(self._shown, Curve):
            self._paint_curve(painter, self._shown)
        elif self._shown is not None:
            self._paint_maps(painter, self._shown)

    def _paint_maps(self, painter: QPainter, shown: Maps) -> None:
        theme, scale = self._themes.current, _scale(shown)
        y = 0.0
        for x in shown.inputs:
            y = self._paint_values(painter, x, QPointF(0, y), scale, "gray") + GRID
        metrics = painter.fontMetrics()
        widths = (
            max(_size(x, scale).width(), metrics.horizontalAdvance(shape_text(x.shape))) for x in shown.inputs
        )
        left = max(widths) + SPACING
        middle = (y - 2 * GRID - metrics.height()) / 2
        painter.setPen(QPen(theme.muted, 1.5))
        tip = QPointF(left + _ARROW, middle)
        painter.drawLine(QPointF(left, middle), tip)
        painter.drawPolyline([tip + QPointF(-GRID, -GRID), tip, tip + QPointF(-GRID, GRID)])
        self._paint_values(painter, shown.output, QPointF(left + _ARROW + SPACING, 0), scale, "viridis")

    def _paint_values(
        self, painter: QPainter, values: Array, corner: QPointF, scale: float, color_map: ColorMap
    ) -> float:
        """Draws values with their shape below; gives the lower end."""
        place = QRectF(corner, _size(values, scale))
        painter.drawImage(place, _image(values, color_map))
        painter.setPen(self._themes.current.muted)
        line = painter.fontMetrics().height()
        below = QRectF(place.left(), place.bottom() + GRID / 2, self.width() - place.left(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, shape_text(values.shape))
        return below.bottom()

    def _paint_curve(self, painter: QPainter, curve: Curve) -> None:
        theme, line = self._themes.current, painter.fontMetrics().height()
        low, high = min(float(curve.y.min()), -0.5), float(curve.y.max())
        left, right = float(curve.x[0]), float(curve.x[-1])

        def place(x: float, y: float) -> QPointF:
            return QPointF(
                (x - left) / (right - left) * (_WIDTH - 1), (high - y) / (high - low) * (_HEIGHT - 1)
            )

        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.border)
        painter.drawLine(place(left, 0), place(right, 0))
        painter.drawLine(place(0, low), place(0, high))
        painter.setPen(QPen(theme.accent, 2))
        points = np.stack([curve.x, curve.y], 1).tolist()
        painter.drawPolyline(QPolygonF([place(x, y) for x, y in points]))
        painter.setPen(theme.muted)
        ends = QRectF(0, _HEIGHT + GRID / 2, _WIDTH, line)
        top = QRectF(place(0, high) + QPointF(GRID, 0), QPointF(_WIDTH, line))
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft, f"x = {short_text(left)}")
        painter.drawText(ends, Qt.AlignmentFlag.AlignHCenter, "0")
        painter.drawText(ends, Qt.AlignmentFlag.AlignRight, short_text(right))
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, f"y = {short_text(high, 3)}")


def _words(shown: Maps | Curve | None) -> str:
    if shown is None:
        return ""
    if isinstance(shown, Curve):
        x, y = shown.x, shown.y
        ends = [short_text(float(end), 3) for end in (x[0], x[-1], y.min(), y.max())]
        return "x from {} to {}, y from {} to {}".format(*ends)
    before = " and ".join(shape_text(x.shape) for x in shown.inputs)
    return f"{before} becomes {shape_text(shown.output.shape)}, with the weights a layer starts with"


def _scale(shown: Maps) -> float:
    """Screen pixels for each pixel of an image."""
    before, after = max(_pixels(x)[1] for x in shown.inputs), _pixels(shown.output)[1]
    height = max(sum(_pixels(x)[0] for x in shown.inputs), _pixels(shown.output)[0])
    free = _WIDTH - _ARROW - 3 * SPACING
    fits = free / max(before + after, 1), (free - _CAPTION) / max(after, 1)
    return min(*fits, 2 * _HEIGHT / max(height, 1), 3.0)


def _pixels(values: Array) -> tuple[int, int]:
    """Rows and columns of the maps shown, a gap between them; none for a vector."""
    if values.ndim == 1:
        return 0, 0
    shown = min(len(values), _CHANNELS)
    columns = min(shown, _COLUMNS)
    rows = -(-shown // columns)
    return rows * (values.shape[1] + 1) - 1, columns * (values.shape[2] + 1) - 1


def _size(values: Array, scale: float) -> QSize:
    if values.ndim == 1:
        cells = min(len(values), _NUMBERS)
        return QSize(_STRIP, min(_HEIGHT, cells * _STRIP))
    rows, columns = _pixels(values)
    return QSize(round(columns * scale), round(rows * scale))


def _image(values: Array, color_map: ColorMap) -> QImage:
    if values.ndim == 1:
        chosen = values[:: -(-len(values) // _NUMBERS)]
        return to_qimage(to_indices(chosen[:, None], limits(values)), color_map)
    tiles = values[:_CHANNELS]
    return to_qimage(mosaic(to_indices(tiles, limits(tiles)), min(len(tiles), _COLUMNS)), color_map)
