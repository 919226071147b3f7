"""How much memory training would need."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.design.graph import Graph
from core.errors import CoreError
from core.training.plan import Plan


@dataclass(frozen=True, eq=False)
class Weigh(Job):
    """Plans a step of `samples`. Answers with a Need, or with None where nothing can be said."""

    graph: Graph
    plan: Plan
    samples: int

    def do(self, desk: Desk) -> None:
        from core.training.need import need  # noqa: PLC0415  # not before the first paint

        found = None
        with suppress(CoreError):
            found = need(self.graph, self.plan, self.samples)
        desk.tell(self, found)
