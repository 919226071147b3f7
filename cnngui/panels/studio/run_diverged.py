"""What can be done after a divergence: buttons that go on from the last sound epoch with another plan."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from cnngui.models.models import Models
from cnngui.models.run_control import RunControl
from cnngui.theme.theme import GRID
from cnngui.widgets.small import small_label
from core.training.divergence import WAYS


class RunDiverged(QWidget):
    """There while the last run has diverged, and the plan is still the one that led there."""

    def __init__(self, models: Models, control: RunControl) -> None:
        super().__init__()
        self._control = control
        self.buttons = {name: QPushButton() for name in WAYS}
        self._title = small_label(role=QPalette.ColorRole.WindowText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._title)
        for name, button in self.buttons.items():
            button.setToolTip("The plan says so from then on; Undo brings back the run that has diverged")
            button.clicked.connect(partial(self._go_on, name))
            column.addWidget(button)
        document, run = models.document, models.run
        for signal in (run.state_changed, run.ended, document.changed, document.plan_changed):
            signal.connect(self._update)
        self._update()

    def _go_on(self, way: str, *_: object) -> None:
        self._control.go_on_from_sound(way)

    def _update(self) -> None:
        ways = self._control.ways_back
        self.setVisible(bool(ways))
        for name, way in ways.items():
            self._title.setText(way.title)
            self.buttons[name].setText(way.change)
            self.buttons[name].setAccessibleName(way.text)
