"""The manual's page on the layer of the selected block."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedLayout,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from cnngui.commands.bench import Bench
from cnngui.models.document import Document
from cnngui.models.looking import first_image_block
from cnngui.models.selection import Selection
from cnngui.panels.design.illustration import IllustrationView
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.icons import layer_icon_name
from cnngui.theme.theme import GRID, ICON_SIZE, MARGIN, SMALL_SIZE, SPACING, Theme, ThemeManager
from cnngui.widgets.focus import paint_focus
from cnngui.widgets.small import EmptyState, IconLabel, TextLabel, small_label
from core.explain.illustration import illustrate
from core.explain.manual import description, inputs, settings
from core.layers import LAYERS, Layer


class _Text(QTextBrowser):
    """Read with the keyboard, too: a ring around it says so."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_focus(self, QPainter(self.viewport()), self.viewport().rect())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.viewport().update()  # the ring stays where it is


class HelpPanel(QWidget):
    """Follows the selection; without one it keeps the page it has, which at first is on a block with maps."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._themes = themes
        self._layer: Layer | None = None
        empty = EmptyState(
            themes, "help", "Select a block to read about it.", "The page tells its formula and its settings."
        )
        self._icon = IconLabel(themes, layer_icon_name(""), lambda theme: theme.muted, size=2 * ICON_SIZE)
        self._was_chosen = False
        """Whether a block has been selected since: until then, the panel picks one."""
        self.title = TextLabel(bold=True)
        self._group = small_label()
        self.picture = IllustrationView(themes)
        self.text = _Text()
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setAccessibleName("Help")
        self.text.viewport().setAutoFillBackground(False)
        self.text.document().setDocumentMargin(GRID)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self._group)
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        head.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        head.addLayout(names, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(MARGIN)
        column.addLayout(head)
        column.addWidget(self.picture)
        column.addWidget(self.text, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(page)
        document.changed.connect(self._follow)
        selection.changed.connect(self._follow)
        themes.changed.connect(self._write)
        self._follow()

    def show_layer(self, layer: Layer) -> None:
        """Shows the page on a layer, its picture with these settings."""
        if layer != self._layer:
            self._layer = layer
            self._stack.setCurrentIndex(1)
            self._draw()
            self._write()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _follow(self) -> None:
        graph = self._document.graph
        block = graph.by_id.get(self._selection.current or "")
        self._was_chosen = self._was_chosen or block is not None
        if not self._was_chosen and graph.blocks:
            block = graph.by_id.get(first_image_block(self._document) or graph.blocks[0].id)
        if block is not None:
            self.show_layer(block.layer)

    def _draw(self) -> None:
        """Only where it is seen: the picture runs the layer."""
        if self._layer is not None and self.isVisible():
            self.picture.show_illustration(illustrate(self._layer))

    def _write(self) -> None:
        if self._layer is None:
            return
        layer = type(self._layer)
        known = layer in tuple(LAYERS)
        self._icon.set_icon(
            layer_icon_name(layer.kind if known else ""), lambda theme: theme.category_line(layer.group)
        )
        self.title.setText(layer.title)
        self._group.setText(f"{layer.group}, inputs: {inputs(layer)}")
        self.text.setHtml("".join(_page(layer, self._themes.current)))


def _page(layer: type[Layer], theme: Theme) -> Iterator[str]:
    for paragraph in description(layer).split("\n\n"):
        yield f"<p>{escape(paragraph)}</p>"
    small = f'<span style="color: {theme.muted.name()}; font-size: {SMALL_SIZE}px">'
    for setting in settings(layer):
        allowed = ", ".join(filter(None, (setting.type, setting.limits)))
        yield f"<p><b>{escape(setting.label)}</b> <code>{escape(setting.name)}</code><br>"
        yield f"{escape(setting.meaning)}<br>"
        yield f"{small}{escape(allowed)}. Default: {escape(setting.default)}</span></p>"


_PLACE: Final = PanelPlace("right", 300)


@panel(
    "help",
    "Help",
    icon="help",
    place=_PLACE,
    open={"explain": _PLACE},
    order=40,
    needs=lambda bench: bench.document.graph.blocks,
)
def help_panel(bench: Bench) -> HelpPanel:
    return HelpPanel(bench.document, bench.selection, bench.themes)
