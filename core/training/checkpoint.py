"""Where a training run stands: enough to go on as if it had never stopped."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.maths.arrays import Array
from core.training.curves import Curves
from core.training.evaluate import Mean
from core.training.events import EpochEnded, Finished
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
    curves: Curves = field(default_factory=Curves, repr=False, compare=False)
    """What was measured so far; it doesn't grow any more."""
    run: str = ""
    """The id of the run that it is of; empty where it isn't recorded."""
    counts: tuple[int, ...] = ()
    """The samples of each class that the loss was balanced by; empty for values, and where it isn't known."""

    @property
    def steps(self) -> int:
        """How many are made."""
        return self.curves.count

    @property
    def losses(self) -> tuple[float, ...]:
        """The loss of every step; of a very long run, the means of equal spans."""
        return self.curves.losses

    @property
    def history(self) -> tuple[EpochEnded, ...]:
        """The epochs that are over; of a very long run, the means of so many together."""
        return tuple(self.curves.epochs)

    @property
    def progress(self) -> tuple[int, int, int, float]:
        """Epochs, samples, steps and seconds: a run with the same ones hasn't moved since."""
        return self.epoch, self.position, self.steps, self.seconds

    @property
    def kept(self) -> dict[str, Array]:
        """The weights to use: the best epoch's where those are kept, else the last."""
        return self.best.weights if self.best and self.plan.keep_best else self.weights

    @property
    def kept_epoch(self) -> EpochEnded | None:
        """The best epoch, where its weights are kept although the run has gone on since."""
        if self.best is None or not self.plan.keep_best:
            return None
        found = self.curves.epochs.find(self.best.epoch)
        return found if found is not None and found.step < self.steps else None

    @property
    def finished(self) -> Finished:
        """What the run said when it came to rest here."""
        shown = self.kept_epoch or self.curves.epochs.last
        return Finished(
            reason="completed" if self.completed else "stopped",
            epochs=self.epoch,
            step=self.steps,
            seconds=self.seconds,
            train=shown.train if shown else self.running.result(),
            validation=shown.validation if shown else None,
        )

    @property
    def completed(self) -> bool:
        """Whether all epochs of its plan are done."""
        return self.epoch >= self.plan.epochs
