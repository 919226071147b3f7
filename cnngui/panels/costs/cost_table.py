"""The analysis as a table: a row for each block, with bars for its share of the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from cnngui.theme.formatting import bytes_text, percent_text, short_count_text
from cnngui.theme.icons import entry_icon, layer_icon_name
from cnngui.theme.theme import GRID, SMALL_SIZE, ThemeManager, text_font
from cnngui.widgets.free_space import FreeSpace
from core.design.graph import Block, Graph
from core.explain.analysis import Analysis, CostRow
from core.schema.written import count_text, shape_text

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_SHARE: Final = Role.UserRole
_ROW_HEIGHT: Final = 6 * GRID
_ICON: Final = 4 * GRID
_MEASURED_ROWS: Final = 40
"""A column is as wide as the longest text in so many rows."""
_BAR: Final = 3
"""Height of a share's bar, in pixels."""


@dataclass(frozen=True)
class Column:
    """`key` sorts, numbers from the largest down; `total` gives the sum that the shares are of."""

    title: str
    help: str
    text: Callable[[Block, CostRow], str]
    key: Callable[[Block, CostRow], Any]
    total: Callable[[Analysis], int] | None = None
    number: bool = True
    spare: int = 0
    """Where there is no room for all columns, those with the highest number go first; 0 stays."""

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        sides = Qt.AlignmentFlag
        return (sides.AlignRight if self.number else sides.AlignLeft) | sides.AlignVCenter


def _block_name(block: Block, row: CostRow) -> str:
    return block.name


def _layer_title(block: Block, row: CostRow) -> str:
    return block.layer.title


def _field_text(row: CostRow) -> str:
    return shape_text(floor(field.size) for field in row.fields) if row.fields else "all"


def _field_size(row: CostRow) -> float:
    return float(row.fields[0].size * row.fields[1].size) if row.fields else float("inf")


COLUMNS: Final = (
    Column("Block", "", _block_name, _block_name, number=False),
    Column("Layer", "", _layer_title, _layer_title, number=False, spare=5),
    Column(
        "Output",
        "Shape of the output: channels × height × width",
        lambda block, row: shape_text(row.shape),
        lambda block, row: row.shape,
        spare=4,
    ),
    Column(
        "Parameters",
        "Learned numbers",
        lambda block, row: count_text(row.parameters),
        lambda block, row: row.parameters,
        lambda analysis: analysis.parameters,
    ),
    Column(
        "Multiply-adds",
        "Multiplications with an addition, for one sample forwards",
        lambda block, row: short_count_text(row.multiply_adds),
        lambda block, row: row.multiply_adds,
        lambda analysis: analysis.multiply_adds,
        spare=1,
    ),
    Column(
        "Memory",
        "Outputs kept for a batch, learned numbers, their gradients, and what the optimiser keeps",
        lambda block, row: bytes_text(row.memory),
        lambda block, row: row.memory,
        lambda analysis: analysis.memory,
        spare=2,
    ),
    Column(
        "Sees",
        "Receptive field: the pixels of the image that one output depends on, height × width",
        lambda block, row: _field_text(row),
        lambda block, row: _field_size(row),
        spare=3,
    ),
)


