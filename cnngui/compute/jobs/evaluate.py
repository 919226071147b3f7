"""Judging the network in hand."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.data.dataset import Dataset
from core.training.evaluate import evaluation


@dataclass(frozen=True, eq=False)
class Evaluate(Job):
    """Judges the network on `data`; `train` is what it was trained on.

    Answers with several Evaluations, the last one with `done == samples`.
    """

    data: Dataset
    train: Dataset

    def do(self, desk: Desk) -> None:
        if desk.program is None:
            return
        desk.program.adapt(self.train.counts())
        for found in evaluation(desk.program, self.data):
            desk.tell(self, found)
            if desk.interrupted():
                return
