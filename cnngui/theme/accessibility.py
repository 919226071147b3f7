"""Telling a screen reader what has changed."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str) -> None:
    """Makes `text` the widget's description, and has it read out."""
    if text != widget.accessibleDescription():
        widget.setAccessibleDescription(text)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def notify(interface: QAccessibleInterface, event: QAccessible.Event) -> None:
    """Tells of something that has happened to a thing that is no widget."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(interface, event))
