"""The middle of the window: the canvas, the start page in its place, and bars above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from cnngui.models.document import Document


class Center(QWidget):
    """Empty at first; the canvas, the start page and the guide are given to it after the first paint."""

    def __init__(self) -> None:
        super().__init__()
        self._canvas: QWidget | None = None
        self._document: Document | None = None
        self._page: QWidget | None = None
        self._guide: QWidget | None = None
        self._stack = QStackedWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._stack)

    def add_canvas(self, canvas: QWidget, document: Document) -> None:
        """Takes the canvas; it comes to the front when the document gets blocks."""
        self._canvas, self._document = canvas, document
        self._stack.addWidget(canvas)
        document.changed.connect(self._follow)

    @property
    def shows_page(self) -> bool:
        """Whether the start page stands in place of the canvas."""
        return self._stack.currentWidget() is self._page

    def add_page(self, page: QWidget) -> None:
        """Takes the start page, and shows it where there is nothing else to see."""
        self._page = page
        self._stack.addWidget(page)
        if self._document is None or not self._document.graph.blocks:
            self.show_page()

    def show_page(self) -> None:
        """Brings the start page to the front."""
        if self._page is not None:
            self._stack.setCurrentWidget(self._page)

    def show_canvas(self) -> None:
        """Brings the canvas to the front, with the keys going to it."""
        if self._canvas is not None and self._stack.currentWidget() is not self._canvas:
            self._stack.setCurrentWidget(self._canvas)
            self._canvas.setFocus()

    def add_notice(self, notice: QWidget) -> None:
        """Puts a bar above all else."""
        self._column.insertWidget(0, notice)

    def show_guide(self, guide: QWidget) -> None:
        """Puts a guide above the canvas, instead of the one that is there."""
        self.close_guide()
        self._guide = guide
        self._column.insertWidget(self._column.indexOf(self._stack), guide)

    def close_guide(self) -> None:
        """Takes the guide away."""
        if self._guide is not None:
            self._column.removeWidget(self._guide)
            self._guide.hide()
            self._guide.deleteLater()
            self._guide = None

    def _follow(self) -> None:
        if self._document is not None and self._document.graph.blocks:
            self.show_canvas()
