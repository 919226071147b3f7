"""What a training run reports, as values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from core.running.program import Result


@dataclass(frozen=True)
class Started:
    """The run begins (or goes on) at `step`."""

    samples: int
    validation_samples: int
    epochs: int
    parameters: int
    step: int
    notice: str = ""
    """What the user should know about how the network runs (`Program.notice`)."""


@dataclass(frozen=True)
class Stepped:
    """One optimiser step is done. Epochs and batches count from 1, `step` over all epochs."""

    step: int
    epoch: int
    batch: int
    batches: int
    result: Result
    learning_rate: float
    milliseconds: float = math.nan
    """That it took."""


class RateChange(NamedTuple):
    """The plan has another learning rate from the step after this one on; a schedule changes none."""

    step: int
    rate: float


@dataclass(frozen=True)
class Validating:
    """A part of the validation samples is evaluated."""

    epoch: int
    done: int
    samples: int


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is over. `train` is the mean over its steps; `best`: its weights are the best so far."""

    epoch: int
    step: int
    seconds: float
    train: Result
    validation: Result | None
    best: bool


@dataclass(frozen=True)
class Finished:
    """The run is over, by itself or stopped. The results are those of the weights that are kept."""

    reason: Literal["completed", "stopped"]
    epochs: int
    step: int
    seconds: float
    train: Result | None
    validation: Result | None


Event: TypeAlias = Started | Stepped | Validating | EpochEnded | Finished
