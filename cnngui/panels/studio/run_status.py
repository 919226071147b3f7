"""How the run stands: its progress, its speed, and its results so far."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnngui.models.judging import Judging
from cnngui.models.pace import Pace
from cnngui.models.run import Run, State
from cnngui.theme.formatting import compiling_text, counted_text, duration_text, measure_text, percent_text
from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.bar import Bar
from cnngui.widgets.small import MUTED, TextLabel, small_label
from core.running.program import Result
from core.schema.written import count_text
from core.training.events import Finished

_COLUMNS: Final = {
    "step": "Of the batch of the last step",
    "epoch": "The mean over the last epoch's steps",
    "validation": "Of the validation samples, after the last epoch",
    "test": "Of the test samples",
}


class RunStatus(QWidget):
    """Follows the run and its plan."""

    def __init__(self, run: Run, themes: ThemeManager) -> None:
        super().__init__()
        self._run = run
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

        run.state_changed.connect(self._update)
        run.curves_changed.connect(self._update)
        run.plan_changed.connect(self._update)
        run.compiling_changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        run = self._run
        self._keep_time()
        self._headline.setText(self._state_text())
        busy = run.state is State.PREPARING
        compiling = run.compiling
        self._epochs.set_share((compiling.share if compiling else None) if busy else self._share())
        self._show_batches()
        self._show_speed()

    def _keep_time(self) -> None:
        run = self._run
        step = run.last_step.step if run.last_step else 0
        match run.state:
            case State.PREPARING:
                self._pace.begin(run.resumed.seconds if run.resumed else 0.0)
            case State.RUNNING:
                self._pace.see(step)
            case _:
                self._pace.hold()

    def _state_text(self) -> str:
        run = self._run
        match run.state:
            case State.PREPARING:
                return compiling_text(run.compiling) if run.compiling else "Preparing the network…"
            case State.STOPPING:
                return "Stopping…"
            case State.PAUSED:
                return "Paused"
            case State.RUNNING:
                return "Validating…" if run.progress else "Training…"
            case State.IDLE:
                return self._end_text()

    def _end_text(self) -> str:
        run = self._run
        if run.problem is not None:
            return "The run has failed"
        if run.finished is not None:
            return f"{_ending(run.finished)}{self._kept()}"
        if run.checkpoint is not None:
            return f"Trained for {counted_text(run.checkpoint.epoch, 'epoch')}"
        return "Not trained yet"

    def _kept(self) -> str:
        best = [epoch.epoch for epoch in self._run.curves.epochs if epoch.best]
        last = len(self._run.curves.epochs)
        if not (self._run.plan.keep_best and best) or best[-1] == last:
            return ""
        return f"; epoch {best[-1]} was best and is kept"

    def _share(self) -> float:
        """How much of the run is done."""
        step, epochs = self._run.last_step, self._run.plan.epochs
        if step is None:
            done = self._run.checkpoint
            return done.epoch / epochs if done else 0.0
        return min(1.0, (step.epoch - 1 + step.batch / step.batches) / epochs)

    def _show_batches(self) -> None:
        run, step = self._run, self._run.last_step
        checking = run.progress if run.active else None
        for widget in (self._batches, self._batch_text):
            widget.setVisible(run.active)
        self._epoch_text.setVisible(step is not None)
        if step is None:
            self._batch_text.setText("")
            return
        self._epoch_text.setText(f"epoch {count_text(step.epoch)} of {count_text(self._run.plan.epochs)}")
        if checking is not None:
            self._batches.set_share(checking.done / checking.samples)
            self._batch_text.setText(f"sample {count_text(checking.done)} of {count_text(checking.samples)}")
        else:
            self._batches.set_share(step.batch / step.batches)
            self._batch_text.setText(f"batch {count_text(step.batch)} of {count_text(step.batches)}")

    def _show_speed(self) -> None:
        run, step, rate = self._run, self._run.last_step, self._pace.steps_per_second
        parts = []
        if step is not None:
            seconds = self._pace.elapsed if run.active else self._seconds()
            parts.append(f"{duration_text(seconds)} elapsed")
            if rate is not None:
                parts.append(f"{rate:,.{0 if rate >= 10 else 1}f} steps/s")
                parts.append(f"{count_text(round(rate * step.result.samples))} samples/s")
        self._speed.setText("  ·  ".join(parts))
        self._speed.setVisible(bool(parts))
        remaining = None
        if step is not None and run.state is State.RUNNING:
            remaining = self._pace.remaining(self._run.plan.epochs * step.batches - step.step)
        self._left.setText(f"{duration_text(remaining)} left" if remaining is not None else "")

    def _seconds(self) -> float:
        return self._run.checkpoint.seconds if self._run.checkpoint else self._pace.elapsed


class Results(QWidget):
    """A small table: the loss and the metrics of the last step, the last epoch, validation and test."""

    def __init__(self, run: Run, judging: Judging) -> None:
        super().__init__()
        self._run = run
        self._judging = judging
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
        run.curves_changed.connect(self._update)
        run.state_changed.connect(self._update)
        judging.evaluated.connect(self._update)
        self._update()

    def text(self, column: str) -> tuple[str, str]:
        """What stands in a column."""
        loss, metric = self._cells[column]
        return loss.text(), metric.text()

    def _update(self) -> None:
        run = self._run
        epoch = run.curves.epochs[-1] if run.curves.epochs else None
        found = {
            "step": run.last_step.result if run.last_step else None,
            "epoch": epoch.train if epoch else None,
            "validation": epoch.validation if epoch else None,
            "test": self._judging.evaluation.result if self._judging.evaluation else None,
        }
        self.setVisible(any(result is not None for result in found.values()))
        output = run.output
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
