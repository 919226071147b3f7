"""A few words that float over the canvas, beside the cursor."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QWidget

from cnngui.theme.theme import GRID, RADIUS, SMALL_SIZE, SPACING, Theme, text_font

_SHOWN_FOR: Final = 5000
"""Milliseconds that a refusal stays after the mouse was released."""
_WIDEST: Final = 320
_OFFSET: Final = QPoint(16, 16)


class Hint(QLabel):
    """A few words beside the cursor that say why something isn't possible."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        self.setFont(text_font(SMALL_SIZE))
        self.setMaximumWidth(_WIDEST)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        _set_text_color(self, theme.text)

    def show_at(self, text: str, cursor: QPoint, *, fades: bool) -> None:
        """Shows `text` beside the cursor and inside the parent, for some seconds or until `hide`."""
        self.setText(text)
        self.setWordWrap(self.fontMetrics().horizontalAdvance(text) > _WIDEST - 4 * SPACING)
        self.adjustSize()
        room = self._around.rect().adjusted(GRID, GRID, -GRID, -GRID)
        place = QRect(cursor + _OFFSET, self.size())
        if place.bottom() > room.bottom():
            place.moveBottom(cursor.y() - SPACING)
        place.moveRight(min(place.right(), room.right()))
        place.moveLeft(max(place.left(), room.left()))
        self.move(place.topLeft())
        self.show()
        self.raise_()
        self._timer.stop()
        if fades:
            self._timer.start(_SHOWN_FOR)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.error, 1.5))
        painter.setBrush(self._theme.raised)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.end()
        super().paintEvent(event)


def _set_text_color(label: QLabel, color: QColor) -> None:
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, color)
    label.setPalette(palette)
