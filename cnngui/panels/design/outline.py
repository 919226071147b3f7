"""The design as a list, for the keyboard and for screen readers; the keys of the canvas count here, too."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QTreeView, QVBoxLayout, QWidget

from cnngui.canvas.view.view import Canvas
from cnngui.commands.bench import Bench
from cnngui.panels.design.outline_model import OutlineModel
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.theme import GRID, SMALL_SIZE, ThemeManager, text_font
from cnngui.widgets.small import EmptyState

_ICON: Final = 4 * GRID
_EMPTY: Final = ("There are no blocks yet.", "Press Ins to add one by typing.")
_MEASURED_ROWS: Final = 40
"""A column is as wide as the longest text in so many rows."""


class OutlinePanel(QWidget):
    """Shares document, selection and commands with the canvas."""

    configured = Signal()
    """The user wants to change the current block's settings."""

    def __init__(self, canvas: Canvas, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._editor = editor = canvas.editor
        self._selection = canvas.selection
        self._selecting = False
        self._outdated = True
        self._shown = canvas.document.graph
        self._gone: int | None = None
        """The row of what was selected and has just been deleted; the keys go on from there."""
        self.model = OutlineModel(canvas.document, themes, editor.notes.describe)
        self.view = OutlineView()
        self.view.setModel(self.model)
        self._empty = EmptyState(themes, "blocks", *_EMPTY)
        QVBoxLayout(self.view.viewport()).addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)
        self.view.activated.connect(lambda _: self._configure())
        self.view.selectionModel().selectionChanged.connect(self._read_selection)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.model.refused.connect(editor.message)
        canvas.document.changed.connect(self._follow_document)
        self._selection.changed.connect(self._show_selection)
        themes.changed.connect(self._follow_document)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._outdated:
            self._follow_document()

    def _follow_document(self) -> None:
        self._outdated = not self.isVisible()
        if self._outdated:
            return
        gone, self._gone, self._shown = self._gone, None, self._canvas.document.graph
        self._selecting = True
        self.model.update()
        self._selecting = False
        empty = not self.model.rowCount()
        self._empty.setVisible(empty)
        self.view.setHeaderHidden(empty)
        bars = Qt.ScrollBarPolicy
        self.view.setHorizontalScrollBarPolicy(bars.ScrollBarAlwaysOff if empty else bars.ScrollBarAsNeeded)
        self.view.setAccessibleDescription(" ".join(_EMPTY) if empty else "")
        self._show_selection()
        if gone is not None and not empty and self.view.hasFocus() and not self._selection.parts:
            self._editor.select([self.model.part_at(min(gone, self.model.rowCount() - 1))])

    def _show_selection(self) -> None:
        if self._selecting or self._outdated:
            return
        if not self._selection.parts and self._shown is not self._canvas.document.graph:
            self._gone = self.view.currentIndex().row()
        parts = (self._selection.group,) if self._selection.group else self._selection.parts
        found = [row for part in parts if (row := self.model.row_of(part)) is not None]
        rows = list(dict.fromkeys(found))
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.model.index(row, 0), self.model.index(row, 0))
        flags = QItemSelectionModel.SelectionFlag
        self._selecting = True
        if rows:
            self.view.selectionModel().setCurrentIndex(self.model.index(rows[-1], 0), flags.NoUpdate)
        self.view.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        self._selecting = False

    def _read_selection(self) -> None:
        if self._selecting or self._outdated:  # rows of an earlier design mean nothing in this one
            return
        rows = [index.row() for index in self.view.selectionModel().selectedRows()]
        rows.sort(key=lambda row: row == self.view.currentIndex().row())  # the current one is the last
        ids = [self.model.part_at(row) for row in rows]
        self._selecting = True
        self._editor.select(ids, ())
        self._canvas.bring_into_sight(ids[-1:])
        self._selecting = False

    def _configure(self) -> None:
        """Goes to the settings of the block, or edits the frame or comment on the canvas."""
        if self._editor.notes.chosen is not None:
            self._editor.notes.edit()
        else:
            self.configured.emit()

    def _show_menu(self, place: QPoint) -> None:
        middle = self._canvas.visible_area().center()
        self._canvas.menu_wanted.emit(middle, self.view.viewport().mapToGlobal(place))


class OutlineView(QTreeView):
    """A list with columns. Branches and groups are indented: a network is no tree."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Outline")
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(_ICON, _ICON))
        self.header().setFont(text_font(SMALL_SIZE))
        self.setSelectionMode(self.SelectionMode.ExtendedSelection)
        self.setEditTriggers(self.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.viewport().setAutoFillBackground(False)
        header = self.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        header.setSectionsMovable(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 on what can't be edited here is Enter."""
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_F2 and not index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.activated.emit(index)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """F2 edits the name here instead of in the properties, as the window's F2 does."""
        if event.type() == QEvent.Type.ShortcutOverride and cast(QKeyEvent, event).key() == Qt.Key.Key_F2:
            event.accept()
            return True
        return super().event(event)


@panel("outline", "Outline", icon="outline", place=PanelPlace("left", 240), order=20, shows_design=True)
def outline(bench: Bench) -> OutlinePanel:
    made = OutlinePanel(bench.canvas, bench.themes)
    made.configured.connect(bench.selection.settings_wanted)
    return made
