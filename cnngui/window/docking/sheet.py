"""A panel over the canvas: maximised, or come out of a strip at the side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from cnngui.theme.icons import icon
from cnngui.theme.theme import GRID, ICON_SIZE, SPACING, ThemeManager
from cnngui.widgets.small import Separator, TextLabel
from cnngui.window.docking.slot import Slot

Side = Literal["all", "left", "right"]
_WIDEST: Final = 0.85
"""The share of the room that one from a strip takes at most: what it covers stays in sight, to go back to."""


class Sheet(QFrame):
    """Hidden while it holds nothing. It takes a widget from its place, and puts it back when it is closed."""

    closed = Signal()

    def __init__(self, parent: QWidget, themes: ThemeManager) -> None:
        super().__init__(parent)
        self._themes = themes
        self._side: Side = "all"
        self._width = 0
        self._enlarged = False
        """Whether one from a strip takes all of the room for a while."""
        self._room = QRect()
        self._put_back: Callable[[QWidget], object] | None = None
        self.name = ""
        """Of the panel it holds."""
        self._title = TextLabel(bold=True)
        self._back = QToolButton()
        self._back.setAutoRaise(True)
        self._back.setIconSize(QSize(ICON_SIZE, ICON_SIZE) * 0.8)
        self._back.clicked.connect(self._go_back)
        self._slot = Slot()
        head = QHBoxLayout()
        head.setContentsMargins(SPACING, GRID, GRID, GRID)
        head.addWidget(self._title, 1)
        head.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Separator())
        column.addWidget(self._slot, 1)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        themes.changed.connect(self._color)
        self.hide()

    def take(
        self,
        name: str,
        title: str,
        content: QWidget,
        put_back: Callable[[QWidget], object],
        *,
        side: Side = "all",
        width: int = 0,
    ) -> None:
        """Shows a widget over all else, or in some width at one side; what was here goes back first."""
        self.put_back()
        self.name, self._side, self._width, self._put_back = name, side, width, put_back
        self._enlarged = False
        self.set_title(title)
        self._slot.hold(content)
        self._show_way()

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self.setAccessibleName(title)

    @property
    def is_maximised(self) -> bool:
        """Whether the panel it holds covers all others."""
        return bool(self.name) and (self._side == "all" or self._enlarged)

    def turn(self) -> None:
        """From one side to all of the room or back; what only came here to be large goes to its place."""
        if self._side == "all":
            self.put_back()
        else:
            self._enlarged = not self._enlarged
            self._show_way()
            self._lay()

    def lay(self, room: QRect) -> None:
        """Takes its part of the room between tool bar and status bar."""
        self._room = QRect(room)
        if self.name:
            self._lay()

    def _lay(self) -> None:
        place, room = QRect(self._room), self._room
        if not self.is_maximised:
            place.setWidth(min(self._width, round(_WIDEST * room.width())))
            if self._side == "right":
                place.moveRight(room.right())
        self.setGeometry(place)
        self.show()
        self.raise_()

    def put_back(self) -> None:
        """Gives the widget back, and hides."""
        if self._put_back is None:
            return
        put_back, self._put_back = self._put_back, None
        content = self._slot.takeWidget()
        self.name = ""
        self.hide()
        if content is not None:
            put_back(content)
            content.show()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_back()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On the title; those that come from the content are clicks that it has no use for."""
        if event.position().y() < self._slot.y():
            self.turn()

    def _go_back(self) -> None:
        (self.turn if self.is_maximised else self.put_back)()

    def _show_way(self) -> None:
        words = "Back to its place (F11)" if self.is_maximised else "Close (Esc)"
        self._back.setToolTip(words)
        self._back.setAccessibleName(words)
        self._color()

    def _color(self) -> None:
        if self.name:
            name = "restore" if self.is_maximised else "close"
            self._back.setIcon(icon(name, self._themes.current.text))
