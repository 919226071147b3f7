"""The numbers of a run so far: by step, by epoch, and where its learning rate was changed."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import numpy as np

from core.running.program import Result
from core.training.epochs import Epochs
from core.training.events import EpochEnded, RateChange
from core.training.series import Numbers, Series, Spans

LOSS: Final = "loss"
LEARNING_RATE: Final = "learning rate"
MILLISECONDS: Final = "milliseconds"
"""Series by step; metrics have their own names, such as `accuracy`, and so has what looks into a network."""

_NO_METRICS: Final = frozenset({LOSS, LEARNING_RATE, MILLISECONDS})


class Curves:
    """Grows with a run, in bounded memory; `copy` is what to keep of it."""

    def __init__(self) -> None:
        self.steps: dict[str, Series] = {}
        """By name; a number that isn't known is NaN."""
        self.epochs = Epochs()
        self.rates: list[RateChange] = []
        """The learning rate that the run began with, at step 0, and each one that its plan got later."""

    @property
    def count(self) -> int:
        """Of the steps that are made."""
        return len(self.steps[LOSS]) if LOSS in self.steps else 0

    @property
    def metric(self) -> str:
        """The first metric of the output block, such as `accuracy`; empty where none is known."""
        return next((name for name in self.steps if name not in _NO_METRICS), "")

    @property
    def losses(self) -> tuple[float, ...]:
        """Of every step; of a very long run, the means of equal spans."""
        return tuple(self.series(LOSS).spans().mean.tolist())

    @property
    def metrics(self) -> tuple[float, ...]:
        """The first metric likewise; NaN for steps of which it isn't known."""
        return tuple(self.series(self.metric).spans().mean.tolist())

    def series(self, name: str) -> Series:
        """The numbers by step of a name; all NaN where it has none."""
        found = self.steps.get(name)
        if found is not None and len(found) == self.count:
            return found
        filled = Series() if found is None else found.copy()
        filled.extend(np.full(self.count - len(filled), np.nan))
        return filled

    def spans(self, name: str) -> Spans:
        """What is kept of the numbers of a name."""
        return self.series(name).spans()

    def last(self, name: str) -> float:
        """The number of the last step; NaN where it isn't known."""
        found = self.steps.get(name)
        return found.last if found is not None and len(found) == self.count else math.nan

    def add(self, result: Result, numbers: Mapping[str, float] | None = None) -> None:
        """One more step is made: its result, and other numbers by name."""
        row = {LOSS: result.loss} | result.metrics | dict(numbers or {})
        series = {name: self._grown(name) for name in row}
        for name, one in series.items():  # nothing fails any more: all have the step, or none
            one.append(row[name])
            self.steps[name] = one

    def extend(self, first: int, numbers: Mapping[str, Numbers]) -> None:
        """The numbers, (steps,) each, of the steps after the first `first` ones; what is known stays."""
        for name, found in numbers.items():
            series = self.steps.setdefault(name, Series())
            if len(series) < first:  # of a series that came later, or a block that got lost
                series.extend(np.full(first - len(series), np.nan))
            series.extend(found[len(series) - first :])

    def end_epoch(self, epoch: EpochEnded) -> None:
        """An epoch is over; one that is known already stays."""
        if epoch.epoch > self.epochs.total:
            self.epochs.append(epoch)

    def cut(self, step: int) -> None:
        """Forgets what came after this step."""
        for series in self.steps.values():
            series.cut(step)
        self.epochs.cut(step)
        self.rates = [change for change in self.rates if change.step <= step]

    def change_rate(self, rate: float) -> None:
        """From the next step on; of several changes between two steps, the last one counts."""
        if self.rates and self.rates[-1].step == self.count:
            del self.rates[-1]
        if not self.rates or self.rates[-1].rate != rate:
            self.rates.append(RateChange(self.count if self.rates else 0, rate))

    def set_rates(self, changes: Iterable[RateChange]) -> None:
        """As the run itself has noted them, to the step."""
        self.rates[:] = changes

    def keep_metrics(self, names: Collection[str]) -> None:
        """Leaves these metrics alone in the results: a run of an older version may have more of them."""
        self.epochs.keep_metrics(names)

    def copy(self) -> Curves:
        """The same curves, which don't grow with these."""
        copied = Curves()
        copied.steps = {name: series.copy() for name, series in self.steps.items()}
        copied.epochs, copied.rates = self.epochs.copy(), list(self.rates)
        return copied

    def _grown(self, name: str) -> Series:
        """The series of a name, as long as all others."""
        series = self.steps.get(name)
        if series is None:
            series = Series()
        if len(series) < self.count:
            series.extend(np.full(self.count - len(series), np.nan))
        return series
