"""A run is kept as it goes: its journal, and checkpoints to go on from.

Whoever iterates over a session gives each event to a `Recording`. Large things are written by a thread of its
own; where nothing can be written any more, that is told once, and the run goes on.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.data.dataset import Dataset
from core.data.fingerprint import fingerprint
from core.data.sources.base import lasting
from core.design.graph import Graph
from core.errors import CoreError, FormatError, Problem
from core.formats.data_folder import DATA_VARIABLE, runs_folder
from core.formats.lock import HeldError
from core.formats.moments import now
from core.formats.runs.copies import agree
from core.formats.runs.points import write_point
from core.formats.runs.records import RunWriter, new_id, read_run
from core.formats.runs.rules import RunRules, read_rules, thin_out
from core.layers.base import Output
from core.project import Project
from core.running.program import Execution
from core.schema.written import memory_text
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded, Event, Finished, Started, Stepped
from core.training.plan import Plan, PlanChange
from core.training.record import Begun, Ended, Machine, Resumed
from core.training.session import Session

AT_MOST_LOST: Final = 25.0
"""Seconds of work after which a checkpoint is written even in the middle of an epoch."""
AT_LEAST_BETWEEN: Final = 5.0
"""Seconds between two checkpoints, however short the epochs."""
SHARE: Final = 0.01
"""Of the time, at most so much is spent on checkpoints at ends of epochs."""


@dataclass(frozen=True, eq=False)
class Origin:
    """What a run is made of, as far as its session doesn't know."""

    name: str
    """Of the design."""
    project: Project
    train: Dataset
    execution: Execution
    version: str
    """Of cnngui."""
    resume: Checkpoint | None = None
    """That it goes on from."""
    parent: tuple[str, int] | None = None
    """The run and the step whose weights it begins with, in another design."""
    replays: bool = False
    """Whether what the resumed run has done after that checkpoint is done again: it was killed."""


_ANOTHER: Final = Problem(
    "This run is being trained by another window or command: what is trained here is kept as a branch of it.",
    severity="warning",
)


