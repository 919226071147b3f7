"""The ring around what has the keyboard, for widgets that paint themselves."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionFocusRect, QWidget


def paint_focus(widget: QWidget, painter: QPainter, place: QRect | None = None) -> None:
    """Where the widget has the keyboard, paints the style's ring: around all of it, or around `place`."""
    if widget.hasFocus():
        option = QStyleOptionFocusRect()
        option.initFrom(widget)
        option.rect = place if place is not None else widget.rect()
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, widget)
