"""Small screens: the panels of a workspace as buttons at the sides of the canvas, which they open over."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolBar

from cnngui.panels.panel import Panel
from cnngui.theme.icons import icon
from cnngui.theme.theme import ICON_SIZE, ThemeManager
from cnngui.window.docking.sheet import Side

_AREAS: dict[Side, Qt.ToolBarArea] = {
    "left": Qt.ToolBarArea.LeftToolBarArea,
    "right": Qt.ToolBarArea.RightToolBarArea,
}


class Strips(QObject):
    """One at the left, one at the right; gone where there is room for docks."""

    wanted = Signal(str)
    """The name of a panel whose button was pressed."""

    def __init__(self, window: QMainWindow, themes: ThemeManager) -> None:
        super().__init__(window)
        self._themes = themes
        self._actions: dict[str, tuple[QAction, str]] = {}
        self._bars: dict[Side, QToolBar] = {}
        for side, area in _AREAS.items():
            bar = QToolBar(f"Panels at the {side}", window)
            bar.setObjectName(f"strip_{side}")
            bar.setMovable(False)
            bar.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
            bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
            window.addToolBar(area, bar)
            bar.hide()
            self._bars[side] = bar
        themes.changed.connect(self._color)

    def show(self, panels: Iterable[Panel], workspace: str) -> None:
        """One button for each panel of this workspace."""
        self.clear()
        for panel in panels:
            if not panel.docks:
                continue
            bar = self._bars[side_of(panel, workspace)]
            if workspace not in panel.open:
                continue
            action = QAction(panel.title, bar, checkable=True)
            bar.addAction(action)
            action.triggered.connect(partial(self.wanted.emit, panel.name))
            self._actions[panel.name] = (action, panel.icon)
        for bar in self._bars.values():
            bar.setVisible(bool(bar.actions()))
        self._color()

    def clear(self) -> None:
        for bar in self._bars.values():
            bar.clear()
            bar.hide()
        for action, _ in self._actions.values():
            action.deleteLater()
        self._actions.clear()

    def mark(self, shown: str) -> None:
        """Which panel is open now."""
        for name, (action, _) in self._actions.items():
            action.setChecked(name == shown)

    def _color(self) -> None:
        for action, name in self._actions.values():
            action.setIcon(icon(name, self._themes.current.text))


def side_of(panel: Panel, workspace: str) -> Side:
    """Where a panel comes out: what stands below the canvas elsewhere comes from the right."""
    return "left" if panel.place_in(workspace).area == "left" else "right"