class Recording:
    """Takes the events of a session, from the first to the last."""

    def __init__(
        self,
        origin: Origin,
        say: Callable[[Problem], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run = ""
        """Its id; empty where it isn't recorded."""
        self._origin, self._say, self._clock = origin, say, clock
        self._runs = runs_folder()
        self._writer: RunWriter | None = None
        self._plan: Plan = origin.project.plan if origin.resume is None else origin.resume.plan
        """That is written last."""
        self._thread = ThreadPoolExecutor(1, "checkpoints")
        self._pending: Future[None] | None = None
        self._written = clock()
        self._cost = 0.0
        self._epochs = 0
        self._ended: Ended | None = None
        self._best: Checkpoint | None = None
        """Of the best epoch, where it isn't written yet."""
        self._noted, self._noting = clock(), 0.0
        """When it was taken, and the seconds that this took."""
        self._rules = RunRules()
        self._has_complained = False
        """Checkpoints that can't be written, or that there is no room for, are told of once."""

    def take(self, event: Event, session: Session) -> None:
        """What the session has just done."""
        if isinstance(event, Started):
            self._begin(event, session)
        if self._writer is None:
            return
        if session.plan is not self._plan and session.plan != self._plan:
            self._plan = session.plan
            self._writer.add(PlanChange(session.step - isinstance(event, Stepped), session.plan))
        self._writer.take(event)
        self._epochs += isinstance(event, EpochEnded)
        if isinstance(event, EpochEnded) and event.best:
            self._note_best(session)
        if isinstance(event, Finished):
            self._ended = Ended(now(), event.step, event.reason)
        elif self._is_due(event):
            self._keep(session)
        if self._writer is not None and self._writer.problem is not None:
            self._give_up(self._writer.problem)

    @contextmanager
    def kept(self, session: Session) -> Iterator[None]:
        """Within, the session goes on; then all is written."""
        try:
            yield
        except BaseException as error:
            self.fail(session, error)
            raise
        finally:
            self.close(_stand_of(session))

    def fail(self, session: Session, error: BaseException) -> None:
        """The session has raised this; it is stopped by what is no Exception."""
        why = str(error.problem) if isinstance(error, CoreError) else str(error)
        step = max(session.step, self._writer.steps if self._writer else 0)  # it may have gone back
        self._ended = Ended(now(), step, "failed" if isinstance(error, Exception) else "stopped", why)

    def flush(self) -> None:
        """Writes what has happened until now: the run is held, and nobody knows for how long."""
        if self._writer is not None:
            self._writer.flush()

    def wait(self) -> None:
        """Returns when the checkpoint that is on its way is written."""
        if self._pending is not None:
            self._pending.result()

    def close(self, last: Checkpoint | None) -> None:
        """Writes how the run has ended, and where it stands: its session is over. A second time does nothing.

        One that was neither finished nor failed was killed.
        """
        writer, self._writer = self._writer, None
        self._thread.shutdown()
        if writer is None:
            return
        writer.flush()
        for checkpoint in (self._best, last):
            if checkpoint is not None and checkpoint.steps:
                self._write(checkpoint)
        writer.close(self._ended)
        if writer.problem is not None:
            self._tell(writer.problem)

    def _begin(self, started: Started, session: Session) -> None:
        if self._runs is None:
            hint = f"The environment variable {DATA_VARIABLE} can name a folder."
            self._say(Problem("This run isn't recorded: there is no home directory.", hint, "warning"))
            return
        try:
            self._writer = self._opened(self._runs, started, session)
        except FormatError as error:
            self._tell(error)
            return
        session.run = self.run
        self._written = self._clock()

    def _opened(self, runs: Path, started: Started, session: Session) -> RunWriter:
        """Goes on with the journal of the run that is resumed, or begins one. Raises FormatError."""
        resume, origin = self._origin.resume, self._origin
        machine = Machine(platform.platform(), origin.version, origin.execution)
        self._rules = read_rules(runs)
        data = fingerprint(origin.train)
        if resume is not None and goes_on(runs, resume, data, replays=origin.replays):
            self.run = resume.run
            try:
                return RunWriter(runs / self.run, Resumed(now(), started.step, machine))
            except HeldError:
                self._say(_ANOTHER)
        self.run = new_id()
        begun = Begun(
            run=self.run,
            when=now(),
            name=origin.name,
            design=origin.project.design,
            plan=self._plan,
            data=lasting(origin.project.data.source or ""),
            fingerprint=data,
            samples=started.samples,
            validation_samples=started.validation_samples,
            parameters=started.parameters,
            machine=machine,
            targets=_targets(origin.project.design),
            parent=origin.parent or (None if resume is None else parent_of(resume)),
        )
        writer = RunWriter(runs / self.run, begun)
        if resume is not None and resume.steps:
            writer.add(resume.curves)
        return writer

    def _is_due(self, event: Event) -> bool:
        if self._pending is not None and not self._pending.done():
            return False
        passed = self._clock() - self._written
        if isinstance(event, EpochEnded) and self._epochs % self._rules.every_epochs == 0:
            return passed >= max(AT_LEAST_BETWEEN, self._cost / SHARE)
        if not isinstance(event, Stepped):
            return False
        every = self._rules.every_steps
        return passed >= AT_MOST_LOST or (every > 0 and event.step % every == 0)

    def _note_best(self, session: Session) -> None:
        """It is written when a checkpoint is due, or at the end.

        One that comes too soon after another is left out: to copy it takes time.
        """
        if self._best is not None and self._clock() - self._noted < self._noting / SHARE:
            return
        begin = time.perf_counter()
        self._best = session.checkpoint()
        self._noted, self._noting = self._clock(), time.perf_counter() - begin

    def _keep(self, session: Session) -> None:
        if self._writer is not None:
            self._writer.flush()  # a checkpoint is never ahead of the journal
        best, self._best = self._best, None
        checkpoint = session.checkpoint()
        self._written = self._clock()
        if best is not None and best.steps < checkpoint.steps:
            self._thread.submit(self._write, best)
        self._pending = self._thread.submit(self._write, checkpoint)

    def _write(self, checkpoint: Checkpoint) -> None:
        """Called in the thread of its own, or when that has nothing to do."""
        assert self._runs is not None
        begin = time.monotonic()
        run = self._runs / self.run
        try:
            write_point(run, checkpoint)
            self._cost = time.monotonic() - begin
            beyond = thin_out(self._runs, read_rules(self._runs), run)
        except CoreError as error:
            self._complain(
                Problem(f"A checkpoint isn't kept: {error.problem.message}", error.problem.hint, "warning")
            )
        except (OSError, MemoryError, ValueError) as error:  # the run goes on, whatever it is
            self._complain(
                Problem(f"A checkpoint isn't kept: {str(error) or 'no memory'}.", severity="warning")
            )
        else:
            if beyond:
                self._complain(_shortage(beyond))

    def _complain(self, problem: Problem) -> None:
        if not self._has_complained:
            self._has_complained = True
            self._say(problem)

    def _give_up(self, problem: FormatError) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        self._tell(problem)

    def _tell(self, error: FormatError) -> None:
        message = f"This run isn't recorded any further: {error.problem.message}"
        self._say(Problem(message, error.problem.hint, "warning"))


def _stand_of(session: Session) -> Checkpoint | None:
    """None where there is no memory for it: what was kept before stays."""
    try:
        return session.checkpoint()
    except MemoryError:
        return None


def goes_on(runs: Path, checkpoint: Checkpoint, data: str, *, replays: bool) -> bool:
    """Whether a run that is resumed there goes on in its own journal, else in one that branches off.

    It does where that ends at the checkpoint; where it was killed later, if what it did since is done again.
    Only on data with this fingerprint: on others, it is another run.
    """
    if not checkpoint.run:
        return False
    try:
        record = read_run(runs / checkpoint.run).record
    except FormatError:
        return False
    steps = min(record.steps, checkpoint.steps)
    if record.begun.fingerprint != data or not agree(record.curves, checkpoint.curves, steps):
        return False
    return record.steps == checkpoint.steps or (replays and record.ended is None)


def _targets(design: Graph) -> dict[str, str]:
    return {block.id: block.layer.target for block in design.blocks if isinstance(block.layer, Output)}


def parent_of(checkpoint: Checkpoint) -> tuple[str, int] | None:
    """None where it is of no recorded run."""
    return (checkpoint.run, checkpoint.steps) if checkpoint.run else None


def _shortage(beyond: int) -> Problem:
    return Problem(
        f"The checkpoints of all runs take {memory_text(beyond)} more than their budget, with one a run.",
        "Delete runs, or allow more room for them.",
        "warning",
    )
