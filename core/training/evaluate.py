"""Evaluation of a program over a whole data set, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.maths.metrics import confusion
from core.running.causes import in_samples
from core.running.program import Program, Result

BATCH = 256


@dataclass
class Mean:
    """Adds up results of batches: losses by the weight of their samples, metrics by their number.

    So the mean doesn't depend on which samples were together in a batch.
    """

    samples: int = 0
    loss: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    weight: float = 0.0

    def add(self, result: Result) -> None:
        self.samples += result.samples
        self.weight += result.weight
        self.loss += result.loss * result.weight
        for name, value in result.metrics.items():
            self.metrics[name] = self.metrics.get(name, 0.0) + value * result.samples

    def result(self) -> Result | None:
        """The mean; None where nothing was added. The loss of samples that weigh nothing is NaN."""
        if not self.samples:
            return None
        metrics = {name: value / self.samples for name, value in self.metrics.items()}
        loss = self.loss / self.weight if self.weight else math.nan
        return Result(loss, metrics, self.samples, self.weight)


@dataclass(frozen=True)
class Evaluation:
    """How far an evaluation is: the mean over the first `done` samples.

    `confusion` (classes, classes) counts true class by predicted class; None where no classes are predicted.
    """

    done: int
    samples: int
    result: Result
    confusion: NDArray[np.int64] | None


def evaluation(program: Program, data: Dataset) -> Iterator[Evaluation]:
    """Evaluates `data`, with a report after each batch; the last one is the result.

    Raises DataError for data that the network doesn't take, that count nothing in the loss, or that hold a
    number that isn't finite.
    """
    program.require(data)
    program.require_weight(data, "data")
    mean = Mean()
    counts: NDArray[np.int64] | None = None
    data.expect(_batch(data, 0))
    for start in range(0, len(data), BATCH):
        chosen = _batch(data, start)
        data.expect(_batch(data, start + BATCH))
        scores, target = program.scores_on(data, chosen), program.targets(data, chosen)
        judged = program.judge(scores, target)
        if not math.isfinite(judged.loss):
            fault = in_samples(program.input, data.batch(chosen, program.dtype)[0], chosen)
            if fault is not None:
                raise fault
        mean.add(judged)
        decided = program.output_layer.decide(scores) if data.classes else None
        if decided is not None:
            new = confusion(decided, target, len(data.classes))
            counts = new if counts is None else counts + new
        result = mean.result()
        if result is not None:
            yield Evaluation(mean.samples, len(data), result, counts)


def _batch(data: Dataset, start: int) -> NDArray[np.int64]:
    return np.arange(start, min(start + BATCH, len(data)))


def evaluate(program: Program, data: Dataset) -> Evaluation:
    """The evaluation of all of `data`, without reports on the way."""
    *_, last = evaluation(program, data)
    return last
