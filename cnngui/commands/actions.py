"""The menus and the tool bar: what there is, how it is called, and its keys. One table, one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from cnngui.theme.icons import icon
from cnngui.theme.theme import ThemeManager

SEPARATOR: Final = None
Keys = QKeySequence.StandardKey


@dataclass(frozen=True)
class Entry:
    """A menu's line. `run` is called when it is chosen; `local` keys count on the canvas alone."""

    name: str
    text: str
    run: Callable[[], object]
    keys: str | Keys | None = None
    icon: str = ""
    hint: str = ""
    local: bool = False


class Actions(QObject):
    """All actions by name, with icons that follow the theme."""

    def __init__(self, themes: ThemeManager, window: QWidget, canvas: QWidget) -> None:
        super().__init__(window)
        self._themes = themes
        self._window = window
        self._canvas = canvas
        self._made: dict[str, tuple[QAction, Entry]] = {}
        themes.changed.connect(self._recolor)

    def __getitem__(self, name: str) -> QAction:
        return self._made[name][0]

    def add(self, menu: QMenu, *entries: Entry | None) -> None:
        """Adds entries to a menu; None is a separator."""
        for entry in entries:
            if entry is None:
                menu.addSeparator()
            else:
                menu.addAction(self._make(entry))

    def relabel(self, name: str, text: str, *, detail: str = "", icon: str = "") -> None:
        """Another text and icon for an action that means something else now; buttons leave `detail` out."""
        action, entry = self._made[name]
        action.setText(f"&{text} {detail}".rstrip())
        action.setIconText(text)
        if icon and icon != entry.icon:
            self._made[name] = (action, replace(entry, icon=icon))
            self._color(*self._made[name])

    def _make(self, entry: Entry) -> QAction:
        action = QAction(entry.text, self._window)
        if entry.keys is not None:
            action.setShortcut(QKeySequence(entry.keys))
        if entry.local:  # such a key means something else in a text field or on a button
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._canvas.addAction(action)
        else:
            self._window.addAction(action)
        action.triggered.connect(lambda *_: entry.run())  # without Qt's "checked"
        self._describe(action, entry)
        self._made[entry.name] = (action, entry)
        self._color(action, entry)
        return action

    def _describe(self, action: QAction, entry: Entry) -> None:
        """A tooltip with the keys: `Fit the design to the window (F)`."""
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = entry.hint or entry.text.replace("&", "").rstrip("…")
        action.setToolTip(f"{text} ({keys})" if keys else text)
        action.setStatusTip(entry.hint)

    def _recolor(self) -> None:
        for action, entry in self._made.values():
            self._color(action, entry)

    def _color(self, action: QAction, entry: Entry) -> None:
        if entry.icon:
            action.setIcon(icon(entry.icon, self._themes.current.text))
