"""Looking into the network in hand."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.probes.feature_maps import Tap, snapshot


@dataclass(frozen=True, eq=False)
class Ask(Job):
    """Leaves in the mailbox what a wish finds in the network. Answers with None where there is no network."""

    wish: Tap

    def do(self, desk: Desk) -> None:
        if desk.program is None:
            desk.tell(self, None)
        else:
            desk.mailbox.put_snapshot(self, snapshot(desk.program, self.wish, desk.step))
