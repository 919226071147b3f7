"""Where a training run stands: enough to go on as if it had never stopped."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.maths.arrays import Array
from core.training.evaluate import Mean
from core.training.events import EpochEnded, Finished, RateChange
from core.training.plan import Plan


@dataclass(frozen=True)
class Best:
    """The weights of the best epoch so far."""

    epoch: int
    weights: dict[str, Array]


@dataclass(frozen=True)
class Checkpoint:
    """A run after `position` samples of the epoch after the first `epoch` ones.

    Random numbers depend on the seed and these positions alone, so no generator has to be saved.
    """

    plan: Plan
    weights: dict[str, Array]
    slots: dict[str, Array]
    optimizer_step: int
    epoch: int
    position: int
    running: Mean
    seconds: float
    best: Best | None
    history: tuple[EpochEnded, ...] = ()
    losses: tuple[float, ...] = field(default=(), repr=False)
    """The loss of every step, for the curve."""
    metrics: tuple[float, ...] = field(default=(), repr=False)
    """The first metric (such as the accuracy) of every step; NaN for steps of which it isn't known."""

    rates: tuple[RateChange, ...] = ()
    """The learning rate that the run began with, at step 0, and each one that the plan got later."""

    counts: tuple[int, ...] = ()
    """The samples of each class that the loss was balanced by; empty for values, and where it isn't known."""

    @property
    def steps(self) -> int:
        """The number of steps done."""
        return len(self.losses)

    @property
    def progress(self) -> tuple[int, int, int, float]:
        """Epochs, samples, steps and seconds: a run with the same ones hasn't moved since."""
        return self.epoch, self.position, len(self.losses), self.seconds

    @property
    def kept(self) -> dict[str, Array]:
        """The weights to use: the best epoch's where those are kept, else the last."""
        return self.best.weights if self.best and self.plan.keep_best else self.weights

    @property
    def kept_epoch(self) -> EpochEnded | None:
        """The best epoch, where its weights are kept although the run has gone on since."""
        if self.best is None or not self.plan.keep_best:
            return None
        found = self.history[self.best.epoch - 1]
        return found if found.step < len(self.losses) else None

    @property
    def finished(self) -> Finished:
        """What the run said when it came to rest here."""
        last = self.history[-1] if self.history else None
        shown = self.kept_epoch or last
        return Finished(
            reason="completed" if self.completed else "stopped",
            epochs=self.epoch,
            step=len(self.losses),
            seconds=self.seconds,
            train=shown.train if shown else self.running.result(),
            validation=shown.validation if shown else None,
        )

    @property
    def completed(self) -> bool:
        """Whether all epochs of its plan are done."""
        return self.epoch >= self.plan.epochs
