"""A panel that lies over others: a frame of its own, and what happens on it is nothing for those below."""

from __future__ import annotations

from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cnngui.theme.theme import RADIUS, Theme, ThemeManager


class Over(QWidget):
    """Opaque, with round corners and a line around it, which `edge` gives its colour."""

    def __init__(self, themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent)
        self._themes = themes

    def edge(self, theme: Theme) -> QColor:
        """The colour of the line around it: what is open for the keyboard stands out."""
        return theme.accent

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._themes.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.edge(theme))
        painter.setBrush(theme.panel)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)


def fit_rows(popup: QWidget, rows: QWidget, count: int, *, most: int, row: int, room: int) -> None:
    """Gives a list of some rows its height, and the popup around it one that fits into the room, in pixels.

    `most` rows are in sight, or as many as there is room for; the others can be scrolled to.
    """
    rows.setFixedHeight(min(count, most) * row)
    popup.adjustSize()
    missing = popup.height() - room
    if missing > 0:
        rows.setFixedHeight(max(rows.height() - missing, row))
        popup.adjustSize()
