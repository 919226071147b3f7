"""The command palette: all that can be done, found by typing a few letters of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from cnngui.commands.actions import picture_of
from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Surface
from cnngui.commands.matching import score
from cnngui.commands.palette_list import ROW_HEIGHT, PaletteList, PaletteRow
from cnngui.commands.preview import Preview
from cnngui.commands.table import declared
from cnngui.theme.accessibility import announce
from cnngui.theme.theme import GRID, MARGIN, SPACING
from cnngui.widgets.focus import give_back
from cnngui.widgets.over import Over, fit_rows
from cnngui.widgets.small import TextLabel, small_label

_WIDTH: Final = 140 * GRID
_TOP: Final = 16 * GRID
_ROWS: Final = 8
_NAME: Final = "Find a command"
_NOTHING: Final = "No command is called so. Try fewer letters."
_KEYS: Final = "Up and Down choose · Enter does it · Esc closes"
_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -_ROWS,
    Qt.Key.Key_PageDown: _ROWS,
}


def open_palette(bench: Bench) -> None:
    """Opens the palette over the window, or closes the one that is open."""
    window = bench.canvas.window()
    opened = window.findChild(CommandPalette)
    if opened is not None:
        opened.dismiss()
    else:
        CommandPalette(bench, window)


def _order(command: Command) -> tuple[int, int]:
    """As the menus stand in the menu bar, and the sections in them."""
    home = command.home
    return (0, 0) if home is None else (list(Surface).index(home.surface), home.section)


class CommandPalette(Over):
    """Lies over the window; goes on Esc, after a choice, or as soon as something else gets the keyboard."""

    def __init__(self, bench: Bench, window: QWidget) -> None:
        super().__init__(bench.themes, window)
        self._bench = bench
        self._window = window
        self._came_from = QApplication.focusWidget()
        self._preview = Preview(bench)
        theme = bench.themes.current
        self._every = [
            PaletteRow(
                command,
                command.name(bench),
                picture_of(command, command.now(bench), theme),
                command.refusal(bench),
                command.checked is not None and command.checked(bench),
            )
            for command in sorted(declared().all(bench), key=_order)
        ]
        self.line = QLineEdit(placeholderText=_NAME)
        self.line.setAccessibleName(_NAME)
        self.list = PaletteList()
        self._nothing = TextLabel(_NOTHING)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        for widget in (self.line, self.list, self._nothing, small_label(_KEYS)):
            column.addWidget(widget)
        self.line.installEventFilter(self)
        self.line.returnPressed.connect(self._choose)
        window.installEventFilter(self)
        self.line.textChanged.connect(self._refresh)
        self.list.clicked.connect(self._click)
        self.list.selectionModel().currentChanged.connect(self._follow_current)
        self._refresh()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def found(self, text: str) -> Sequence[PaletteRow]:
        """The commands that these words mean, the likeliest first; the rest of them are as in the menus."""
        scored = [(score(text, row.name, f"{row.path} {row.command.also}"), row) for row in self._every]
        fitting = [(points, row) for points, row in scored if points is not None]
        fitting.sort(key=lambda pair: (-pair[0], pair[1].reason is not None))
        return [row for _, row in fitting]

    def dismiss(self) -> None:
        """Closes, and gives the keyboard back."""
        back, had_focus = self._came_from, self.line.hasFocus()
        self._close()
        if had_focus:
            give_back(back)

    def _close(self) -> None:
        self._preview.show(None)
        self.hide()
        self.setParent(None)
        self.deleteLater()

    def _refresh(self) -> None:
        rows = self.found(self.line.text())
        self.list.found.show(rows)
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        self.list.step(1)
        self._follow_current()
        self._place()

    def _place(self) -> None:
        """In the middle, near the top; in a low window, with fewer rows in sight."""
        room = self._window.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        self.setFixedWidth(min(_WIDTH, room.width()))
        fit_rows(self, self.list, self.list.found.rowCount(), most=_ROWS, row=ROW_HEIGHT, room=room.height())
        left = room.center().x() - self.width() // 2
        self.move(left, min(_TOP, max(room.top(), room.bottom() - self.height())))

    def _follow_current(self, *_: QModelIndex) -> None:
        row = self.list.current()
        if row is not None:
            announce(self.line, row.description)
        self._preview.show(row.command if row is not None else None)

    def _click(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self._choose()

    def _choose(self) -> None:
        row = self.list.current()
        if row is None:
            return
        if row.command.enabled(self._bench):
            bench = self._bench
            self.dismiss()
            row.command.run(bench)
        elif row.reason:
            self._bench.say(row.reason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the line that mean something for the list, and the window's size."""
        kind = event.type()
        if watched is self._window and kind == QEvent.Type.Resize:
            self._place()
        elif watched is self.line and isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._press(event)
        elif watched is self.line and isinstance(event, QFocusEvent) and event.lostFocus():
            passing = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
            if event.reason() not in passing:
                self._close()
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in _STEPS:
            self.list.step(_STEPS[key])
        else:
            return False
        return True
