"""A training that diverges: how that is seen, how far it goes back, and what may help then.

Numbers that aren't finite are found by the program, in the step that makes them. A loss may also explode and
stay finite: see `Watch`, and decision 44.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from core.data.dataset import Dataset
from core.errors import UsageError
from core.running import causes
from core.running.program import Program
from core.schema.written import count_text, short_text
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded
from core.training.plan import Plan

FACTOR: Final = 30.0
"""So many times the loss of a network that knows nothing is an explosion."""
STEPS: Final = 10
"""Steps, one after the other, that have to be so bad: a spike passes, and a sample far from all others is in
one of them."""
_SAMPLES: Final = 1024
"""Of the training data, that tell what a network would lose that knows nothing."""


class Watch:
    """Looks at the loss of each step of a run.

    `expected` is the loss of a network that knows nothing: of scores that are all 0, which is ln K for K
    classes, or that of the first step, where an untrained network is worse than that.
    """

    def __init__(self, program: Program, train: Dataset) -> None:
        self._program, self._train = program, train
        self.expected: float | None = None
        """None before the first step."""
        self._in_a_row = 0

    def see(self, loss: float) -> None:
        """Takes the loss of the next step. Raises DivergedError."""
        if self.expected is None:
            self.expected = max(loss, _loss_of_nothing(self._program, self._train))
        self._in_a_row = self._in_a_row + 1 if loss > FACTOR * self.expected else 0
        if self._in_a_row == STEPS:
            raise causes.in_loss(self._program.output, loss, self.expected)

    def forget(self) -> None:
        """The run goes on from where it was before."""
        self._in_a_row = 0

    def is_sound(self, ended: EpochEnded) -> bool:
        """Whether an epoch is worth going back to.

        Its steps were no worse than knowing nothing, and its weights are far from an explosion: those of an
        epoch of one step were judged only by the validation.
        """
        if self.expected is None or not ended.train.loss <= self.expected:
            return False
        return ended.validation is None or ended.validation.loss <= FACTOR * self.expected


def _loss_of_nothing(program: Program, train: Dataset) -> float:
    """The loss of scores that are all 0, over some of the training samples; 0 where there is none."""
    chosen = np.linspace(0, len(train) - 1, min(len(train), _SAMPLES)).astype(np.int64)
    target = program.targets(train, chosen)
    scores = np.zeros((len(chosen), *program.shapes[program.output.id]), program.dtype)
    try:
        loss = program.judge(scores, target).loss
    except UsageError:  # a target that the network can't take: said as soon as it is trained on
        return 0.0
    return loss if math.isfinite(loss) else 0.0


def place_of(found: Checkpoint) -> str:
    """Where a run goes on from a checkpoint: `epoch 3`, `the beginning` or `step 1,234`."""
    if found.position:
        return f"step {count_text(found.steps)}"
    return f"epoch {count_text(found.epoch)}" if found.epoch else "the beginning"


class Change(NamedTuple):
    """Another plan that may help after a divergence, from the last sound epoch on, and what is new in it."""

    plan: Plan
    text: str


def slower(plan: Plan) -> Change:
    """A tenth of the learning rate."""
    optimizer: Any = plan.optimizer
    rate = float(f"{optimizer.learning_rate / 10:g}")
    changed = replace(plan, optimizer=replace(optimizer, learning_rate=rate))
    return Change(changed, f"a tenth of the learning rate ({short_text(rate)})")


def clipped(plan: Plan) -> Change:
    """The gradient shortened to a length of 1, or to a tenth of what it was shortened to."""
    norm = float(f"{plan.clip_norm / 10:g}") if plan.clip_norm else 1.0
    return Change(replace(plan, clip_norm=norm), f"gradients clipped to length {short_text(norm)}")


WAYS: Final[Mapping[str, Callable[[Plan], Change]]] = {"retry": slower, "clip": clipped}
