"""Larger text in a window, for those who look at it from far."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

_OWN: Final = "type_size"
"""Property of a widget with a font of its own: that font's size in pixels, before it was enlarged."""


def enlarge(root: QWidget, factor: float) -> None:
    """Gives all widgets in `root` text of so many times their own size; 1 gives that back.

    A widget that says nothing of its font follows the one it is in, up to the window. What a canvas draws is
    no widget's text.
    """
    window = root.window()
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isWindow() and widget is not window:
            continue  # the list of a combo box: it takes the font of its box
        known = widget.property(_OWN)
        if known is None:
            if factor == 1 or not (widget is window or widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)):
                continue
            known = widget.font().pixelSize()
            widget.setProperty(_OWN, known)
        font = widget.font()
        font.setPixelSize(round(known * factor))
        widget.setFont(font)
