"""How the run stands: its progress, its speed, and its results so far."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnngui.models.judging import Judging
from cnngui.models.pace import Pace
from cnngui.models.run import Run, State
from cnngui.theme.formatting import duration_text, measure_text
from cnngui.theme.run_text import end_text, metric_text, state_text
from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.bar import Bar
from cnngui.widgets.elided import ElidedLabel
from cnngui.widgets.small import MUTED, small_label
from core.running.program import Result
from core.schema.written import count_text
from core.training.curves import LOSS

_COLUMNS: Final = {
    "step": "Of the batch of the last step",
    "epoch": "The mean over an epoch's steps: the last one's, or that of the weights that are kept",
    "validation": "Of the validation samples, after the last epoch, or of the weights that are kept",
    "test": "Of the test samples, by the weights that are kept",
}


class RunStatus(QWidget):
    """Follows the run and its plan."""

    def __init__(self, run: Run, themes: ThemeManager) -> None:
        super().__init__()
        self._run = run
        self._pace = Pace()
        self._headline = ElidedLabel()  # of one line always: what is below it stays where it is
        self._headline.setFont(text_font(bold=True))
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
        said, done = state_text(run), run.checkpoint
        resting = run.state is State.IDLE and run.problem is None and done is not None
        self._headline.set_texts(said, *([end_text(done)] if resting and done is not None else []))
        self._headline.setToolTip(said)
        busy = run.state is State.PREPARING
        compiling = run.compiling
        self._epochs.set_share((compiling.share if compiling else None) if busy else self._share())
        self._show_batches()
        self._show_speed()

    def _keep_time(self) -> None:
        run = self._run
        step = run.curves.count  # those before a resume too
        match run.state:
            case State.PREPARING:
                self._pace.begin(run.resumed.seconds if run.resumed else 0.0)
            case State.RUNNING:
                self._pace.see(step)
            case _:
                self._pace.hold()

    def _share(self) -> float:
        """How much of the run is done."""
        step, epochs = self._run.last_step, self._run.plan.epochs
        if step is None:
            done = self._run.checkpoint
            return min(1.0, done.epoch / epochs) if done else 0.0
        return min(1.0, (step.epoch - 1 + step.batch / step.batches) / epochs)

    def _epoch(self) -> int:
        """The number of the epoch that is on, or was the last; 0 before the first step."""
        step, done = self._run.last_step, self._run.checkpoint
        if step is not None:
            return step.epoch
        return done.epoch + (done.position > 0) if done else 0

    def _show_batches(self) -> None:
        run, step = self._run, self._run.last_step
        checking = run.progress if run.active else None
        for widget in (self._batches, self._batch_text):
            widget.setVisible(run.active)
        epoch = self._epoch()
        self._epoch_text.setVisible(epoch > 0)
        self._epoch_text.setText(f"epoch {count_text(epoch)} of {count_text(run.plan.epochs)}")
        if step is None:
            self._batch_text.setText("")
            return
        if checking is not None:
            self._batches.set_share(checking.done / checking.samples)
            self._batch_text.setText(f"sample {count_text(checking.done)} of {count_text(checking.samples)}")
        else:
            self._batches.set_share(step.batch / step.batches)
            self._batch_text.setText(f"batch {count_text(step.batch)} of {count_text(step.batches)}")

    def _show_speed(self) -> None:
        run, step, rate = self._run, self._run.last_step, self._pace.steps_per_second
        parts = []
        if step is not None or run.has_learned:
            seconds = self._pace.elapsed if run.active else self._seconds()
            parts.append(f"{duration_text(seconds)} elapsed")
            if step is not None and rate is not None:
                parts.append(f"{count_text(round(rate)) if rate >= 10 else f'{rate:.1f}'} steps/s")
                parts.append(f"{count_text(round(rate * step.result.samples))} samples/s")
        self._speed.setText("  ·  ".join(parts))
        self._speed.setVisible(bool(parts))
        remaining = None
        if step is not None and run.state is State.RUNNING:
            epochs = run.plan.epochs - step.epoch
            remaining = self._pace.remaining((epochs + 1) * step.batches - step.batch)
        self._left.setText(f"{duration_text(remaining)} left" if remaining is not None else "")

    def _seconds(self) -> float:
        return self._run.checkpoint.seconds if self._run.checkpoint else self._pace.elapsed


class Results(QWidget):
    """A small table: the loss and the metrics of the last step, the last epoch, validation and test."""

    def __init__(self, run: Run, judging: Judging) -> None:
        super().__init__()
        self._run = run
        self._judging = judging
        self._grid = QGridLayout()
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
        self._note = small_label()
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(GRID)
        column_of_all.addLayout(self._grid)
        column_of_all.addWidget(self._note)
        run.curves_changed.connect(self._update)
        run.state_changed.connect(self._update)
        judging.evaluated.connect(self._update)
        self._update()

    def text(self, column: str) -> tuple[str, str]:
        """What stands in a column."""
        loss, metric = self._cells[column]
        return loss.text(), metric.text()

    @property
    def note(self) -> str:
        """Whose figures they are, where that isn't the network as it was last; empty else."""
        return self._note.text() if self._note.isVisibleTo(self) else ""

    def _update(self) -> None:
        """All figures of a run at rest are of the weights that are kept: the last step's may be of others."""
        run, curves = self._run, self._run.curves
        kept, epoch = run.kept_epoch, run.result_epoch
        has_step = bool(curves.count) and kept is None
        found = {
            "step": (curves.last(LOSS), curves.last(curves.metric)) if has_step else None,
            "epoch": _figures_of(epoch.train) if epoch else None,
            "validation": _figures_of(epoch.validation) if epoch else None,
            "test": _figures_of(self._judging.evaluation.result) if self._judging.evaluation else None,
        }
        self._note.setVisible(kept is not None)
        if kept is not None:
            number = count_text(kept.epoch)
            self._note.setText(f"All figures are of epoch {number}, whose weights were best and are kept.")
        self.setVisible(any(figures is not None for figures in found.values()))
        output = run.output
        for column, figures in found.items():
            texts = (
                ("–", "–") if figures is None else (measure_text(figures[0]), metric_text(figures[1], output))
            )
            for cell, text in zip(self._cells[column], texts, strict=True):
                cell.setText(text)
        if output is not None and output.metrics:
            words = output.metrics[0].split("_")
            self._names[1].setText(words[0] if len(words) == 1 else "".join(w[0] for w in words).upper())
            self._names[1].setToolTip(" ".join(words).capitalize())


def result_text(run: Run) -> tuple[str, str]:
    """What the weights that are kept achieve, in a title and a sentence, as far as an epoch was completed."""
    kept, epoch = run.kept_epoch, run.result_epoch
    if epoch is None:
        return "No epoch was completed", "A result comes at the end of an epoch."
    result, part = (epoch.validation, "Validation") if epoch.validation else (epoch.train, "Training")
    output = run.output
    name = output.metrics[0].replace("_", " ") if output is not None and output.metrics else "metric"
    loss = f"The loss is {measure_text(result.loss)}."
    if kept is not None:
        loss = f"{loss} Both are of epoch {count_text(kept.epoch)}, whose weights were best and are kept."
    return f"{part} {name} {metric_text(result.first_metric, output)}", loss


def _figures_of(result: Result | None) -> tuple[float, float] | None:
    return None if result is None else (result.loss, result.first_metric)


def _figures() -> QLabel:
    label = QLabel()
    label.setFont(text_font(SMALL_SIZE))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
