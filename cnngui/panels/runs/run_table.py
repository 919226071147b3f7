"""The table of the kept runs: sorted by a click on a title, filtered by words, several rows at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from cnngui.panels.runs.rows import COLUMNS, DIFFERS, NOTE, STATE
from cnngui.panels.runs.run_model import KEY, MARK, Index, RunModel
from cnngui.theme.theme import GRID, SMALL_SIZE, ThemeManager, text_font
from cnngui.widgets.free_space import FreeSpace

_ROW_HEIGHT: Final = 6 * GRID
_MOST_WIDTH: Final = 48 * GRID
"""Of a column, apart from those that take what is left: the settings that differ, and the note."""
_WIDEST: Final = {STATE: 72 * GRID}
"""A branch says of which run."""
_LEAST_STATE: Final = 20 * GRID
_LEAST: Final = {DIFFERS: 40 * GRID, NOTE: 16 * GRID}


class Filter(QSortFilterProxyModel):
    """Shows the rows in which all the words that were typed are found, in any column."""

    def __init__(self) -> None:
        super().__init__()
        self.setSortRole(KEY)
        self._words: list[str] = []

    def look_for(self, text: str) -> None:
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, number: int, parent: Index) -> bool:
        model = self.sourceModel()
        assert isinstance(model, RunModel)
        row = model.rows[number]
        text = "\n".join(column.text(row) for column in COLUMNS).lower()
        return all(word in text for word in self._words)


class RunTable(QTableView):
    """`chosen` gives the ids of the selected runs, in the order in which they stand."""

    selection_changed = Signal()
    restore_wanted = Signal()
    continue_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, model: RunModel, themes: ThemeManager) -> None:
        super().__init__()
        self._model = model
        self.filter = Filter()
        self.filter.setSourceModel(model)
        self._kept: Collection[str] = ()
        self._titles: dict[int, int] = {}
        self.setAccessibleName("Runs")
        FreeSpace(self)
        self.setModel(self.filter)
        self.setFont(text_font(SMALL_SIZE + 1))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setIconSize(MARK)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFont(text_font(SMALL_SIZE))
        header.setStretchLastSection(True)
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        self.selectionModel().selectionChanged.connect(self._note_selection)
        for moved in (self.filter.rowsRemoved, self.filter.layoutChanged):
            moved.connect(self._note_selection)  # Qt says nothing of selected rows that are filtered out
        self.doubleClicked.connect(self._take_double_click)
        model.modelAboutToBeReset.connect(self._keep_selection)
        for changed in (model.modelReset, model.dataChanged):
            changed.connect(self._fit_columns)
        model.modelReset.connect(self._select_kept)
        themes.changed.connect(self.viewport().update)

    @property
    def chosen(self) -> list[str]:
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._id_at(row) for row in rows]

    @property
    def shown(self) -> list[str]:
        """The ids of all runs that the filter lets through, in the order in which they stand."""
        return [self._id_at(row) for row in range(self.filter.rowCount())]

    def choose(self, runs: Collection[str]) -> None:
        """Selects these runs."""
        found = QItemSelection()
        last = self.filter.columnCount() - 1
        for row, run in enumerate(self.shown):
            if run in runs:
                found.select(self.filter.index(row, 0), self.filter.index(row, last))
        self.selectionModel().select(found, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if found.indexes() and not self.currentIndex().isValid():
            flags = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(found.indexes()[0], flags)

    def edit_note(self) -> None:
        """Lets the note of the current run be written, in its place."""
        self.setColumnHidden(NOTE, False)
        index = self.filter.index(self.currentIndex().row(), NOTE)
        self.scrollTo(index)
        self.setCurrentIndex(index)
        self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # the editor leaves Return, which ends it, to whoever is behind it
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if control:
                self.continue_wanted.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.restore_wanted.emit()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.delete_wanted.emit()
            case Qt.Key.Key_F2 if self.currentIndex().isValid():
                self.edit_note()
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_columns()
        super().resizeEvent(event)

    def _id_at(self, row: int) -> str:
        return self._model.rows[self.filter.mapToSource(self.filter.index(row, 0)).row()].run.id

    def _note_selection(self) -> None:
        self.selection_changed.emit()

    def _take_double_click(self, index: QModelIndex) -> None:
        if index.column() != NOTE:  # a note is written there
            self.restore_wanted.emit()

    def _keep_selection(self) -> None:
        self._kept = self.chosen

    def _select_kept(self) -> None:
        self.choose(self._kept)
        self.selection_changed.emit()

    def _fit_columns(self) -> None:
        """Columns as wide as what stands in them; where there isn't the room, some go."""
        header, shown = self.horizontalHeader(), dict(enumerate(COLUMNS))
        for number in shown:
            if not self.isColumnHidden(number):  # Qt says 0 for the title of one that is
                self._titles[number] = header.sectionSizeHint(number)
        needed = {
            n: min(_WIDEST.get(n, _MOST_WIDTH), max(self.sizeHintForColumn(n), self._titles[n]))
            for n in shown
        } | _LEAST
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        while sum(needed[n] for n in shown) > room and any(column.spare for column in shown.values()):
            del shown[max(shown, key=lambda n: shown[n].spare)]
        left = room - sum(needed[n] for n in shown)
        if left < 0:  # its icon and its first words say most of it
            needed[STATE] = max(_LEAST_STATE, needed[STATE] + left)
        left = max(0, left)
        wanted = self.sizeHintForColumn(DIFFERS) - needed[DIFFERS]
        needed[DIFFERS] += max(0, min(left, wanted))
        for number, width in needed.items():
            self.setColumnHidden(number, number not in shown)
            self.setColumnWidth(number, width)
