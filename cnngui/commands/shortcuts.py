"""The list of all keys and of what the mouse does, made from the table of commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Reach, Surface, key_text, plain
from cnngui.commands.gestures import GESTURES
from cnngui.commands.matching import score
from cnngui.commands.table import declared
from cnngui.theme.theme import GRID, MARGIN, SPACING, text_font
from cnngui.widgets.search_line import SearchLine
from cnngui.widgets.small import small_label

_SIZE: Final = (130 * GRID, 160 * GRID)
_BESIDE: Final = 16 * GRID
"""What stands beside the two columns: margins, frame, indentation and scroll bar."""
_NOTE: Final = "Keys marked with ° count on the canvas and in the outline."
_MARK: Final[dict[Reach, str]] = {"window": "", "design": " °", "free": ""}
_HELD: Final = ("Ctrl", "Alt", "Shift")
KeyRow = tuple[str, str]


def show_shortcuts(bench: Bench) -> None:
    """Opens the list."""
    ShortcutsDialog(bench).open()


class ShortcutsDialog(QDialog):
    """Keys by menu, with a line to search in them by what is done or by key."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.canvas.window())
        self.setWindowTitle("Keyboard and Mouse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = SearchLine(bench.themes, "Search keys")
        self.list = _list()
        for group, rows in shortcuts(declared().commands.values()):
            _add_group(self.list, group, rows)
        self.list.expandAll()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        for widget in (self.search, self.list, small_label(_NOTE), buttons):
            column.addWidget(widget)
        self.search.textChanged.connect(self._filter)
        width = sum(self.list.sizeHintForColumn(number) for number in range(2)) + _BESIDE
        self.resize(max(width, _SIZE[0]), _SIZE[1])

    def rows(self) -> list[tuple[str, str, str]]:
        """What the search left, from top to bottom: group, what is done, and how."""
        return [
            (group.text(0), row.text(0), row.text(1))
            for group in _children(self.list.invisibleRootItem())
            for row in _children(group)
            if not row.isHidden()
        ]

    def _filter(self, text: str) -> None:
        for group in _children(self.list.invisibleRootItem()):
            for row in _children(group):
                row.setHidden(score(text, f"{row.text(0)} {row.text(1)}", group.text(0)) is None)
            group.setHidden(all(row.isHidden() for row in _children(group)))


def shortcuts(commands: Iterable[Command]) -> Iterator[tuple[str, list[KeyRow]]]:
    """By group, what is done and how: the menus in their order, then what mouse and keys do on the canvas."""
    with_keys = [command for command in commands if command.sequences]
    for surface in Surface:
        rows = [
            (command.title or plain(command.text).rstrip("…"), _keys(command))
            for command in with_keys
            if command.home is not None and command.home.surface is surface
        ]
        if rows:
            yield plain(surface.value), rows
    for group, gestures in GESTURES.items():
        yield group, [(what, _as_the_platform_calls_it(how)) for what, how in gestures]


def _as_the_platform_calls_it(how: str) -> str:
    """A gesture with the signs of the platform for the keys that are held meanwhile."""
    for held in _HELD:
        sign = key_text(QKeySequence(f"{held}+A")).removesuffix("A").removesuffix("+")
        how = how.replace(held, sign)
    return how


def _keys(command: Command) -> str:
    return ", ".join(map(key_text, command.sequences)) + _MARK[command.reach]


def _list() -> QTreeWidget:
    made = QTreeWidget()
    made.setAccessibleName("Keys")
    made.setHeaderLabels(["What", "Keys"])
    made.setRootIsDecorated(False)
    made.setItemsExpandable(False)
    made.setUniformRowHeights(True)
    header = made.header()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    header.setStretchLastSection(False)
    return made


def _add_group(made: QTreeWidget, group: str, rows: Iterable[KeyRow]) -> None:
    heading = QTreeWidgetItem(made, [group])
    heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
    heading.setFont(0, text_font(bold=True))
    heading.setFirstColumnSpanned(True)
    for what, how in rows:
        row = QTreeWidgetItem(heading, [what, how])
        row.setToolTip(0, what)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [child for number in range(item.childCount()) if (child := item.child(number))]
