"""Telling a screen reader what has changed, and what widgets of our own are."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import isValid

_heard: Final[list[QAccessibleWidget]] = []
"""Qt deletes what it was given with the widget, and not knowing of Python, needs it until then."""


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


@cache
def hear_as(kind: type[QWidget], role: QAccessible.Role) -> None:
    """From now on, widgets of this class, of which Qt knows nothing, are called by this role."""

    def make(_: str, thing: QObject) -> QAccessibleInterface | None:
        if not isinstance(thing, kind):
            return None
        _heard[:] = [heard for heard in _heard if isValid(heard)]
        _heard.append(QAccessibleWidget(thing, role))
        return _heard[-1]

    if hasattr(QAccessible, "installFactory"):  # not in all versions of PySide6
        QAccessible.installFactory(make)
