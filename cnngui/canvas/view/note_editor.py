"""A text field on the canvas, in place of the text that it edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QPlainTextEdit, QWidget

from cnngui.theme.theme import GRID, TEXT_SIZE, text_font
from cnngui.widgets.focus import give_back

_LEAST: Final = (40 * GRID, 8 * GRID)
_LEAST_WIDTH_OF_A_LINE: Final = 18 * GRID
_SMALLEST_TEXT: Final = 10


class NoteEditor(QPlainTextEdit):
    """Takes a text over when the user is done: Ctrl+Enter (or Enter, in one line), or a click elsewhere.

    Esc leaves a line as it was. Of a longer text nothing that was written is lost: Esc takes it over, too,
    and undo takes it back. The keyboard goes back to where it came from.
    """

    def __init__(self, canvas: QAbstractScrollArea) -> None:
        super().__init__(canvas.viewport())
        self._came_from: QWidget = canvas
        self._done: Callable[[str], object] = lambda _: None
        self._one_line = False
        self.setTabChangesFocus(True)
        self.hide()

    def edit(
        self, what: str, text: str, area: QRect, zoom: float, done: Callable[[str], object], *, one_line: bool
    ) -> None:
        """Opens over this area of the canvas, in pixels; `done` gets the text."""
        if self.isHidden():
            self._came_from = QApplication.focusWidget() or self._came_from
        self._done, self._one_line = done, one_line
        self.setAccessibleName(what)
        self.setPlaceholderText(what)
        self.setFont(text_font(max(round(TEXT_SIZE * zoom), _SMALLEST_TEXT)))
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if one_line else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self.setLineWrapMode(
            QPlainTextEdit.LineWrapMode.NoWrap if one_line else QPlainTextEdit.LineWrapMode.WidgetWidth
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlainText(text)
        self.selectAll()
        least = (_LEAST_WIDTH_OF_A_LINE, self._line_height()) if one_line else _LEAST
        width, height = max(area.width(), least[0]), max(area.height(), least[1])
        self.setGeometry(
            area.left(), area.center().y() - height // 2 if one_line else area.top(), width, height
        )
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def finish(self) -> None:
        """Takes the text over, where one is edited: something else is about to open."""
        self._close(accept=True)

    def _line_height(self) -> int:
        margins = 2 * (round(self.document().documentMargin()) + self.frameWidth())
        return self.fontMetrics().height() + margins

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            self._close(accept=not self._one_line and bool(self.toPlainText().strip()))
        elif enter and (self._one_line or control):
            self._close(accept=True)
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._close(accept=True)

    def _close(self, *, accept: bool) -> None:
        if self.isHidden():
            return
        had_focus = self.hasFocus()
        self.hide()
        if had_focus:
            give_back(self._came_from)
        if accept:
            self._done(self.toPlainText().strip())
