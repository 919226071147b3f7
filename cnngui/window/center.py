"""The middle of the window: the canvas, a page in its place while there is nothing on it, and bars above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cnngui.window.docking.slot import Slot

if TYPE_CHECKING:
    from cnngui.models.document import Document

_LEAST: Final = QSize(160, 96)


class Center(QWidget):
    """Empty at first; the canvas, the page and the bars are given to it after the first paint."""

    def __init__(self) -> None:
        super().__init__()
        self._canvas: QWidget | None = None
        self._document: Document | None = None
        self._page: Slot | None = None
        self._bars: dict[str, QWidget] = {}
        self._pages_allowed = True
        self._page_wanted = True
        self._stack = QStackedWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._stack, 1)

    def minimumSizeHint(self) -> QSize:
        return _LEAST

    def add_canvas(self, canvas: QWidget, document: Document) -> None:
        """Takes the canvas; it comes to the front when the document gets blocks."""
        self._canvas, self._document = canvas, document
        self._stack.addWidget(canvas)
        document.changed.connect(self._follow)

    @property
    def shows_page(self) -> bool:
        """Whether the page stands in place of the canvas."""
        return self._page is not None and self._stack.currentWidget() is self._page

    def add_page(self, page: QWidget) -> None:
        """Takes the page, and shows it where there is nothing else to see."""
        self._page = Slot()
        self._page.viewport().setBackgroundRole(
            QPalette.ColorRole.AlternateBase
        )  # as the canvas that it covers
        self._page.hold(page)
        self._page.setFocusProxy(page)
        self._stack.addWidget(self._page)
        self._page_wanted = self._document is None or not self._document.graph.blocks
        self._turn()

    def allow_pages(self, *, allowed: bool) -> None:
        """Whether a page may stand in for the canvas here."""
        self._pages_allowed = allowed
        self._turn()

    def show_page(self) -> None:
        """Brings the page to the front."""
        self._page_wanted = True
        self._turn()

    def show_canvas(self) -> None:
        """Brings the canvas to the front, with the keys going to it."""
        self._page_wanted = False
        self._turn()

    def _turn(self) -> None:
        wanted = self._page if self._page_wanted and self._pages_allowed else None
        front = wanted or self._canvas
        if front is not None and self._stack.currentWidget() is not front:
            self._stack.setCurrentWidget(front)
            front.setFocus()

    @property
    def bars_height(self) -> int:
        """Of what stands above the canvas, or the page."""
        self._column.activate()
        return self._stack.y()

    def add_notice(self, notice: QWidget) -> None:
        """Puts a bar above all else."""
        self._column.insertWidget(0, notice)

    def show_bar(self, name: str, bar: QWidget) -> None:
        """Puts a bar above the canvas, instead of the one of this name that is there."""
        self.close_bar(name)
        self._bars[name] = bar
        self._column.insertWidget(self._column.indexOf(self._stack), bar)
        bar.show()

    def close_bar(self, name: str) -> None:
        """Takes a bar away."""
        bar = self._bars.pop(name, None)
        if bar is not None:
            self._column.removeWidget(bar)
            bar.hide()
            bar.deleteLater()

    def _follow(self) -> None:
        if self._document is not None and self._document.graph.blocks:
            self.show_canvas()
