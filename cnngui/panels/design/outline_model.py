"""The outline's rows: what a table and a screen reader show of each block, group, frame and comment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QIcon

from cnngui.canvas.accessibility.sentences import DesignPart, Note, Sentences
from cnngui.canvas.drawing.blocks.group_face import GROUP_CATEGORY, GROUP_ICON
from cnngui.models.document import Document
from cnngui.theme.icons import icon, layer_icon_name
from cnngui.theme.theme import SMALL_SIZE, ThemeManager, text_font
from core.design import notes
from core.design.edits import rename
from core.design.graph import Block, Comment, Frame, Group
from core.design.outline import OutlineRow
from core.errors import CoreError

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_INDENT: Final = "\u2003"
_BLOCK: Final = 0
_MANY: Final = 200
"""So many rows are asked for other texts when the edits pause: views ask each of them."""
_PAUSE_MS: Final = 150
_NUMBERS: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FLAGS: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_NAME_FLAGS: Final = _FLAGS | Qt.ItemFlag.ItemIsEditable


@dataclass(frozen=True)
class _Column:
    title: str
    text: Callable[[OutlineModel, DesignPart], str]
    number: bool = False


class OutlineModel(QAbstractTableModel):
    """Follows the document; names and titles can be edited. Frames and comments come last."""

    refused = Signal(str)
    """Why a name wasn't taken."""

    def __init__(self, document: Document, themes: ThemeManager, describe: Callable[[Note], str]) -> None:
        """`describe` puts a frame or a comment into words."""
        super().__init__()
        self._document = document
        self._words = Sentences(document, describe)
        self._themes = themes
        self._small_font = text_font(SMALL_SIZE)
        self._rows: tuple[OutlineRow, ...] = ()
        self._listed: object = None  # what the rows follow from
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._say_changed)

    def update(self) -> None:
        """Takes the rows of the design as it is now."""
        graph = self._document.graph
        last = tuple(note.id for note in notes.notes_of(graph))
        listed = tuple(graph.by_id), graph.wires, graph.groups, last
        rows = self._rows if listed == self._listed else self._words.rows()
        self._listed = listed
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif len(rows) > _MANY:
            self._pause.start()
        else:
            self._say_changed()

    def _say_changed(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(_COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def part_at(self, row: int) -> str:
        """The id of what is in a row."""
        return self._rows[row].part

    def row_of(self, part_id: str | None) -> int | None:
        """The row of a part of the design; of what is hidden, that of the folded group around."""
        shown = self._document.graph.hidden.get(part_id or "", part_id)
        return next((number for number, row in enumerate(self._rows) if row.part == shown), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt declares it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        column = _COLUMNS[section] if orientation == Qt.Orientation.Horizontal else None
        match role:
            case Role.DisplayRole if column is not None:
                return column.title
            case Role.TextAlignmentRole if column is not None and column.number:
                return _NUMBERS
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        in_place = index.column() == _BLOCK and not isinstance(self._part(index), Comment | None)
        return _NAME_FLAGS if in_place else _FLAGS

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        row = self._rows[index.row()]
        part = self._part(index)
        if part is None:  # the document is a step ahead
            return None
        column = _COLUMNS[index.column()]
        first = index.column() == _BLOCK
        match role:
            case Role.DisplayRole:
                indent = _INDENT * (row.depth + row.level)
                return indent + self.title(part) if first else column.text(self, part)
            case Role.EditRole if first:
                return part.name if isinstance(part, Block | Group) else self.title(part)
            case Role.AccessibleTextRole:
                text = column.text(self, part)
                return self._words.sentence(row) if first else text and f"{column.title}: {text}"
            case Role.ToolTipRole:
                return self.problem(part) or self._words.sentence(row)
            case Role.DecorationRole if first:
                return self._picture(part)
            case Role.FontRole if not first:
                return self._small_font
            case Role.TextAlignmentRole if column.number:
                return _NUMBERS
        return None

    def setData(self, index: Index, value: object, role: int = Role.EditRole) -> bool:
        """Renames a block or a group, or gives a frame another title."""
        part, text = self._part(index), str(value)
        if part is None:
            return False
        change = notes.set_title if isinstance(part, Frame) else rename
        try:
            self._document.edit(f"Rename {self.title(part)}", lambda graph: change(graph, part.id, text))
        except CoreError as error:
            self.refused.emit(str(error.problem))
            return False
        return True

    def _part(self, index: Index) -> DesignPart | None:
        """What is in a row; None while the document is a step ahead."""
        return self._words.part(self.part_at(index.row()))

    def title(self, part: DesignPart) -> str:
        return self._words.title(part)

    def shape(self, part: DesignPart) -> str:
        return self._words.shape(part)

    def parameters(self, part: DesignPart) -> str:
        return self._words.parameters(part)

    def problem(self, part: DesignPart) -> str:
        found = self._words.problem(part)
        return str(found) if found is not None else ""

    def _picture(self, part: DesignPart) -> QIcon:
        theme = self._themes.current
        found = self._words.problem(part)
        name: str
        if found is not None:
            name, color = found.severity, theme.error if found.severity == "error" else theme.warn
        elif isinstance(part, Block):
            name, color = layer_icon_name(part.layer.kind), theme.category_line(part.layer.group)
        elif isinstance(part, Group):
            name, color = GROUP_ICON, theme.category_line(GROUP_CATEGORY)
        elif isinstance(part, Frame):
            name, color = "frame", theme.frame_color(part.color)
        else:
            name, color = "comment", theme.muted
        picture, chosen = QIcon(icon(name, color)), icon(name, theme.on_accent)
        for size in chosen.availableSizes():
            picture.addPixmap(chosen.pixmap(size), QIcon.Mode.Selected)
        return picture


_COLUMNS: Final = (
    _Column("Block", OutlineModel.title),
    _Column("Output", OutlineModel.shape, number=True),
    _Column("Parameters", OutlineModel.parameters, number=True),
    _Column("Problem", OutlineModel.problem),
)
