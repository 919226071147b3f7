"""What the mouse does, as each release of Qt takes it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLibraryInfo, QPoint, QPointF, Qt, QVersionNumber
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


def spot(pixel: QPoint) -> Any:
    """Qt 6.12 deprecates whole numbers for the place of a drag; earlier ones take nothing else."""
    return QPointF(pixel) if QLibraryInfo.version() >= QVersionNumber(6, 12) else pixel


def click_twice(
    widget: QWidget,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    pos: QPoint | None = None,
) -> None:
    """A double click to its end: Qt's own leaves the button pressed."""
    place = pos if pos is not None else widget.rect().center()
    window = widget.window()
    QTest.mouseDClick(widget, button, keys, place)
    QTest.mouseRelease(widget if isValid(widget) else window, button, keys, place)
