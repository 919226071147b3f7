"""The kept runs as a table: one row a run; the note can be written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap

from cnngui.panels.runs.rows import COLUMNS, NOTE, RESULT, STATE, Row
from cnngui.theme.icons import entry_icon
from cnngui.theme.theme import GRID, SMALL_SIZE, ThemeManager, text_font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
KEY: Final = int(Role.UserRole)
"""The role that sorts."""
MARK: Final = QSize(6 * GRID, 3 * GRID)
"""Of the icon of a run: a piece of its curve, as it is drawn."""
_MARKS: Final = {
    "running": ("play", "accent"),
    "killed": ("warning", "warn"),
    "completed": ("check", "ok"),
    "stopped": ("stop", "muted"),
    "failed": ("error", "error"),
}


class RunModel(QAbstractTableModel):
    """The rows as they come; a proxy sorts and filters them."""

    noted = Signal(str, str)
    """Somebody has noted something of the run with this id."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._rows: list[Row] = []
        self._marks: Mapping[str, QIcon] = {}
        nothing = QPixmap(MARK)
        nothing.fill(Qt.GlobalColor.transparent)
        self._unmarked = QIcon(nothing)  # the texts stand below each other

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def show(self, rows: list[Row]) -> None:
        """Shows other rows. Where they are of the same runs, selection and scroll position stay."""
        if [row.run.id for row in rows] == [row.run.id for row in self._rows]:
            self._rows = rows
            self._change_all()
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def mark(self, marks: Mapping[str, QIcon]) -> None:
        """Shows how the curves of these runs, by id, are drawn."""
        self._marks = marks
        self._change_all()

    def _change_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Role.DisplayRole:
                return COLUMNS[section].title
            if role == Role.ToolTipRole:
                return COLUMNS[section].help or None
            if role == Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if index.column() == NOTE else found

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role in (Role.DisplayRole, Role.EditRole):
            return column.text(row)
        if role == KEY:
            return column.key(row)
        if role == Role.FontRole and (row.is_open or row.is_here):
            return text_font(SMALL_SIZE + 1, bold=True)
        if role == Role.ToolTipRole and index.column() == RESULT:
            return row.whole_result
        if role == Role.ToolTipRole:
            return row.story if index.column() in (0, STATE) else column.text(row) or None
        if role == Role.DecorationRole and index.column() == 0:
            return self._marks.get(row.run.id, self._unmarked)
        if role == Role.DecorationRole and index.column() == STATE:
            theme = self._themes.current
            name, color = _MARKS[row.run.state]
            return entry_icon(name, getattr(theme, color), theme.on_accent)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        row = self._rows[index.row()]
        if role != Role.EditRole or index.column() != NOTE or value == row.run.about.note:
            return False
        self.noted.emit(row.run.id, str(value).strip())
        return True
