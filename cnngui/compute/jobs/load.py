"""Opening a data source and splitting it."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.data.dataset import Dataset, Source, split
from core.data.sources.base import load_source
from core.training.plan import Plan


@dataclass(frozen=True, eq=False)
class Load(Job):
    """Opens a data source by its spec, or takes an open one, and splits off the validation samples of `plan`.

    Answers with Loaded.
    """

    source: Source | str
    plan: Plan
    urgent = True

    def do(self, desk: Desk) -> None:
        source = load_source(self.source) if isinstance(self.source, str) else self.source
        desk.tell(self, Loaded(source, *split(source.train, self.plan.validation, self.plan.seed)))


@dataclass(frozen=True, eq=False)
class Loaded:
    """An opened data source with its split."""

    source: Source
    train: Dataset
    validation: Dataset | None
