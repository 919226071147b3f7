"""What Train offers where the run is over, has diverged, or is of another design."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from cnngui.commands.table import declared
from cnngui.models.run_control import RunControl
from cnngui.theme.icons import icon
from cnngui.theme.theme import ThemeManager
from core.schema.written import count_text, counted_text
from core.training.divergence import WAYS

_UNTRAINED: Final = "&Start over with untrained weights"
_CHANGED: Final = "&Start over with the changed design"
_NOTHING_KEPT: Final = "No block with weights is as it was in the run"
_ALL_KEPT: Final = "All blocks keep what they have learned; Undo brings the run back"
_SOME_KEPT: Final = "Untrained at first: {names}. Undo brings the run back"
_SOME_KEPT_OF_MANY: Final = "Untrained at first: {names} and {count} more. Undo brings the run back"
_MOST_NAMES: Final = 6


class RunChoice(QMenu):
    """A menu that waits for nobody: Esc or a click elsewhere leaves everything as it is."""

    def __init__(self, control: RunControl, themes: ThemeManager, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._control = control
        self._themes = themes
        self._held = False
        self.setToolTipsVisible(True)
        self.further = QAction(self)
        self.further.triggered.connect(lambda *_: control.train_further(held=self._held))
        self.branch = QAction("Go &on with the trained weights", self)
        self.branch.triggered.connect(lambda *_: control.branch(held=self._held))
        self.over = QAction(self)
        self.back = QAction("&Go back to the design of the run, and train that further", self)
        self.ways = {name: QAction(self) for name in WAYS}
        for name, action in self.ways.items():
            action.setToolTip("The plan says so from then on; Undo brings back the run that has diverged")
            action.triggered.connect(partial(self._go_on_from_sound, name))
        self.addActions([*self.ways.values(), self.further, self.branch, self.over, self.back])
        self.back.setToolTip("Undo brings the changes back")
        self.back.triggered.connect(lambda *_: control.go_back(held=self._held))
        self.over.setToolTip(declared().commands["anew"].hint)
        self.over.triggered.connect(lambda *_: control.start_over(held=self._held))

    def ask(self, button: QWidget | None, *, held: bool) -> None:
        """Opens below the button, else in the middle of the window; arrows and Return choose.

        With `held`, the run is held after its first step.
        """
        self._held = held
        changed, epochs = self._control.is_of_another_design, self._control.further_epochs
        ways = self._control.ways_back
        over = "The run is of another design" if changed else "The run is over"
        self.setAccessibleName("The run has diverged" if ways else over)
        for name, action in self.ways.items():
            action.setVisible(name in ways)
            action.setText(ways[name].text if name in ways else "")
            action.setIcon(icon("play", self._themes.current.text))
        self.over.setText(_CHANGED if changed else _UNTRAINED)
        self.further.setVisible(not changed and not ways)
        self.branch.setVisible(changed)
        if changed:
            self._show_heritage()
        self.back.setVisible(changed)
        self.further.setText(f"&Train {counted_text(epochs, 'epoch')} further")
        self.further.setToolTip("Go on with the weights there are; Epochs in the plan is raised by as many")
        self.further.setEnabled(epochs > 0)
        color = self._themes.current.text
        self.further.setIcon(icon("play", color))
        self.branch.setIcon(icon("play", color))
        self.over.setIcon(icon("restart", color))
        self.back.setIcon(icon("play", color))
        self.popup(self._below(button))
        usual = self.branch if changed else self.further
        first = self.ways[next(iter(ways))] if ways else usual
        self.setActiveAction(first if first.isEnabled() else self.over)

    def _go_on_from_sound(self, way: str, *_: object) -> None:
        self._control.go_on_from_sound(way, held=self._held)

    def _show_heritage(self) -> None:
        """Says what can be carried over before anybody chooses it."""
        names = self._control.untrained_names
        self.branch.setEnabled(names is not None)
        self.branch.setToolTip(
            _NOTHING_KEPT if names is None else _ALL_KEPT if not names else _kept_but(names)
        )

    def _below(self, button: QWidget | None) -> QPoint:
        if button is not None:
            return button.mapToGlobal(QPoint(0, button.height()))
        middle = self._window.mapToGlobal(self._window.rect().center())
        return middle - QPoint(self.sizeHint().width() // 2, 0)


def _kept_but(untrained: list[str]) -> str:
    shown, more = untrained[:_MOST_NAMES], len(untrained) - _MOST_NAMES
    told = _SOME_KEPT_OF_MANY if more > 0 else _SOME_KEPT
    return told.format(names=", ".join(shown), count=count_text(more))
