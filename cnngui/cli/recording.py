"""The journal of a run that a command makes."""

from __future__ import annotations

import platform
from types import TracebackType
from typing import Self

import numpy as np

from cnngui.assets import version_text
from cnngui.cli.streams import say
from core.data.dataset import Dataset
from core.data.fingerprint import fingerprint
from core.errors import CoreError, FormatError
from core.formats.data_folder import runs_folder
from core.formats.runs import RunWriter, new_id, now
from core.project import Project
from core.running.program import Program
from core.training.checkpoint import Checkpoint
from core.training.events import Event, Finished, Started
from core.training.plan import Plan
from core.training.record import LOSS, Begun, Ended, Machine, PlanChanged, Steps


class Recording:
    """Takes the events of a session, from the first to the last, into a new run of the data folder.

    A run that can't be recorded goes on all the same: that is said once, on stderr.
    """

    def __init__(self, name: str, project: Project, train: Dataset, program: Program) -> None:
        self.run = new_id()
        self._name, self._project = name, project
        self._train = train
        self._program = program
        self._writer: RunWriter | None = None
        self._resume: Checkpoint | None = None
        self._parent: tuple[str, int] | None = None
        self._changes: list[PlanChanged] = []

    def goes_on_from(self, checkpoint: Checkpoint) -> None:
        """What was learned before is part of the run."""
        self._resume = checkpoint

    def branches(self, checkpoint: Checkpoint, plan: Plan) -> None:
        """After what it was has failed, another run goes on from this one's checkpoint with another plan."""
        self._parent = self.run, checkpoint.steps
        self.run = new_id()
        self._resume = checkpoint if checkpoint.steps else None
        before = [change for change in self._changes if change.step < checkpoint.steps]
        self._changes = [*before, PlanChanged(checkpoint.steps, plan)]

    def take(self, event: Event) -> None:
        """What the session has just done."""
        if isinstance(event, Started):
            self._begin(event)
        if self._writer is None:
            return
        self._writer.take(event)
        if isinstance(event, Finished):
            self._close(Ended(now(), event.step, event.reason))
        elif self._writer.problem is not None:
            self._give_up(self._writer.problem)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is None:
            return
        why = str(error.problem) if isinstance(error, CoreError) else str(error or "")
        self._close(Ended(now(), self._writer.steps, "failed" if error else "stopped", why))

    def _begin(self, started: Started) -> None:
        folder = runs_folder()
        if folder is None:
            self._say(
                "there is no home directory; the environment variable CNNGUI_DATA_DIR can name a folder."
            )
            return
        begun = Begun(
            run=self.run,
            when=now(),
            name=self._name,
            design=self._project.design,
            plan=self._project.plan,
            data=self._project.data.source or "",
            fingerprint=fingerprint(self._train),
            samples=started.samples,
            validation_samples=started.validation_samples,
            parameters=started.parameters,
            machine=Machine(platform.platform(), version_text(), self._program.execution),
            parent=self._parent,
        )
        try:
            self._writer = RunWriter(folder / self.run, begun)
        except FormatError as error:
            self._say(str(error.problem))
            return
        if self._resume is not None:
            self._write_what_was_before(self._writer, self._resume)
        for change in self._changes:
            self._writer.add(change)

    def _write_what_was_before(self, writer: RunWriter, run: Checkpoint) -> None:
        numbers = {LOSS: np.array(run.losses, np.float64)}
        metric = next((next(iter(epoch.train.metrics), "") for epoch in run.history), "")
        if metric:
            numbers[metric] = np.array(run.metrics, np.float64)
        writer.add(Steps(0, numbers))
        for epoch in run.history:
            writer.add(epoch)

    def _close(self, ended: Ended) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close(ended)
            if writer.problem is not None:
                self._say(str(writer.problem.problem))

    def _give_up(self, problem: FormatError) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        self._say(str(problem.problem))

    def _say(self, why: str) -> None:
        say(f"this run isn't recorded: {why}")
