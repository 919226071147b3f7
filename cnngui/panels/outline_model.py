"""The outline's rows: what a table and a screen reader show of each block, group, frame and comment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import shorten
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon

from cnngui.canvas.group_face import GROUP_CATEGORY, GROUP_ICON, group_title
from cnngui.canvas.words import counted
from cnngui.document import Document
from cnngui.formatting import count_text, shape_text
from cnngui.icons import icon, layer_icon_name
from cnngui.theme import SMALL_SIZE, ThemeManager, text_font
from core import notes
from core.edits import rename
from core.errors import CoreError, Problem
from core.folding import box
from core.graph import Block, Comment, Frame, Group
from core.groups import blocks_of
from core.infer import cost
from core.outline import Row, grouped_outline

Note = Frame | Comment
Part = Block | Group | Note
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_INDENT: Final = "\u2003"
_BLOCK: Final = 0
_LONGEST_COMMENT: Final = 20
"""So many characters of a comment are listed."""
_FLAGS: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_NAME_FLAGS: Final = _FLAGS | Qt.ItemFlag.ItemIsEditable


@dataclass(frozen=True)
class _Column:
    title: str
    text: Callable[[OutlineModel, Part], str]
    number: bool = False


class OutlineModel(QAbstractTableModel):
    """Follows the document; names and titles can be edited. Frames and comments come last."""

    refused = Signal(str)
    """Why a name wasn't taken."""

    def __init__(self, document: Document, themes: ThemeManager, describe: Callable[[Note], str]) -> None:
        """`describe` puts a frame or a comment into words."""
        super().__init__()
        self._document = document
        self._describe = describe
        self._themes = themes
        self._small_font = text_font(SMALL_SIZE)
        self._rows: tuple[Row, ...] = ()
        self._listed: object = None  # what the rows follow from

    def update(self) -> None:
        """Takes the rows of the design as it is now."""
        graph = self._document.graph
        last = tuple(Row(note.id, 0) for note in notes.notes_of(graph))
        listed = tuple(graph.by_id), graph.wires, graph.groups, last
        rows = self._rows if listed == self._listed else grouped_outline(graph) + last
        self._listed = listed
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_COLUMNS) - 1))

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

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> str | None:
        across = orientation == Qt.Orientation.Horizontal
        return _COLUMNS[section].title if across and role == Role.DisplayRole else None

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
                return self._sentence(part, row) if first else text and f"{column.title}: {text}"
            case Role.ToolTipRole:
                return self.problem(part) or self._sentence(part, row)
            case Role.DecorationRole if first:
                return self._picture(part)
            case Role.FontRole if not first:
                return self._small_font
            case Role.TextAlignmentRole if column.number:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
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

    def _part(self, index: Index) -> Part | None:
        """What is in a row; None while the document is a step ahead."""
        graph, part_id = self._document.graph, self.part_at(index.row())
        found = graph.by_id.get(part_id) or graph.group_by_id.get(part_id)
        return found or next((note for note in notes.notes_of(graph) if note.id == part_id), None)

    def shape(self, part: Part) -> str:
        """Of a group, that of its only output."""
        shapes = self._document.inference.shapes
        if isinstance(part, Block):
            return shape_text(shapes.get(part.id, ()))
        if not isinstance(part, Group):
            return ""
        outputs = box(self._document.graph, part).outputs
        return shape_text(shapes.get(outputs[0], ())) if len(outputs) == 1 else ""

    def parameters(self, part: Part) -> str:
        """Of a group, those of all its blocks."""
        if not isinstance(part, Block | Group):
            return ""
        graph, shapes = self._document.graph, self._document.inference.shapes
        found = [cost(graph, block, shapes) for block in blocks_of(graph, [part.id])]
        known = [one.parameters for one in found if one is not None]
        return count_text(sum(known)) if len(known) == len(found) else ""

    def problem(self, part: Part) -> str:
        found = self._problem(part)
        return str(found) if found is not None else ""

    def _problem(self, part: Part) -> Problem | None:
        """Of a group, the first of its blocks' worst."""
        if not isinstance(part, Block | Group):
            return None
        blocks = set(blocks_of(self._document.graph, [part.id]))
        own = [problem for problem in self._document.inference.problems if problem.block in blocks]
        return min(own, key=lambda problem: problem.severity, default=None)

    def title(self, part: Part) -> str:
        """A block's or a group's name, a frame's title, a comment's first line."""
        match part:
            case Block():
                return part.name
            case Group():
                return group_title(part.name, part.repeat)
            case Frame():
                return part.title
            case Comment():
                return shorten(part.text.partition("\n")[0], _LONGEST_COMMENT, placeholder="…")

    def _sentence(self, part: Part, row: Row) -> str:
        """The whole row, with what feeds the block: a list doesn't show the wires."""
        if not isinstance(part, Block | Group):
            return ", ".join(self._describe(part).split("\n"))
        found, shape, parameters = self._problem(part), self.shape(part), self.parameters(part)
        parts = (
            self.title(part),
            *(self._about_block(part) if isinstance(part, Block) else self._about_group(part)),
            f"branch level {row.depth}" if row.depth else "",
            f"group level {row.level}" if row.level else "",
            f"output {shape}" if shape else "",
            f"{parameters} parameters" if parameters not in ("", "0") else "",
            f"{found.severity}: {found}" if found is not None else "",
        )
        return ", ".join(filter(None, parts))

    def _about_block(self, block: Block) -> tuple[str, str]:
        graph, layer = self._document.graph, block.layer
        before = [graph[wire.source].name for wire in graph.incoming(block.id)]
        kind = ": ".join(filter(None, (layer.title if layer.title != block.name else "", layer.summary())))
        return kind, f"after {' and '.join(before)}" if before else ""

    def _about_group(self, group: Group) -> tuple[str, str]:
        graph = self._document.graph
        count = counted(len(graph.inside(group.id)), "block")
        around = graph.parent.get(group.id)
        state = "folded" if group.folded else "open"
        return f"{state} group of {count}", f"in {graph.group(around).name}" if around else ""

    def _picture(self, part: Part) -> QIcon:
        theme = self._themes.current
        found = self._problem(part)
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
