"""How the run stands: its progress, its speed, and its results so far."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnngui.models.pace import Pace
from cnngui.models.run import State, Training
from cnngui.theme.formatting import (
    compiling_text,
    count_text,
    counted_text,
    duration_text,
    measure_text,
    percent_text,
)
from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.bar import Bar
from cnngui.widgets.small import MUTED, TextLabel, small_label
from core.running.program import Result
from core.training.events import Finished

_COLUMNS: Final = {
    "step": "Of the batch of the last step",
    "epoch": "The mean over the last epoch's steps",
    "validation": "Of the validation samples, after the last epoch",
    "test": "Of the test samples",
}


class RunStatus(QWidget):
    """Follows the training model."""

    def __init__(self, training: Training, themes: ThemeManager) -> None:
        super().__init__()
        self._training = training
        self._pace = Pace()
        self._headline = TextLabel(bold=True)
        self._left = _figures()
        self._epochs, self._batches = Bar(themes), Bar(themes)
        self._epoch_text, self._batch_text = small_label(), _figures()
        self._speed = small_label()

        head = QHBoxLayout()
        head.addWidget(self._headline, 1)
        head.addWidget(self._left)
        texts = QHBoxLayout()
        texts.addWidget(self._epoch_text, 1)
        texts.addWidget(self._batch_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self._epochs)
        column.addWidget(self._batches)
        column.addLayout(texts)
        column.addWidget(self._speed)

        training.state_changed.connect(self._update)
        training.curves_changed.connect(self._update)
        training.plan_changed.connect(self._update)
        training.compiling_changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        training = self._training
        self._keep_time()
        self._headline.setText(self._state_text())
        busy = training.state is State.PREPARING
        compiling = training.compiling
        self._epochs.set_share((compiling.share if compiling else None) if busy else self._share())
        self._show_batches()
        self._show_speed()

    def _keep_time(self) -> None:
        training = self._training
        step = training.last_step.step if training.last_step else 0
        match training.state:
            case State.PREPARING:
                self._pace.begin(training.resumed.seconds if training.resumed else 0.0)
            case State.RUNNING:
                self._pace.see(step)
            case _:
                self._pace.hold()

    def _state_text(self) -> str:
        training = self._training
        match training.state:
            case State.PREPARING:
                return compiling_text(training.compiling) if training.compiling else "Preparing the network…"
            case State.STOPPING:
                return "Stopping…"
            case State.PAUSED:
                return "Paused"
            case State.RUNNING:
                return "Validating…" if training.progress else "Training…"
            case State.IDLE:
                return self._end_text()

    def _end_text(self) -> str:
        training = self._training
        if training.run_problem is not None:
            return "The run has failed"
        if training.finished is not None:
            return f"{_ending(training.finished)}{self._kept()}"
        if training.checkpoint is not None:
            return f"Trained for {counted_text(training.checkpoint.epoch, 'epoch')}"
        return "Not trained yet"

    def _kept(self) -> str:
        best = [epoch.epoch for epoch in self._training.curves.epochs if epoch.best]
        last = len(self._training.curves.epochs)
        if not (self._training.plan.keep_best and best) or best[-1] == last:
            return ""
        return f"; epoch {best[-1]} was best and is kept"

    def _share(self) -> float:
        """How much of the run is done."""
        step, epochs = self._training.last_step, self._training.plan.epochs
        if step is None:
            done = self._training.checkpoint
            return done.epoch / epochs if done else 0.0
        return min(1.0, (step.epoch - 1 + step.batch / step.batches) / epochs)

    def _show_batches(self) -> None:
        training, step = self._training, self._training.last_step
        checking = training.progress if training.active else None
        for widget in (self._batches, self._batch_text):
            widget.setVisible(training.active)
        self._epoch_text.setVisible(step is not None)
        if step is None:
            self._batch_text.setText("")
            return
        self._epoch_text.setText(
            f"epoch {count_text(step.epoch)} of {count_text(self._training.plan.epochs)}"
        )
        if checking is not None:
            self._batches.set_share(checking.done / checking.samples)
            self._batch_text.setText(f"sample {count_text(checking.done)} of {count_text(checking.samples)}")
        else:
            self._batches.set_share(step.batch / step.batches)
            self._batch_text.setText(f"batch {count_text(step.batch)} of {count_text(step.batches)}")

    def _show_speed(self) -> None:
        training, step, rate = self._training, self._training.last_step, self._pace.steps_per_second
        parts = []
        if step is not None:
            seconds = self._pace.elapsed if training.active else self._seconds()
            parts.append(f"{duration_text(seconds)} elapsed")
            if rate is not None:
                parts.append(f"{rate:.{0 if rate >= 10 else 1}f} steps/s")
                parts.append(f"{count_text(round(rate * step.result.samples))} samples/s")
        self._speed.setText("  ·  ".join(parts))
        self._speed.setVisible(bool(parts))
        remaining = None
        if step is not None and training.state is State.RUNNING:
            remaining = self._pace.remaining(training.plan.epochs * step.batches - step.step)
        self._left.setText(f"{duration_text(remaining)} left" if remaining is not None else "")

    def _seconds(self) -> float:
        return self._training.checkpoint.seconds if self._training.checkpoint else self._pace.elapsed


class Results(QWidget):
    """A small table: the loss and the metrics of the last step, the last epoch, validation and test."""

    def __init__(self, training: Training) -> None:
        super().__init__()
        self._training = training
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACING)
        self._grid.setVerticalSpacing(GRID // 2)
        self._names = (small_label("loss"), small_label("accuracy"))
        self._cells = {column: (_figures(), _figures()) for column in _COLUMNS}
        for row, name in enumerate(self._names, 1):
            name.setWordWrap(False)
            self._grid.addWidget(name, row, 0)
        for number, (column, cells) in enumerate(self._cells.items(), 1):
            head = _figures()
            head.setText(column)
            head.setToolTip(_COLUMNS[column])
            head.setForegroundRole(MUTED)
            self._grid.addWidget(head, 0, number)
            self._grid.setColumnStretch(number, 1)
            for row, cell in enumerate(cells, 1):
                self._grid.addWidget(cell, row, number)
        training.curves_changed.connect(self._update)
        training.state_changed.connect(self._update)
        training.evaluated.connect(self._update)
        self._update()

    def text(self, column: str) -> tuple[str, str]:
        """What stands in a column."""
        loss, metric = self._cells[column]
        return loss.text(), metric.text()

    def _update(self) -> None:
        training = self._training
        epoch = training.curves.epochs[-1] if training.curves.epochs else None
        found = {
            "step": training.last_step.result if training.last_step else None,
            "epoch": epoch.train if epoch else None,
            "validation": epoch.validation if epoch else None,
            "test": training.evaluation.result if training.evaluation else None,
        }
        self.setVisible(any(result is not None for result in found.values()))
        output = training.output
        for column, result in found.items():
            self._show(self._cells[column], result, share=output is None or output.shares)
        if output is not None and output.metrics:
            words = output.metrics[0].split("_")
            self._names[1].setText(words[0] if len(words) == 1 else "".join(w[0] for w in words).upper())
            self._names[1].setToolTip(" ".join(words).capitalize())

    def _show(self, cells: tuple[QLabel, QLabel], result: Result | None, *, share: bool) -> None:
        if result is None:
            texts = ("–", "–")
        else:
            metric = next(iter(result.metrics.values()), float("nan"))
            texts = measure_text(result.loss), percent_text(metric) if share else measure_text(metric)
        for cell, text in zip(cells, texts, strict=True):
            cell.setText(text)


def _figures() -> QLabel:
    label = QLabel()
    label.setFont(text_font(SMALL_SIZE))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _ending(finished: Finished) -> str:
    if finished.reason == "completed":
        return f"Finished after {counted_text(finished.epochs, 'epoch')}"
    return f"Stopped after {counted_text(finished.step, 'step')}"