class CostModel(QAbstractTableModel):
    """The rows in the order in which the user wants them."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._graph = Graph()
        self._analysis = Analysis()
        self._rows: list[CostRow] = []
        self._order: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def show(self, graph: Graph, analysis: Analysis) -> None:
        """Shows another analysis. Where its blocks are the same, selection and scroll position stay."""
        blocks = [row.block for row in self._rows]
        self._graph, self._analysis = graph, analysis
        rows = self._sorted()
        if [row.block for row in rows] == blocks:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def block_at(self, row: int) -> str:
        """The id of the block in a row."""
        return self._rows[row].block

    def row_of(self, block_id: str | None) -> int | None:
        return next((n for n, row in enumerate(self._rows) if row.block == block_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            column = COLUMNS[section]
            if role == Role.DisplayRole:
                return column.title
            if role == Role.ToolTipRole:
                return column.help or None
            if role == Role.TextAlignmentRole:
                return column.alignment
            if role == Role.InitialSortOrderRole and column.number:
                return Qt.SortOrder.DescendingOrder
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        block = self._graph[row.block]
        if role == Role.DisplayRole:
            return column.text(block, row)
        if role == Role.TextAlignmentRole:
            return column.alignment
        if role == Role.DecorationRole and index.column() == 0:
            theme = self._themes.current
            color = theme.category_line(block.layer.group)
            return entry_icon(layer_icon_name(block.layer.kind), color, theme.on_accent)
        if role in (_SHARE, Role.ToolTipRole) and column.total is not None:
            share = column.key(block, row) / max(column.total(self._analysis), 1)
            return share if role == _SHARE else f"{percent_text(share)} of the whole"
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Column -1 is the order of the network."""
        self.layoutAboutToBeChanged.emit()
        before = {self.index(n, 0): row.block for n, row in enumerate(self._rows)}
        kept = [(index, before[index.siblingAtColumn(0)]) for index in self.persistentIndexList()]
        self._order = (column, order)
        self._rows = self._sorted()
        places = {row.block: n for n, row in enumerate(self._rows)}
        for index, block in kept:
            self.changePersistentIndex(index, self.index(places[block], index.column()))
        self.layoutChanged.emit()

    def _sorted(self) -> list[CostRow]:
        column, order = self._order
        rows = list(self._analysis.rows)
        if column >= 0:
            key = COLUMNS[column].key
            down = order == Qt.SortOrder.DescendingOrder
            rows.sort(key=lambda row: key(self._graph[row.block], row), reverse=down)
        return rows


class ShareDelegate(QStyledItemDelegate):
    """Draws a bar below the number: its share of the whole."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        share = index.data(_SHARE)
        if share is None:
            return
        theme = self._themes.current
        place = QRect(option.rect).adjusted(GRID, 0, -GRID, 0)
        place.setTop(place.bottom() - _BAR)
        place.setLeft(place.right() - round(place.width() * share))
        if share > 0:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.fillRect(place, theme.on_accent if selected else theme.accent)


class CostTable(QTableView):
    """The table; a click on a row, or the arrow keys, ask to see its block."""

    chosen = Signal(str)
    """A block's id."""

    def __init__(self, model: CostModel, themes: ThemeManager) -> None:
        super().__init__()
        self._model = model
        self._delegate = ShareDelegate(themes)
        self._following = False
        self._titles: dict[int, int] = {}
        """The widths of the columns' titles."""
        self.setAccessibleName("Cost of the blocks")
        FreeSpace(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFont(text_font(SMALL_SIZE + 1))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFont(text_font(SMALL_SIZE))
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        self.selectionModel().currentRowChanged.connect(self._choose)
        for changed in (model.modelReset, model.dataChanged):
            changed.connect(self._fit_columns)
        themes.changed.connect(self.viewport().update)

    def follow(self, block_id: str | None) -> None:
        """Marks the row of a block, without asking to see the block."""
        row = self._model.row_of(block_id)
        self._following = True
        if row is None:
            self.clearSelection()
        elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
            self.selectRow(row)
        self._following = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_columns()
        super().resizeEvent(event)

    def _fit_columns(self) -> None:
        """Shows as many columns as there is room for beside the whole names of the blocks."""
        header, shown = self.horizontalHeader(), dict(enumerate(COLUMNS))
        for number in shown:
            if not self.isColumnHidden(number):  # Qt says 0 for the title of one that is
                self._titles[number] = header.sectionSizeHint(number)
        needed = {n: max(self.sizeHintForColumn(n), self._titles[n]) for n in shown}
        # Whether there is a scroll bar must not count: it comes and goes with the columns, without end.
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        while sum(needed[n] for n in shown) > room and any(column.spare for column in shown.values()):
            del shown[max(shown, key=lambda n: shown[n].spare)]
        for number in needed:
            self.setColumnHidden(number, number not in shown)

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self.chosen.emit(self._model.block_at(current.row()))
