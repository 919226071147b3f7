"""The data: opened and split in the compute thread, as the document says, and as the user chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from PySide6.QtCore import QObject, Signal, SignalInstance

from cnngui.compute.jobs.base import Job
from cnngui.compute.jobs.check import Check, Checked
from cnngui.compute.jobs.load import Load, Loaded
from cnngui.compute.thread import ComputeThread
from cnngui.models.document import Document
from core.data.dataset import Dataset, Source
from core.errors import Problem
from core.project import DataChoice

DataPart = Literal["training", "validation", "test"]


@dataclass(frozen=True)
class _Goal:
    """Which data, and how they are split."""

    choice: DataChoice
    share: float
    seed: int


class Data(QObject):
    """Follows the document: what can't be loaded for it leaves no data rather than others."""

    changed = Signal()
    """The source, or the split, is another one; or loading began, was called off or failed."""
    arrived = Signal()
    """What was asked for is there."""
    cancelled = Signal()
    """What was asked for isn't wanted any more: the user has called it off, or undone it."""
    failed = Signal(object)
    """Problem: the data can't be loaded, or can't be read to `check` them."""
    checked = Signal(bool)
    """The answer to `check`; where there is none, it has `failed`."""

    def __init__(self, document: Document, compute: ComputeThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._compute = compute
        self._source: Source | None = None
        self._source_of: DataChoice | None = None
        self._parts: Mapping[DataPart, Dataset] = MappingProxyType({})
        self._problem: Problem | None = None
        self._there: _Goal | None = None
        self._coming: _Goal | None = None
        self._missed: _Goal | None = None
        self._opening: Load | None = None
        self._checking: Check | None = None
        self._choosing = False
        self._held = False
        compute.answered.connect(self._take)
        compute.failed.connect(self._fail)
        document.source_changed.connect(self.follow)
        document.plan_changed.connect(self.follow)
        document.opened.connect(self._drop_choice)

    @property
    def source(self) -> Source | None:
        return self._source

    @property
    def parts(self) -> Mapping[DataPart, Dataset]:
        """What there is to train on, to check with and to test with; empty where there is nothing to use."""
        return self._parts

    @property
    def problem(self) -> Problem | None:
        """Why the data that were asked for last aren't there."""
        return self._problem

    @property
    def loading(self) -> str | None:
        """The spec of the source that is being opened or split anew."""
        if self._opening is None:
            return None
        source = self._opening.source
        return source if isinstance(source, str) else source.spec

    def choose(self, spec: str) -> None:
        """Opens a source that the user has chosen. It becomes the document's when it is there, not before."""
        self._choosing = True
        self._open(spec, self._goal(DataChoice(spec)))

    def check(self, fingerprint: str) -> None:
        """Asks whether what there is to train on has this fingerprint; `checked` tells."""
        self._checking = Check(self._parts["training"], fingerprint)
        self._compute.send(self._checking)

    def cancel(self) -> None:
        """Ends the loading. A choice is forgotten; without the document's own data, there are none."""
        if self._opening is None:
            return
        if self._choosing:
            self._forget_choice()
        else:
            self._miss(Problem("Loading the data was cancelled.", "Choose the data to train on."))
        self.changed.emit()
        self.cancelled.emit()

    def follow(self, *, again: bool = False) -> None:
        """Loads, or splits anew, what the document says, unless it is there or on its way.

        What has failed is tried once more only with `again`.
        """
        if self._held or self._choosing:
            return
        goal = self._goal(self._document.project.data)
        if goal == self._there and self._source is not None:
            self._document.data = self._source.train.spec
            self._drop(self.arrived)
        elif goal.choice.source is None:
            self._clear()
            self._drop(self.cancelled)
        elif goal != self._coming and (again or goal != self._missed):
            same = self._source_of == goal.choice
            if not same:
                self._document.data = None  # what isn't known contradicts nothing
            self._open(self._source if same and self._source is not None else goal.choice.source, goal)

    def _drop(self, told: SignalInstance) -> None:
        """What is on its way isn't wanted any more; whoever waits for it is told what became of it."""
        if self._opening is not None:
            self._opening = self._coming = None
            self.changed.emit()
            told.emit()

    def hold(self) -> None:
        """A run is on: until `release`, nothing is loaded for the document."""
        self._held = True

    def release(self) -> None:
        self._held = False
        self.follow()

    def _goal(self, choice: DataChoice) -> _Goal:
        return _Goal(choice, self._document.plan.validation, self._document.plan.seed)

    def _open(self, source: Source | str, goal: _Goal) -> None:
        self._problem = self._missed = None
        self._coming = goal
        self._opening = Load(source, self._document.plan)
        self._compute.send(self._opening)
        self.changed.emit()

    def _take(self, job: Job, loaded: object) -> None:
        if job is self._checking and isinstance(loaded, Checked):
            self._checking = None
            self.checked.emit(loaded.same)
            return
        if job is not self._opening or not isinstance(loaded, Loaded) or self._coming is None:
            return  # called off, or another one was chosen meanwhile
        choice = DataChoice(loaded.source.spec) if self._choosing else self._coming.choice
        self._there = _Goal(choice, self._coming.share, self._coming.seed)
        self._coming = self._opening = None
        self._choosing = False
        self._source, self._source_of = loaded.source, choice
        parts: dict[DataPart, Dataset | None] = {
            "training": loaded.train,
            "validation": loaded.validation,
            "test": loaded.source.test,
        }
        self._parts = MappingProxyType({name: part for name, part in parts.items() if part is not None})
        self._document.take_data(choice, loaded.source.train.spec)
        self.changed.emit()
        self.follow()
        self.arrived.emit()

    def _fail(self, job: Job, problem: Problem) -> None:
        if job is self._checking:
            self._checking = None
            self.failed.emit(problem)
        if job is not self._opening:
            return
        if self._choosing:
            self._forget_choice()
            self._problem = problem
        else:
            self._miss(problem)
        self.changed.emit()
        self.failed.emit(problem)

    def _drop_choice(self) -> None:
        """What was chosen for the project before isn't for the one that is open now."""
        if self._choosing:
            self.cancel()

    def _forget_choice(self) -> None:
        self._coming = self._opening = None
        self._choosing = False
        self.follow()

    def _miss(self, problem: Problem) -> None:
        """There are no data, or, where a new split was not possible, no parts of them."""
        goal, self._coming, self._opening = self._coming, None, None
        if goal is None or goal.choice != self._source_of:
            self._clear()
        self._there, self._parts = None, MappingProxyType({})
        self._missed, self._problem = goal, problem

    def _clear(self) -> None:
        had = self._source is not None
        self._source = self._source_of = self._there = None
        self._parts = MappingProxyType({})
        self._document.data = None
        if had:
            self.changed.emit()
