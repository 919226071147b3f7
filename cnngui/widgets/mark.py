"""The mark around what somebody is asked to use next."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from cnngui.theme.theme import RADIUS, Theme


def paint_mark(painter: QPainter, place: QRect, theme: Theme) -> None:
    """A line in the accent's colour, thicker than that of what has the keyboard."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.accent, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), RADIUS / 2, RADIUS / 2)
