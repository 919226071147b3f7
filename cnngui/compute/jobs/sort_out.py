"""Finding samples that the network in hand is right and wrong about."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.data.dataset import Dataset
from core.training.verdicts import verdicts


@dataclass(frozen=True, eq=False)
class SortOut(Job):
    """Answers with the Verdicts on the first samples of `data`, of each sort up to `each`."""

    data: Dataset
    each: int

    def do(self, desk: Desk) -> None:
        if desk.program is not None:
            desk.tell(self, verdicts(desk.program, self.data, self.each))
