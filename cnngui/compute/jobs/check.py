"""Whether data are still those that a run was made of."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.data.dataset import Dataset
from core.data.fingerprint import fingerprint


@dataclass(frozen=True, eq=False)
class Check(Job):
    """Answers with Checked: whether the data have this fingerprint."""

    train: Dataset
    fingerprint: str
    urgent = True

    def do(self, desk: Desk) -> None:
        desk.tell(self, Checked(fingerprint(self.train) == self.fingerprint))


@dataclass(frozen=True)
class Checked:
    """Whether they are the same."""

    same: bool
