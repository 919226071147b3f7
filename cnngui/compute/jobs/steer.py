"""What concerns the run that is on; without one, there is nothing to do."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Held, Job
from core.training.plan import Plan


@dataclass(frozen=True, eq=False)
class Change(Job):
    """Goes on with another plan."""

    plan: Plan

    def do(self, desk: Desk) -> None:
        if desk.session is not None:
            desk.session.plan = self.plan


@dataclass(frozen=True, eq=False)
class Hold(Job):
    """Holds the run (`paused`) or lets it go on. Answers with Held."""

    paused: bool

    def do(self, desk: Desk) -> None:
        if desk.session is not None:
            desk.paused, desk.single_steps = self.paused, 0
            desk.tell(self, Held(self.paused))


@dataclass(frozen=True, eq=False)
class SingleStep(Job):
    """Makes one optimiser step of a held run."""

    def do(self, desk: Desk) -> None:
        if desk.session is not None:
            desk.single_steps += desk.paused


@dataclass(frozen=True, eq=False)
class Stop(Job):
    """Ends the run and keeps it; one that waits for compilation doesn't begin."""

    ends_compiling = True

    def do(self, desk: Desk) -> None:
        if desk.session is not None:
            desk.session.stop()
            desk.paused = False
