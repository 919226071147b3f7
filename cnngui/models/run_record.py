"""A training run as a value: all that is known of it, so that it can be put aside and shown again."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.design.graph import Graph
from core.errors import Problem
from core.maths.arrays import Array
from core.training.checkpoint import Checkpoint
from core.training.evaluate import Evaluation
from core.training.events import EpochEnded, Finished, Started, Stepped
from core.training.plan import Plan


@dataclass
class Curves:
    """What the plots show: the loss and accuracy of every step, and the results of every epoch."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    metrics: list[float] = field(default_factory=list)
    """The first metric of the output block (accuracy); NaN for steps read from a file."""
    epochs: list[EpochEnded] = field(default_factory=list)

    def add(self, step: Stepped) -> None:
        self.steps.append(step.step)
        self.losses.append(step.result.loss)
        self.metrics.append(next(iter(step.result.metrics.values()), float("nan")))

    def copy(self) -> Curves:
        """The same curves, which don't grow with these."""
        return Curves(list(self.steps), list(self.losses), list(self.metrics), list(self.epochs))


@dataclass(frozen=True, eq=False)
class Run:
    """A run at rest. Without a checkpoint nothing has been trained; without a graph, there is no network."""

    plan: Plan
    """As it is set now: another one than the checkpoint's, where it was changed since."""
    graph: Graph | None = None
    checkpoint: Checkpoint | None = None
    curves: Curves = field(default_factory=Curves)
    started: Started | None = None
    last_step: Stepped | None = None
    finished: Finished | None = None
    evaluation: Evaluation | None = None
    problem: Problem | None = None
    """Why it has failed."""

    @property
    def weights(self) -> dict[str, Array]:
        """The weights to use, by block id and name; empty for a network that is as it was made."""
        return self.checkpoint.kept if self.checkpoint is not None else {}


def run_from_file(graph: Graph, checkpoint: Checkpoint) -> Run:
    """The run that a file holds, as far as it does: of the steps, only the losses were written."""
    count = len(checkpoint.losses)
    curves = Curves(
        list(range(1, count + 1)),
        list(checkpoint.losses),
        [float("nan")] * count,
        list(checkpoint.history),
    )
    return Run(checkpoint.plan, graph, checkpoint, curves)
