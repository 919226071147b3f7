"""Compiling ahead."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.errors import CoreError, TooLargeError
from core.training.plan import Plan
from core.training.warm_up import warm_up


@dataclass(frozen=True, eq=False)
class Prepare(Job):
    """Compiles what a network needs, so that a run of it can begin at once.

    A faulty design is the run's to report, not that of a preparation nobody asked for; but one that is too
    large for the memory is told of before somebody waits for it.
    """

    graph: Graph
    plan: Plan
    train: Dataset
    ahead = True

    def do(self, desk: Desk) -> None:
        if desk.session is None:
            try:
                warm_up(self.graph, self.plan, self.train)
            except TooLargeError:
                raise
            except CoreError:
                pass
