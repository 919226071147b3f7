"""The palette: all layers by group, to be searched, dragged onto the canvas or appended by a double click."""

from __future__ import annotations

import inspect
from collections import defaultdict
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDrag, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnngui.canvas.drawing.blocks.chip import chip
from cnngui.canvas.editor.mime import layer_mime, snippet_mime
from cnngui.commands.appending import append
from cnngui.commands.bench import Bench
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.icons import entry_icon, layer_icon_name
from cnngui.theme.theme import CATEGORIES, GRID, ICON_SIZE, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.free_space import FreeSpace
from cnngui.widgets.mark import paint_mark
from cnngui.widgets.search_line import SearchLine
from cnngui.widgets.small import EmptyState
from core.layers import LAYERS, Layer
from core.templates import SNIPPETS

_PLACE: Final = PanelPlace("left", 212)
_KIND: Final = Qt.ItemDataRole.UserRole
_SNIPPET: Final = Qt.ItemDataRole.UserRole + 1
_GRIP: Final = QPoint(-10, -10)
"""The picture of the block that is dragged hangs below the cursor."""


class Palette(QWidget):
    """What can be added to a design."""

    chosen = Signal(str)
    """A layer's kind: the user wants a block of it behind the current one."""
    snippet_chosen = Signal(str)
    """A snippet's name: the user wants its blocks behind the current one."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self.search = SearchLine(themes, "Search blocks")
        self.layers = LayerList(themes)
        nothing = EmptyState(themes, "search", "No block of that name", "Clear the search to see all blocks.")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.layers)
        self._pages.addWidget(nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.search)
        column.addWidget(self._pages)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_first)
        self.search.installEventFilter(self)
        self.layers.itemActivated.connect(self._choose)
        themes.changed.connect(self.layers.recolor)

    def point_out(self, kind: str) -> None:
        """Marks this layer and brings it into sight, also where a search has hidden it; no kind: none."""
        if kind and kind != self.layers.pointed_out and self.layers.item_of(kind).isHidden():
            self.search.clear()
        self.layers.point_out(kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leads from the search into the list, Esc clears the search."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            first = self.layers.first_found()
            if event.key() == Qt.Key.Key_Down and first is not None:
                self.layers.setCurrentItem(first)
                self.layers.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        self.layers.filter(text)
        self._pages.setCurrentIndex(0 if self.layers.first_found() else 1)

    def _choose_first(self) -> None:
        first = self.layers.first_found()
        if self.search.text() and first is not None:
            self._choose(first)

    def _choose(self, item: QTreeWidgetItem) -> None:
        if kind := item.data(0, _KIND):
            self.chosen.emit(kind)
        elif name := item.data(0, _SNIPPET):
            self.snippet_chosen.emit(name)


class LayerList(QTreeWidget):
    """The layers under the names of their groups."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.pointed_out = ""
        """The kind of the layer that is marked."""
        self.setAccessibleName("Blocks")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.viewport().setAutoFillBackground(False)
        self.setDragEnabled(True)
        FreeSpace(self)
        for group, layers in _groups().items():
            self._add_group(group, layers)
        self._add_snippets()
        self.expandAll()
        self.recolor()

    def filter(self, text: str) -> None:
        """Shows the layers and snippets whose title, kind or group contains every word of `text`."""
        words = text.lower().split()
        for group in self._children(self.invisibleRootItem()):
            for item in self._children(group):
                name = f"{item.text(0)} {item.data(0, _KIND) or ''} {group.text(0)}".lower()
                item.setHidden(not all(word in name for word in words))
            group.setHidden(all(item.isHidden() for item in self._children(group)))
        self.setCurrentIndex(QModelIndex())

    def first_found(self) -> QTreeWidgetItem | None:
        """The first entry that the search left."""
        return next((item for item in self._entries() if not item.isHidden()), None)

    def kinds(self) -> list[str]:
        """The kinds that the search left, from top to bottom."""
        found = [item.data(0, _KIND) for item in self._entries() if not item.isHidden()]
        return [kind for kind in found if kind is not None]

    def current_kind(self) -> str | None:
        """The kind of the current entry."""
        kind: str | None = self.currentIndex().data(_KIND)
        return kind

    def item_of(self, kind: str) -> QTreeWidgetItem:
        """The entry of a layer."""
        return next(item for item in self._entries() if item.data(0, _KIND) == kind)

    def point_out(self, kind: str) -> None:
        """Marks a layer, and brings it into sight; an empty kind takes the mark away."""
        if kind != self.pointed_out:
            self.pointed_out = kind
            if kind:
                self.scrollToItem(self.item_of(kind))
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.pointed_out:
            self.scrollToItem(self.item_of(self.pointed_out))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.pointed_out:
            place = self.visualItemRect(self.item_of(self.pointed_out))
            paint_mark(QPainter(self.viewport()), place.adjusted(1, 1, -1, -1), self._themes.current)

    def recolor(self) -> None:
        """Takes the colours of the current theme."""
        theme = self._themes.current
        for group in self._children(self.invisibleRootItem()):
            group.setForeground(0, theme.muted)
            for item in self._children(group):
                kind = item.data(0, _KIND)
                name = layer_icon_name(kind) if kind else "snippet"
                color = theme.category_line(group.text(0)) if kind else theme.text
                item.setIcon(0, entry_icon(name, color, theme.on_accent))

    def mimeData(self, items: list[QTreeWidgetItem]) -> QMimeData:  # type: ignore[override]
        kind, snippet = (items[0].data(0, role) for role in (_KIND, _SNIPPET))
        return layer_mime(kind) if kind else snippet_mime(snippet)

    def moveCursor(self, action: QTreeWidget.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """The keys pass over the names of groups."""
        up = action in (
            self.CursorAction.MoveUp,
            self.CursorAction.MovePageUp,
            self.CursorAction.MovePrevious,
        )
        index = QModelIndex(super().moveCursor(action, modifiers))
        while index.isValid() and not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            index = self.indexAbove(index) if up else self.indexBelow(index)
        return index if index.isValid() else self.currentIndex()

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsDragEnabled:
            kind, theme = self.current_kind(), self._themes.current
            name = layer_icon_name(kind) if kind else "snippet"
            color = theme.category(LAYERS[kind].group) if kind else theme.accent
            drag = QDrag(self)
            drag.setMimeData(self.mimeData([item]))
            drag.setPixmap(chip(name, color, self.devicePixelRatioF()))
            drag.setHotSpot(_GRIP)
            drag.exec(Qt.DropAction.CopyAction)

    def _add_group(self, group: str, layers: list[type[Layer]]) -> None:
        heading = self._add_heading(group)
        for layer in layers:
            item = self._add_entry(heading, layer.title, first_sentence(layer))
            item.setData(0, _KIND, layer.kind)

    def _add_snippets(self) -> None:
        heading = self._add_heading("Snippets")
        for snippet in SNIPPETS:
            item = self._add_entry(heading, snippet.title, snippet.help)
            item.setData(0, _SNIPPET, snippet.name)

    def _add_heading(self, text: str) -> QTreeWidgetItem:
        heading = QTreeWidgetItem(self, [text])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        heading.setFont(0, text_font(SMALL_SIZE, bold=True))
        heading.setSizeHint(0, QSize(0, 7 * GRID))
        heading.setTextAlignment(0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        return heading

    def _add_entry(self, heading: QTreeWidgetItem, text: str, help: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(heading, [text])
        item.setToolTip(0, help)
        item.setSizeHint(0, QSize(0, 7 * GRID))
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        item.setFlags(flags)
        return item

    def _entries(self) -> list[QTreeWidgetItem]:
        groups = self._children(self.invisibleRootItem())
        return [item for group in groups for item in self._children(group)]

    def _children(self, item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
        return [child for number in range(item.childCount()) if (child := item.child(number))]


def first_sentence(layer: type[Layer]) -> str:
    """What a layer does, from its documentation."""
    text = " ".join((inspect.getdoc(layer) or layer.title).split("\n\n")[0].split())
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def _groups() -> dict[str, list[type[Layer]]]:
    """The layers by group: the groups in the order of their colours, those without one behind them."""
    found: dict[str, list[type[Layer]]] = defaultdict(list)
    for layer in LAYERS:
        found[layer.group].append(layer)
    known = [group for group in CATEGORIES if group in found]
    return {group: found[group] for group in (*known, *(g for g in found if g not in known))}


@panel("blocks", "Blocks", icon="blocks", place=_PLACE, open={"design": _PLACE}, order=10)
def palette(bench: Bench) -> Palette:
    made = Palette(bench.themes)
    made.chosen.connect(lambda kind: append(bench, kind))
    made.snippet_chosen.connect(bench.canvas.editor.snippets.add)

    def follow() -> None:
        made.point_out(bench.lesson.kind)

    bench.lesson.changed.connect(follow)
    follow()
    return made
