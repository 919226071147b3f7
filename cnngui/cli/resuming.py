"""Going on with a run of the data folder in the terminal, by its id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnngui.models.designs import is_example, looks_like_file
from core.data.dataset import Dataset
from core.data.fingerprint import fingerprint
from core.errors import UsageError
from core.formats.data_folder import runs_folder
from core.formats.project import ProjectFile
from core.formats.runs.kept import Continuation, continuation
from core.formats.runs.records import JOURNAL
from core.project import DataChoice, Project
from core.schema.written import count_text, counted_text
from core.training.plan import Plan, PlanChange


@dataclass(frozen=True, eq=False)
class Resuming:
    """A run that is to go on from its last checkpoint."""

    found: Continuation

    @property
    def name(self) -> str:
        """Of its design."""
        return self.found.record.begun.name

    @property
    def file(self) -> ProjectFile:
        """Its design, data and checkpoint, with the plan that counts from there on."""
        begun = self.found.record.begun
        project = Project(begun.design, self.found.plan, DataChoice(begun.data or None))
        return ProjectFile(project, self.found.checkpoint)

    @property
    def steps_back(self) -> str:
        """What is to be said where it doesn't go on from its last checkpoint."""
        unreadable, again = self.found.unreadable, self.found.record.steps - self.found.checkpoint.steps
        return (
            f"{counted_text(unreadable, 'later checkpoint')} can't be read: the run goes on from "
            f"step {count_text(self.found.checkpoint.steps)}; {counted_text(again, 'step')} were after it."
        )

    def planned(self, chosen: Callable[[Plan], Plan]) -> tuple[Plan, tuple[PlanChange, ...] | None]:
        """The plan that options make of its own, and what a run that was killed does again.

        Where they change its plan, nothing is done again. Raises UsageError where no epoch is left.
        """
        plan, changes = self.found.plan, self.found.changes
        if chosen(plan) != plan:
            plan, changes = chosen(self.found.record.plan), None
        epochs = changes[-1].plan.epochs if changes else plan.epochs
        if self.found.checkpoint.epoch >= epochs:
            raise UsageError("All epochs of the run's plan are done.", "Give more with --epochs.")
        return plan, changes

    def is_of(self, train: Dataset) -> bool:
        """Whether these are the samples that it was trained on."""
        return fingerprint(train) == self.found.record.begun.fingerprint

    @property
    def refusal(self) -> UsageError:
        """Why it doesn't go on, on other data than it was trained on."""
        source = self.found.record.begun.data
        return UsageError(
            f"The training samples of {source} aren't those that the run was trained on: the data have "
            "changed since, or are split otherwise.",
            f"With --data {source}, its weights are trained on them as another run.",
        )


def kept_run_named(name: str) -> Resuming | None:
    """The run of the data folder with this id; None where it isn't one.

    Raises FormatError for one without a checkpoint, and for one that somebody trains now.
    """
    runs = runs_folder()
    if runs is None or looks_like_file(name) or is_example(name):
        return None
    folder = runs / name
    if not (folder / JOURNAL).is_file():
        return None
    return Resuming(continuation(folder))
