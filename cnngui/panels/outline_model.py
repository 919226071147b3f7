"""The outline's rows: what a table and a screen reader show of each block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon

from cnngui.document import Document
from cnngui.formatting import count_text, shape_text
from cnngui.icons import icon, layer_icon_name
from cnngui.theme import SMALL_SIZE, ThemeManager, text_font
from core.edits import rename
from core.errors import CoreError
from core.graph import Block, Wire
from core.infer import cost
from core.outline import Row, outline

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_INDENT: Final = "\u2003"
_BLOCK: Final = 0
_FLAGS: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_NAME_FLAGS: Final = _FLAGS | Qt.ItemFlag.ItemIsEditable


@dataclass(frozen=True)
class _Column:
    title: str
    text: Callable[[OutlineModel, Block], str]
    number: bool = False


class OutlineModel(QAbstractTableModel):
    """Follows the document; the name can be edited."""

    refused = Signal(str)
    """Why a name wasn't taken."""

    def __init__(self, document: Document, themes: ThemeManager) -> None:
        super().__init__()
        self._document = document
        self._themes = themes
        self._small_font = text_font(SMALL_SIZE)
        self._rows: tuple[Row, ...] = ()
        self._listed: tuple[tuple[str, ...], tuple[Wire, ...]] = ((), ())  # what the rows follow from

    def update(self) -> None:
        """Takes the rows of the design as it is now."""
        graph = self._document.graph
        listed = tuple(graph.by_id), graph.wires
        rows = self._rows if listed == self._listed else outline(graph)
        self._listed = listed
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_COLUMNS) - 1))

    def block_at(self, row: int) -> str:
        """The id of the block in a row."""
        return self._rows[row].block

    def row_of(self, block_id: str | None) -> int | None:
        """The row of a block."""
        return next((number for number, row in enumerate(self._rows) if row.block == block_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt declares it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> str | None:
        across = orientation == Qt.Orientation.Horizontal
        return _COLUMNS[section].title if across and role == Role.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _NAME_FLAGS if index.column() == _BLOCK else _FLAGS

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        row = self._rows[index.row()]
        block = self._document.graph.by_id.get(row.block)
        if block is None:  # the document is a step ahead
            return None
        column = _COLUMNS[index.column()]
        first = index.column() == _BLOCK
        match role:
            case Role.DisplayRole:
                return _INDENT * row.depth + block.name if first else column.text(self, block)
            case Role.EditRole if first:
                return block.name
            case Role.AccessibleTextRole:
                text = column.text(self, block)
                return self._sentence(block, row.depth) if first else text and f"{column.title}: {text}"
            case Role.ToolTipRole:
                return self.problem(block) or self._sentence(block, row.depth)
            case Role.DecorationRole if first:
                return self._picture(block)
            case Role.FontRole if not first:
                return self._small_font
            case Role.TextAlignmentRole if column.number:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: object, role: int = Role.EditRole) -> bool:
        """Renames the block."""
        block = self._document.graph[self.block_at(index.row())]
        try:
            self._document.edit(f"Rename {block.name}", lambda graph: rename(graph, block.id, str(value)))
        except CoreError as error:
            self.refused.emit(str(error.problem))
            return False
        return True

    def shape(self, block: Block) -> str:
        return shape_text(self._document.inference.shapes.get(block.id, ()))

    def parameters(self, block: Block) -> str:
        found = cost(self._document.graph, block.id, self._document.inference.shapes)
        return count_text(found.parameters) if found is not None else ""

    def problem(self, block: Block) -> str:
        found = self._document.inference.problem(block.id)
        return str(found) if found is not None else ""

    def _sentence(self, block: Block, depth: int) -> str:
        """The whole row, with what feeds the block: a list doesn't show the wires."""
        graph, layer = self._document.graph, block.layer
        before = [graph[wire.source].name for wire in graph.incoming(block.id)]
        found = self._document.inference.problem(block.id)
        parameters = self.parameters(block)
        parts = (
            block.name,
            ": ".join(filter(None, (layer.title if layer.title != block.name else "", layer.summary()))),
            f"after {' and '.join(before)}" if before else "",
            f"branch level {depth}" if depth else "",
            f"output {self.shape(block)}" if self.shape(block) else "",
            f"{parameters} parameters" if parameters not in ("", "0") else "",
            f"{found.severity}: {found}" if found is not None else "",
        )
        return ", ".join(filter(None, parts))

    def _picture(self, block: Block) -> QIcon:
        theme = self._themes.current
        found = self._document.inference.problem(block.id)
        if found is None:
            name, color = layer_icon_name(block.layer.kind), theme.category_line(block.layer.group)
        else:
            name, color = found.severity, theme.error if found.severity == "error" else theme.warn
        picture, chosen = QIcon(icon(name, color)), icon(name, theme.on_accent)
        for size in chosen.availableSizes():
            picture.addPixmap(chosen.pixmap(size), QIcon.Mode.Selected)
        return picture


_COLUMNS: Final = (
    _Column("Block", lambda model, block: block.name),
    _Column("Output", OutlineModel.shape, number=True),
    _Column("Parameters", OutlineModel.parameters, number=True),
    _Column("Problem", OutlineModel.problem),
)
