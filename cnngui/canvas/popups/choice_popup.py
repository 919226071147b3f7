"""A line to type in with a list of what is meant: over the canvas, for the keyboard and the mouse alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from cnngui.canvas.popups.choices import ROW_HEIGHT, Choice, ChoiceList
from cnngui.canvas.stage import Stage
from cnngui.theme.accessibility import announce
from cnngui.theme.theme import GRID, SPACING, ThemeManager
from cnngui.widgets.focus import give_back
from cnngui.widgets.over import Over, fit_rows
from cnngui.widgets.small import TextLabel, small_label

_WIDTH: Final = 92 * GRID
_ROWS: Final = 5
_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -_ROWS,
    Qt.Key.Key_PageDown: _ROWS,
}


class ChoicePopup(Over):
    """A subclass says what a text can mean (`choices`) and what becomes of the choice (`choose`).

    The keyboard stays in the line; it goes back to where it was when the popup closes: on Esc,
    after a choice, or as soon as something else gets it.
    """

    def __init__(self, stage: Stage, themes: ThemeManager, name: str, nothing: str, keys: str) -> None:
        super().__init__(themes, stage.widget)
        self.stage = stage
        self._came_from: QWidget | None = None
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(name)
        self.list = ChoiceList(themes)
        self.list.setAccessibleName(name)
        self._nothing = TextLabel(nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        for widget in (self.line, self.list, self._nothing, small_label(keys)):
            column.addWidget(widget)
        self.setFixedWidth(_WIDTH)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self.refresh)
        self.list.clicked.connect(self._click)
        self.list.selectionModel().currentChanged.connect(self._follow_current)
        stage.document.changed.connect(self._follow_document)
        self.hide()

    def choices(self, text: str) -> Sequence[Choice]:
        """What the text can mean, the likeliest first."""
        raise NotImplementedError

    def choose(self, choice: Choice, *, goes_on: bool) -> None:
        """Does what was chosen; `goes_on`: the user wants to make another choice after it."""
        raise NotImplementedError

    def show_choice(self, choice: Choice | None) -> None:
        """Another choice is marked."""

    def completed(self, choice: Choice) -> str:
        """The text when the marked choice's title is filled in."""
        return choice.title

    def is_lost(self) -> bool:
        """Whether the design has changed so that there is nothing to choose for any more."""
        return False

    def prepare(self) -> None:
        """Brings the canvas into sight, and notes who gets the keyboard back. To be called before opening."""
        if self.isHidden():
            self.stage.come_forward()
            self._came_from = QApplication.focusWidget() or self.stage.widget

    def open_beside(self, around: QRect) -> None:
        """Opens beside an area of the canvas, in pixels."""
        self.line.clear()
        self.refresh()
        self.move(self._place(around))
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        self._follow_current()

    def keep_clear_of(self, area: QRect) -> None:
        """Moves away from an area of the canvas that has to be seen."""
        if self.geometry().intersects(area):
            self.move(self._place(area))

    def dismiss(self) -> None:
        """Closes, where it is open, and gives the keyboard back."""
        back = self._came_from
        had_focus = self.line.hasFocus()
        self.hide()
        if had_focus:
            give_back(back)

    def refresh(self) -> None:
        """Lists what the line means now."""
        found = self.choices(self.line.text())
        self.list.choices.set_choices(found)
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._fit(len(found))
        self.list.step(1)
        self._follow_current()

    def _fit(self, rows: int) -> None:
        fit_rows(self, self.list, rows, most=_ROWS, row=ROW_HEIGHT, room=self._room().height())

    def _room(self) -> QRect:
        """The part of the canvas that it may cover."""
        return self.stage.widget.rect().adjusted(GRID, GRID, -GRID, -GRID)

    def _follow_document(self) -> None:
        if self.isHidden():
            return
        if self.is_lost():
            self.dismiss()
        else:
            self.refresh()

    def _follow_current(self, *_: QModelIndex) -> None:
        self.stage.end_preview()
        choice = self.list.current()
        if choice is not None and self.isVisible():
            announce(self.line, choice.description)
        self.show_choice(choice)

    def _click(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self._choose(goes_on=False)

    def _choose(self, *, goes_on: bool) -> None:
        choice = self.list.current()
        if choice is not None:
            self.choose(choice, goes_on=goes_on)

    def _place(self, around: QRect) -> QPoint:
        """To the right of the area, below it, or to its left: all of it on the canvas, none on the area."""
        shown = self.list.choices.rowCount()
        self._fit(_ROWS)  # as high as it can get, so that it stays in sight while the text changes
        box = QRect(QPoint(), self.size())
        self._fit(shown)
        places = [
            self._kept_inside(box.translated(corner))
            for corner in (
                around.topRight() + QPoint(SPACING, 0),
                around.bottomLeft() + QPoint(0, SPACING),
                around.topLeft() - QPoint(box.width() + SPACING, 0),
            )
        ]
        return next((place for place in places if not place.intersects(around)), places[0]).topLeft()

    def _kept_inside(self, box: QRect) -> QRect:
        room = self._room()
        box.moveRight(min(box.right(), room.right()))
        box.moveBottom(min(box.bottom(), room.bottom()))
        box.moveTopLeft(QPoint(max(box.left(), room.left()), max(box.top(), room.top())))
        return box

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the line that mean something for the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.press(event)
        if watched is self.line and isinstance(event, QFocusEvent) and event.lostFocus():
            passing = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
            if event.reason() not in passing:
                self.hide()
        return super().eventFilter(watched, event)

    def press(self, event: QKeyEvent) -> bool:
        """A key was pressed in the line; whether it meant something here."""
        key, choice = Qt.Key(event.key()), self.list.current()
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in _STEPS:
            self.list.step(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(goes_on=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Tab:
            if choice is not None:
                self.line.setText(self.completed(choice))
        else:
            return False
        return True
