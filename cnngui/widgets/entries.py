"""Entries of the context menus that no command stands in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import QMenu

from cnngui.theme.icons import icon


def add_entry(menu: QMenu, icon_name: str, text: str, run: Callable[[], object], keys: str = "") -> QAction:
    """An entry with its icon and, where there are some, the keys that do the same elsewhere."""
    color = menu.palette().color(QPalette.ColorRole.WindowText)
    action = QAction(icon(icon_name, color), text, menu)
    menu.addAction(action)
    action.triggered.connect(lambda *_: run())
    if keys:
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # it shows the keys; the window has them
        action.setShortcutVisibleInContextMenu(True)
    return action
