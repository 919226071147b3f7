"""A picture or a grid of pixels with a marked area, on which the user points at pixels."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.theme.accessibility import hear_as
from cnngui.theme.theme import GRID, ThemeManager
from cnngui.widgets.focus import paint_focus
from core.explain.analysis import Area

_LEAST: Final = 18 * GRID
_FINEST: Final = 4
"""Lines between pixels are drawn where these are at least so large, in screen pixels."""
_STEPS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class PixelView(QWidget):
    """As large as the place allows, each pixel a square."""

    pointed = Signal(int, int)
    """The row and the column of the pixel under the cursor."""
    stepped = Signal(int, int)
    """An arrow key: rows down, columns to the right."""

    def __init__(self, themes: ThemeManager, name: str) -> None:
        super().__init__()
        self._themes = themes
        self._image: QImage | None = None
        self._area: Area | None = None
        self.rows, self.columns = 1, 1
        self.setAccessibleName(name)
        hear_as(PixelView, QAccessible.Role.Graphic)
        self.setToolTip(name)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(_LEAST, _LEAST))

    def set_size(self, size: tuple[int, int]) -> None:
        """The number of rows and columns."""
        self.rows, self.columns = size
        self.update()

    def set_image(self, image: QImage | None) -> None:
        """What is shown; without one, empty squares."""
        self._image = image
        self.update()

    def mark(self, area: Area | None) -> None:
        """Frames these rows and columns."""
        self._area = area
        if area is None:
            self.setAccessibleDescription("")
        else:
            (top, bottom), (left, right) = area
            self.setAccessibleDescription(
                f"rows {top + 1} to {bottom + 1}, columns {left + 1} to {right + 1} are marked"
            )
        self.update()

    def place(self) -> QRectF:
        """Where the pixels are drawn."""
        scale = min((self.width() - 1) / self.columns, (self.height() - 1) / self.rows)
        size = QPointF(self.columns * scale, self.rows * scale)
        left = (self.width() - size.x()) / 2
        return QRectF(left, 0, size.x(), size.y())

    def center_of(self, row: int, column: int) -> QPointF:
        """The middle of a pixel, in the widget."""
        place = self.place()
        scale = place.width() / self.columns
        return place.topLeft() + QPointF((column + 0.5) * scale, (row + 0.5) * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, place = self._themes.current, self.place()
        painter = QPainter(self)
        painter.fillRect(place, theme.canvas)
        if self._image is not None:
            painter.drawImage(place, self._image)
        scale = place.width() / self.columns
        if self._image is None and scale >= _FINEST:
            painter.setPen(theme.border)
            for n in range(self.columns + 1):
                x = place.left() + n * scale
                painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
            for n in range(self.rows + 1):
                y = place.top() + n * scale
                painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
        if self._area is not None:
            self._paint_frame(painter, place, scale)
        paint_focus(self, painter, place.toAlignedRect())

    def _paint_frame(self, painter: QPainter, place: QRectF, scale: float) -> None:
        """Dims what is outside; two colours keep the frame visible on any picture."""
        assert self._area is not None
        theme = self._themes.current
        (top, bottom), (left, right) = self._area
        size = (right - left + 1) * scale, (bottom - top + 1) * scale
        frame = QRectF(place.left() + left * scale, place.top() + top * scale, *size)
        if self._image is not None:
            painter.setClipRect(place)
            shade = QColor(theme.canvas)
            shade.setAlphaF(0.55)
            for part in (
                QRectF(place.topLeft(), QPointF(place.right(), frame.top())),
                QRectF(QPointF(place.left(), frame.bottom()), place.bottomRight()),
                QRectF(place.left(), frame.top(), frame.left() - place.left(), frame.height()),
                QRectF(frame.right(), frame.top(), place.right() - frame.right(), frame.height()),
            ):
                painter.fillRect(part, shade)
            painter.setClipping(False)
        else:
            painter.fillRect(frame, theme.accent)
        painter.setPen(QPen(theme.canvas, 4))
        painter.drawRect(frame)
        painter.setPen(QPen(theme.accent, 2))
        painter.drawRect(frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())

    def _point(self, position: QPointF) -> None:
        place = self.place()
        if place.contains(position):
            inside = (position - place.topLeft()) / (place.width() / self.columns)
            self.pointed.emit(min(int(inside.y()), self.rows - 1), min(int(inside.x()), self.columns - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(*step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
