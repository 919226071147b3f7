"""How long training would take."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.training.plan import Plan


@dataclass(frozen=True, eq=False)
class Measure(Job):
    """Makes a few steps of a network of its own.

    Answers with an Estimate, or with None where there is none: a run is never held up for it.
    """

    graph: Graph
    plan: Plan
    train: Dataset
    validation: Dataset | None
    urgent = True

    def do(self, desk: Desk) -> None:
        from core.training.estimate import estimate  # noqa: PLC0415  # not before the first paint

        found = None
        if desk.session is None:
            found = estimate(self.graph, self.plan, self.train, self.validation, desk.interrupted)
        desk.tell(self, found)
