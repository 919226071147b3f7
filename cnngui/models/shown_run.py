"""The run that a window shows, as a value: it can be put aside and shown again."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.design.graph import Graph
from core.errors import Problem
from core.maths.arrays import Array
from core.training.checkpoint import Checkpoint
from core.training.curves import Curves
from core.training.events import Finished, Started, Stepped


class Weights:
    """Stands for the weights of a network: another one as soon as they change."""


@dataclass(frozen=True, eq=False)
class ShownRun:
    """A run at rest. Without a checkpoint nothing has been trained; without a graph, there is no network."""

    graph: Graph | None = None
    checkpoint: Checkpoint | None = None
    curves: Curves = field(default_factory=Curves)
    started: Started | None = None
    last_step: Stepped | None = None
    finished: Finished | None = None
    problem: Problem | None = None
    """Why it has failed."""
    diverged: bool = False
    """Whether that is for a divergence; the checkpoint is then of the last sound epoch."""
    weights: Weights = field(default_factory=Weights)
    """What an evaluation of it belongs to."""

    @property
    def arrays(self) -> dict[str, Array]:
        """The weights to use, by block id and name; empty for a network that is as it was made."""
        return self.checkpoint.kept if self.checkpoint is not None else {}


def run_from_file(graph: Graph, checkpoint: Checkpoint) -> ShownRun:
    """The run of a design that a file holds."""
    finished = checkpoint.finished if checkpoint.steps else None
    return ShownRun(graph, checkpoint, checkpoint.curves, finished=finished)
