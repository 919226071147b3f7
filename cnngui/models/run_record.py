"""A training run as a value: all that is known of it, so that it can be put aside and shown again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, overload

from core.design.graph import Graph
from core.errors import Problem
from core.maths.arrays import Array
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded, Finished, RateChange, Started, Stepped

T = TypeVar("T")


class ReadOnly(Sequence[T]):
    """A list that grows elsewhere, to be read only. Equal to any sequence of the same things."""

    __slots__ = ("_things",)

    def __init__(self, things: Sequence[T] = ()) -> None:
        self._things = things

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._things[index]

    def __len__(self) -> int:
        return len(self._things)

    def __iter__(self) -> Iterator[T]:
        return iter(self._things)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return repr(self._things)


@dataclass(frozen=True, eq=False)
class Curves:
    """What the plots show: the loss and accuracy of every step, the results of every epoch, changed rates."""

    steps: ReadOnly[int] = field(default_factory=ReadOnly)
    losses: ReadOnly[float] = field(default_factory=ReadOnly)
    metrics: ReadOnly[float] = field(default_factory=ReadOnly)
    """The first metric of the output block (accuracy); NaN for steps read from an older file."""
    epochs: ReadOnly[EpochEnded] = field(default_factory=ReadOnly)
    rates: ReadOnly[RateChange] = field(default_factory=ReadOnly)
    """Those that the plan got after the run had begun."""

    def copy(self) -> Curves:
        """The same curves, which don't grow with these."""
        return Curves(
            ReadOnly(tuple(self.steps)),
            ReadOnly(tuple(self.losses)),
            ReadOnly(tuple(self.metrics)),
            ReadOnly(tuple(self.epochs)),
            ReadOnly(tuple(self.rates)),
        )


class Recorder:
    """Curves that grow: `curves` is what others may see of them."""

    def __init__(self, begin: Curves | None = None) -> None:
        begin = begin or Curves()
        self._steps, self._losses = list(begin.steps), list(begin.losses)
        self._metrics, self._epochs = list(begin.metrics), list(begin.epochs)
        self._rates = list(begin.rates)
        self.curves = Curves(
            ReadOnly(self._steps),
            ReadOnly(self._losses),
            ReadOnly(self._metrics),
            ReadOnly(self._epochs),
            ReadOnly(self._rates),
        )

    def add(self, step: Stepped) -> None:
        self._steps.append(step.step)
        self._losses.append(step.result.loss)
        self._metrics.append(step.result.first_metric)

    def end_epoch(self, epoch: EpochEnded) -> None:
        self._epochs.append(epoch)

    def change_rate(self, rate: float) -> None:
        """From the next step on; of several changes between two steps, the last one counts."""
        step = self._steps[-1] if self._steps else 0
        if self._rates and self._rates[-1].step == step:
            del self._rates[-1]
        self._rates.append(RateChange(step, rate))

    def set_rates(self, changes: Sequence[RateChange]) -> None:
        """As the run itself has noted them, to the step."""
        self._rates[:] = changes


class Weights:
    """Stands for the weights of a network: another one as soon as they change."""


@dataclass(frozen=True, eq=False)
class RunRecord:
    """A run at rest. Without a checkpoint nothing has been trained; without a graph, there is no network."""

    graph: Graph | None = None
    checkpoint: Checkpoint | None = None
    curves: Curves = field(default_factory=Curves)
    started: Started | None = None
    last_step: Stepped | None = None
    finished: Finished | None = None
    problem: Problem | None = None
    """Why it has failed."""
    weights: Weights = field(default_factory=Weights)
    """What an evaluation of it belongs to."""

    @property
    def arrays(self) -> dict[str, Array]:
        """The weights to use, by block id and name; empty for a network that is as it was made."""
        return self.checkpoint.kept if self.checkpoint is not None else {}


def record_from_file(graph: Graph, checkpoint: Checkpoint) -> RunRecord:
    """The run that a file holds."""
    count = len(checkpoint.losses)
    curves = Curves(
        ReadOnly(range(1, count + 1)),
        ReadOnly(checkpoint.losses),
        ReadOnly(checkpoint.metrics),
        ReadOnly(checkpoint.history),
        ReadOnly(checkpoint.rates[1:]),
    )
    return RunRecord(graph, checkpoint, curves, finished=checkpoint.finished if count else None)
