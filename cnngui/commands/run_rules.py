"""How much is kept of runs: a setting of the data folder, for the window and the command line alike."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
)

from cnngui.commands.bench import Bench
from cnngui.compute.chores import Chores
from cnngui.models.kept_runs import NO_FOLDER
from cnngui.theme.formatting import bytes_text
from cnngui.theme.theme import MARGIN, SPACING
from cnngui.widgets.small import TextLabel
from core.errors import Problem
from core.formats.data_folder import runs_folder
from core.formats.runs.records import runs_in
from core.formats.runs.rules import GB, RunRules, read_rules, room_of, write_rules
from core.schema.written import counted_text

_SIZE: Final = QSize(500, 330)
_TAKEN: Final = "The checkpoints of {count} take {size} now."
_NOTE: Final = (
    "Beyond the budget, old runs keep fewer checkpoints; the last one of each stays, and so do all curves. "
    "Where one a run is too much, you are asked to delete runs: nothing is deleted by itself."
)


def show_rules(bench: Bench) -> None:
    """Opens the dialog, or says why there is nothing to set."""
    if runs_folder() is None:
        bench.say(str(NO_FOLDER))
    else:
        RulesDialog(bench).open()


class RulesDialog(QDialog):
    """Budget, checkpoints of a run, and how often one is due."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.canvas.window())
        folder = runs_folder()
        assert folder is not None  # nobody opens it otherwise
        self._runs = folder
        self._chores = Chores(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Room for Checkpoints")
        rules = read_rules(folder)
        self.budget = QDoubleSpinBox(minimum=0.1, maximum=10_000, decimals=1, suffix=" GB")
        self.budget.setValue(rules.budget / GB)
        self.most = QSpinBox(minimum=1, maximum=1000)
        self.most.setValue(min(rules.most, self.most.maximum()))
        self.every = QSpinBox(minimum=1, maximum=100_000)
        self.every.setValue(min(rules.every_epochs, self.every.maximum()))
        self.steps = QSpinBox(minimum=0, maximum=10_000_000)
        self.steps.setSpecialValueText("as time allows")
        self.steps.setValue(min(rules.every_steps, self.steps.maximum()))
        form = QFormLayout()
        form.addRow("&Room for checkpoints", self.budget)
        form.addRow("&Checkpoints of one run", self.most)
        form.addRow("&Epochs between two", self.every)
        form.addRow("&Steps between two", self.steps)
        self.weights = QCheckBox("&Weights of all runs in .cnn files, not of the current one alone")
        self.weights.setChecked(bool(rules.weights_in_files))
        form.addRow(self.weights)
        self.taken = TextLabel("")
        self.failure = TextLabel("")
        """Why the rules couldn't be written."""
        self.failure.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self._write)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        column.addLayout(form)
        column.addWidget(self.taken)
        column.addWidget(TextLabel(_NOTE))
        column.addWidget(self.failure)
        column.addStretch()
        column.addWidget(self.buttons)
        self.setMinimumSize(_SIZE)
        self._chores.add(partial(_taken, folder), self._show_taken, reads=True)

    def _show_taken(self, found: tuple[int, int] | None, problem: Problem | None) -> None:
        if found is not None:
            runs, size = found
            self.taken.setText(_TAKEN.format(count=counted_text(runs, "run"), size=bytes_text(size)))

    def _write(self) -> None:
        """Closes when they are written; until then, Cancel and Esc don't wait for the disk."""
        rules = RunRules(
            budget=round(self.budget.value() * GB),
            every_epochs=self.every.value(),
            every_steps=self.steps.value(),
            most=self.most.value(),
            weights_in_files=int(self.weights.isChecked()),
        )
        self.failure.hide()
        self._let_confirm(may=False)
        self._chores.add(partial(write_rules, self._runs, rules), self._end)

    def _end(self, _: None, problem: Problem | None) -> None:
        if problem is None:
            self.accept()
        else:
            self._let_confirm(may=True)
            self.failure.setText(str(problem))
            self.failure.show()

    def _let_confirm(self, *, may: bool) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(may)


def _taken(folder: Path) -> tuple[int, int]:
    """How many runs there are, and the bytes that their checkpoints take."""
    runs = list(runs_in(folder))
    return len(runs), room_of(runs)
