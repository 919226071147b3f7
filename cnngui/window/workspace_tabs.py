"""The workspaces as tabs in the row of the menus; where that is short, as one button with a menu."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QTabBar, QToolButton, QWidget

from cnngui.panels.workspaces import Workspace
from cnngui.theme.icons import icon
from cnngui.theme.theme import GRID, ThemeManager

_OFFER = "play"


class _Bar(QTabBar):
    """No higher than the menus beside it."""

    def tabSizeHint(self, index: int) -> QSize:
        return QSize(super().tabSizeHint(index).width(), self.fontMetrics().height() + 2 * GRID)


class WorkspaceTabs(QWidget):
    """Says which one is chosen; a mark on a tab offers it."""

    chosen = Signal(str)

    def __init__(self, workspaces: Iterable[Workspace], themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._names: list[str] = []
        self._offered: str | None = None
        self.bar = _Bar()
        self.bar.setDocumentMode(True)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.bar.setAccessibleName("Workspaces")
        self.bar.setIconSize(QSize(3 * GRID, 3 * GRID))
        self.button = QToolButton()
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setAutoRaise(True)
        self.button.setAccessibleName("Workspace")
        menu = QMenu(self.button)
        for number, known in enumerate(workspaces, 1):
            self._names.append(known.name)
            self.bar.addTab(known.title)
            self.bar.setTabToolTip(number - 1, f"{known.help} (Ctrl+{number})")
            menu.addAction(known.title).triggered.connect(lambda *_, name=known.name: self.chosen.emit(name))
        self.button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar)
        row.addWidget(self.button)
        self.button.hide()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.bar.currentChanged.connect(lambda number: self.chosen.emit(self._names[number]))
        themes.changed.connect(self._mark)

    @property
    def current(self) -> str:
        return self._names[self.bar.currentIndex()]

    def show_current(self, name: str) -> None:
        self.bar.setCurrentIndex(self._names.index(name))
        self.button.setText(self.bar.tabText(self.bar.currentIndex()))

    def offer(self, name: str | None) -> None:
        """Marks the tab of one workspace, or none."""
        self._offered = name
        self._mark()

    def fit(self, room: int) -> None:
        """Takes the form that fits into so many pixels."""
        short = self.bar.sizeHint().width() > room
        self.bar.setHidden(short)
        self.button.setVisible(short)

    def minimumSizeHint(self) -> QSize:
        return (self.bar if self.button.isHidden() else self.button).sizeHint()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def _mark(self) -> None:
        mark = icon(_OFFER, self._themes.current.ok)
        for number, name in enumerate(self._names):
            self.bar.setTabIcon(number, mark if name == self._offered else QIcon())
