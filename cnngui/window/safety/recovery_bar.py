"""The bar that shows at the start what was left unsaved, each thing with its picture."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.canvas.drawing.design_picture import DesignPicture
from cnngui.models.safety.recovery import Offer, Recovery
from cnngui.theme.theme import GRID, MARGIN, SPACING, ThemeManager
from cnngui.widgets.notice import Notice
from cnngui.widgets.small import Scroll, TextLabel, small_label

_LEFT: Final = "cnngui didn't end properly the last time. What wasn't saved is still here:"
_PICTURE: Final = QSize(112, 64)
_ROWS: Final = 3
"""In sight; the others can be scrolled to."""
_LARGE: Final = QSize(720, 400)
_NAMES: Final = {"recover": "{text} {title}", "look": "Look at {title}", "discard": "Discard {title}"}


class RecoveryBar(Notice):
    """Nobody has to answer: what stays is shown at the next start, too, and by File › Recover."""

    def __init__(self, recovery: Recovery, themes: ThemeManager) -> None:
        super().__init__(themes, "info", lambda theme: theme.accent, "Unsaved work")
        self._recovery = recovery
        self._themes = themes
        self.later = self.button("Later", self.hide, "It stays; File › Recover Unsaved Work shows it again")
        self.rows: list[OfferRow] = []
        self._scroll: QWidget | None = None
        recovery.changed.connect(self._fill)
        recovery.wanted.connect(self._show_again)

    def _fill(self) -> None:
        if self._scroll is not None:
            self.column.removeWidget(self._scroll)
            self._scroll.hide()
            self._scroll.deleteLater()
            self._scroll = None
        self.rows = [OfferRow(offer, self._recovery, self._themes) for offer in self._recovery.offers]
        if not self.rows:
            self.hide()
            return
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, 0, MARGIN, SPACING)
        column.setSpacing(SPACING)
        for row in self.rows:
            column.addWidget(row)
        self._scroll = Scroll(content)
        height = min(len(self.rows), _ROWS) * (_PICTURE.height() + SPACING)
        self._scroll.setFixedHeight(height)
        self.column.insertWidget(1, self._scroll)
        self.say(_LEFT)

    def _show_again(self) -> None:
        if self.rows:
            self.say(_LEFT)
            self.rows[0].buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)


class OfferRow(QWidget):
    """A picture, what it is, and what can be done with it."""

    def __init__(self, offer: Offer, recovery: Recovery, themes: ThemeManager) -> None:
        super().__init__()
        self._offer = offer
        self._recovery = recovery
        self._themes = themes
        picture = DesignPicture(offer.design, themes, f"Picture of {offer.title}")
        picture.setFixedSize(_PICTURE)
        self.buttons = (
            self._button("recover", offer.recover_text, offer.recover),
            self._button("look", "Look At…", self._look),
            self._button("discard", "Discard…", self._discard),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(picture, 0, 0, 2, 1)
        grid.addWidget(TextLabel(offer.title, bold=True), 0, 1, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(small_label(offer.detail), 1, 1, Qt.AlignmentFlag.AlignTop)
        for column, button in enumerate(self.buttons, 2):
            grid.addWidget(button, 0, column, 2, 1)
        grid.setColumnStretch(1, 1)

    def _button(self, name: str, text: str, run: object) -> QPushButton:
        made = QPushButton(text)
        made.setAccessibleName(_NAMES[name].format(text=text, title=self._offer.title))
        made.setAccessibleDescription(self._offer.detail)
        assert callable(run)
        made.clicked.connect(lambda *_: run())
        return made

    def _look(self) -> None:
        OfferDialog(self._offer, self._themes, self.window()).open()

    def _discard(self) -> None:
        buttons = QMessageBox.StandardButton
        for question in self._offer.questions:
            answer = QMessageBox.question(
                self.window(), "cnngui", question, buttons.Discard | buttons.Cancel, buttons.Cancel
            )
            if answer != buttons.Discard:
                return
        self._offer.discard()


class OfferDialog(QDialog):
    """What was left behind as a large picture; nothing is changed by looking."""

    def __init__(self, offer: Offer, themes: ThemeManager, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(offer.title)
        picture = DesignPicture(offer.design, themes, f"Picture of {offer.title}")
        picture.setMinimumSize(_LARGE / 2)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        recover = buttons.addButton(offer.recover_text, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.rejected.connect(self.reject)
        recover.clicked.connect(partial(self._recover, offer))
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        column.addWidget(picture, 1)
        for widget in (TextLabel(offer.title, bold=True), small_label(offer.detail), buttons):
            column.addWidget(widget)
        self.resize(_LARGE)

    def _recover(self, offer: Offer, _: bool) -> None:
        self.accept()
        offer.recover()
