"""The workspaces as tabs in the row of the menus; where that is short, as one button with a menu."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QTabBar, QToolButton, QWidget

from cnngui.models.workspaces import Workspace
from cnngui.theme.icons import pixmap
from cnngui.theme.theme import GRID, ThemeManager
from cnngui.widgets.focus import paint_focus

_BESIDE: Final = 4 * GRID
"""Room at both sides of a title, for the mark too: a tab with one is as wide as one without."""
_ABOVE_AND_BELOW: Final = 6
"""As the menus have: the titles of both stand on one line."""
_MARK: Final = 3 * GRID
_LINE: Final = 2


class _Bar(QTabBar):
    """Flat tabs, no higher than the menus beside them, with a line under the current one."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._pointed = -1
        """The number of the tab that the mouse has moved to: a window that opens below it lights none."""
        self.offered = -1
        """The number of the tab that has a mark."""
        self.mark = ""
        """The icon that it is."""
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setMouseTracking(True)
        self.setAccessibleName("Workspaces")

    def tabSizeHint(self, index: int) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.tabText(index)) + 2 * _BESIDE
        return QSize(width, metrics.height() + _ABOVE_AND_BELOW)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point_at(self.tabAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    def _point_at(self, number: int) -> None:
        self._pointed = number
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        for number in range(self.count()):
            place, current = self.tabRect(number), number == self.currentIndex()
            if current or number == self._pointed:
                painter.fillRect(place, theme.raised)
            if current:
                line = QRect(place.left(), place.bottom() - _LINE + 1, place.width(), _LINE)
                painter.fillRect(line, theme.accent)
                paint_focus(self, painter, place)
            if number == self.offered:
                mark = pixmap(self.mark, theme.ok, _MARK, self.devicePixelRatioF())
                painter.drawPixmap(QPoint(place.left() + 2, place.center().y() - _MARK // 2), mark)
            painter.setPen(theme.text if current or number == self._pointed else theme.muted)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.tabText(number))


class WorkspaceTabs(QWidget):
    """Says which one is chosen; a mark on a tab offers it."""

    chosen = Signal(str)

    def __init__(self, workspaces: Iterable[Workspace], themes: ThemeManager) -> None:
        super().__init__()
        self._names: list[str] = []
        self.bar = _Bar(themes)
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

    @property
    def current(self) -> str:
        return self._names[self.bar.currentIndex()]

    def show_current(self, name: str) -> None:
        self.bar.setCurrentIndex(self._names.index(name))
        self.button.setText(self.bar.tabText(self.bar.currentIndex()))

    def offer(self, name: str | None, mark: str = "") -> None:
        """Marks the tab of one workspace with this icon, or none."""
        self.bar.mark = mark
        self.bar.offered = self._names.index(name) if name is not None else -1
        self.bar.update()

    def fit(self, room: int) -> None:
        """Takes the form that fits into so many pixels."""
        short = self.bar.sizeHint().width() > room
        self.bar.setHidden(short)
        self.button.setVisible(short)

    def minimumSizeHint(self) -> QSize:
        return (self.bar if self.button.isHidden() else self.button).sizeHint()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()
