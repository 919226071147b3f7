"""Learning-rate schedules: which share of the learning rate a step takes, by where it is in the run."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, dataclass_transform

from core.schema.making import explained, normalise
from core.schema.param import Declared, param
from core.schema.registry import Registry


class Schedule(Declared, ABC):
    """The base of all schedules. Formulas are those of torch.optim.lr_scheduler, with epochs as the clock."""

    kind: ClassVar[str]
    title: ClassVar[str]

    def __post_init__(self) -> None:
        """Raises UsageError for a setting that isn't allowed."""
        normalise(self, self.title)

    @abstractmethod
    def share(self, epoch: float, epochs: float) -> float:
        """The share of the learning rate after `epoch` of `epochs` epochs, whole ones and parts."""


SCHEDULES: Registry[Schedule] = Registry("schedule")

S = TypeVar("S", bound=Schedule)


@dataclass_transform(frozen_default=True)
def schedule(kind: str, *, title: str) -> Callable[[type[S]], type[S]]:
    """Declares a schedule: `@schedule("cosine", title="Cosine")`."""
    enter: Any = SCHEDULES.register(kind, title=title)
    return lambda declared: explained(enter(declared))


@schedule("constant", title="Constant")
class Constant(Schedule):
    """The learning rate as it is."""

    def share(self, epoch: float, epochs: float) -> float:
        return 1.0


@schedule("step", title="Step")
class StepDecay(Schedule):
    """gamma^⌊epoch / step size⌋: drops at once, then stays for a while."""

    step_size: int = param(10, min=1, max=100_000, help="Epochs from one drop to the next.")
    gamma: float = param(0.1, min=0.0, max=1.0, help="What is left of the learning rate at each drop.")

    def share(self, epoch: float, epochs: float) -> float:
        return float(self.gamma ** (epoch // self.step_size))


@schedule("exponential", title="Exponential")
class Exponential(Schedule):
    """gamma^epoch: falls by the same factor in each epoch, a little with each step."""

    gamma: float = param(0.9, min=0.0, max=1.0, help="What is left of the learning rate after an epoch.")

    def share(self, epoch: float, epochs: float) -> float:
        return float(self.gamma**epoch)


@schedule("cosine", title="Cosine")
class Cosine(Schedule):
    """final + (1 - final) · (1 + cos(π · epoch / epochs)) / 2: slow, fast, slow (arXiv:1608.03983)."""

    final: float = param(
        0.0, min=0.0, max=1.0, help="The share of the learning rate that is left at the end."
    )

    def share(self, epoch: float, epochs: float) -> float:
        passed = min(epoch / epochs, 1.0) if epochs > 0 else 0.0
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * passed)) / 2
