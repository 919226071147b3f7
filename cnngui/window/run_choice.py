"""What Train offers where the run is over: to train further, or to start over."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from cnngui.models.run_control import RunControl
from cnngui.theme.formatting import counted_text
from cnngui.theme.icons import icon
from cnngui.theme.theme import ThemeManager


class RunChoice(QMenu):
    """A menu that waits for nobody: Esc or a click elsewhere leaves everything as it is."""

    def __init__(self, control: RunControl, themes: ThemeManager, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._control = control
        self._themes = themes
        self._held = False
        self.setToolTipsVisible(True)
        self.setAccessibleName("The run is over")
        self.further = QAction(self)
        self.further.triggered.connect(lambda *_: control.train_further(held=self._held))
        self.over = QAction("&Start over with untrained weights", self)
        self.addActions([self.further, self.over])
        self.over.setToolTip("Train from the beginning; Undo brings this run back")
        self.over.triggered.connect(lambda *_: control.start_over(held=self._held))

    def ask(self, button: QWidget | None, *, held: bool) -> None:
        """Opens below the button, else in the middle of the window; arrows and Return choose.

        With `held`, the run is held after its first step.
        """
        self._held = held
        epochs = self._control.further_epochs
        self.further.setText(f"&Train {counted_text(epochs, 'epoch')} further")
        self.further.setToolTip("Go on with the weights there are; Epochs in the plan is raised by as many")
        self.further.setEnabled(epochs > 0)
        color = self._themes.current.text
        self.further.setIcon(icon("play", color))
        self.over.setIcon(icon("restart", color))
        self.popup(self._below(button))
        self.setActiveAction(self.further if epochs > 0 else self.over)

    def _below(self, button: QWidget | None) -> QPoint:
        if button is not None:
            return button.mapToGlobal(QPoint(0, button.height()))
        middle = self._window.mapToGlobal(self._window.rect().center())
        return middle - QPoint(self.sizeHint().width() // 2, 0)
