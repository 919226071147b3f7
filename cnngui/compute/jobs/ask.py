"""Looking into the network in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnngui.compute.jobs.base import Desk, Job
from core.probes.base import Probe


@dataclass(frozen=True, eq=False)
class Ask(Job):
    """Asks the network; the mailbox keeps the answer for the viewer of this name.

    Answers with None where there is no network.
    """

    viewer: str
    probe: Probe[Any]

    def do(self, desk: Desk) -> None:
        if desk.program is None:
            desk.tell(self, None)
        else:
            desk.mailbox.put_answer(self.viewer, self, self.probe.ask(desk.program, desk.step))
