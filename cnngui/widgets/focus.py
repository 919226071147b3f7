"""The keyboard: the ring around what has it, for widgets that paint themselves, and giving it back."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionFocusRect, QWidget
from shiboken6 import isValid


def paint_focus(widget: QWidget, painter: QPainter, place: QRect | None = None) -> None:
    """Where the widget has the keyboard, paints the style's ring: around all of it, or around `place`."""
    if widget.hasFocus():
        option = QStyleOptionFocusRect()
        option.initFrom(widget)
        option.rect = place if place is not None else widget.rect()
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, widget)


def give_back(widget: QWidget | None) -> None:
    """Gives the keyboard to what had it before, unless that has gone meanwhile, as a dialog may."""
    if widget is not None and isValid(widget):
        widget.setFocus(Qt.FocusReason.PopupFocusReason)
