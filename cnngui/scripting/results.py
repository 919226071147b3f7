"""What comes of training and of evaluating, as values that tell about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.cli.results import result_text
from cnngui.cli.tables import aligned
from cnngui.theme.formatting import duration_text
from core.errors import UsageError
from core.running.program import Result
from core.schema.written import count_text, counted_text
from core.training.checkpoint import Checkpoint
from core.training.evaluate import Evaluation
from core.training.events import EpochEnded


@dataclass(frozen=True, eq=False, repr=False)
class Score:
    """How good a network is on `samples` samples: the mean loss, and the metrics by name, shares from 0 to 1.

    `confusion` (classes, classes) counts true class by predicted class; None where there are no classes.
    """

    loss: float
    metrics: Mapping[str, float]
    samples: int
    confusion: NDArray[np.int64] | None

    @staticmethod
    def of(found: Evaluation) -> Score:
        """The score of a whole evaluation."""
        return Score(found.result.loss, dict(found.result.metrics), found.samples, found.confusion)

    @property
    def accuracy(self) -> float:
        """The share of samples that were classified rightly. Raises UsageError where there are no classes."""
        try:
            return self.metrics["accuracy"]
        except KeyError:
            known = ", ".join(self.metrics)
            raise UsageError("This network has no accuracy.", f"Its metrics: {known}.") from None

    def __repr__(self) -> str:
        result = Result(self.loss, dict(self.metrics), self.samples, self.samples)
        return f"{counted_text(self.samples, 'sample')}  {result_text(result)}"


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """What a network has learned so far: `losses`, one a step; `epochs`, with the results of each.

    `stopped` says that the last run was ended before its plan was done.
    """

    losses: tuple[float, ...] = ()
    epochs: tuple[EpochEnded, ...] = ()
    stopped: bool = False

    @staticmethod
    def of(checkpoint: Checkpoint | None) -> History:
        """The history of a run so far; empty where there is none."""
        if checkpoint is None:
            return History()
        unfinished = checkpoint.epoch < checkpoint.plan.epochs
        return History(checkpoint.losses, checkpoint.history, unfinished)

    @property
    def curves(self) -> dict[str, list[float]]:
        """Lists with a number an epoch: `loss`, `accuracy`, …, `validation_loss`, …."""
        found: dict[str, list[float]] = {}
        for epoch in self.epochs:
            for part, result in (("", epoch.train), ("validation_", epoch.validation)):
                for name, value in (
                    {} if result is None else {"loss": result.loss, **result.metrics}
                ).items():
                    found.setdefault(part + name, []).append(value)
        return found

    def __repr__(self) -> str:
        steps = counted_text(len(self.losses), "step")
        if not self.losses:
            return "nothing learned yet"
        return "\n".join([*aligned(self._lines(), left=1), f"{steps}{', stopped' if self.stopped else ''}"])

    def _lines(self) -> list[tuple[str, ...]]:
        lines: list[tuple[str, ...]] = [("Epoch", "Training", "Validation", "Time")]
        best = max((epoch.epoch for epoch in self.epochs if epoch.best), default=0)
        for epoch in self.epochs:
            validation = result_text(epoch.validation) if epoch.validation else ""
            mark = f"{count_text(epoch.epoch)}{' (best)' if epoch.epoch == best else ''}"
            lines.append((mark, result_text(epoch.train), validation, duration_text(epoch.seconds)))
        return lines
