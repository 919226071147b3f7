"""Where the run stands, so that it can be saved."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job


@dataclass(frozen=True, eq=False)
class Save(Job):
    """Answers with the Checkpoint of the run as it is now, or of the last one, if it has ended meanwhile.

    None: no run has begun.
    """

    def do(self, desk: Desk) -> None:
        desk.tell(self, desk.session.checkpoint() if desk.session is not None else desk.left)
