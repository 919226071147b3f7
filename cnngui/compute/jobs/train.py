"""A training run, from its beginning to its end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from cnngui.assets import version_text
from cnngui.compute.jobs.base import Desk, Held, Job, problem_of
from core.compile import compile_graph
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.engine.machine.compilers import CompilationCancelledError
from core.errors import DivergedError, Problem
from core.formats.runs.recording import Origin, Recording, parent_of
from core.project import Project
from core.running.program import Program
from core.training.branch import carried
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded, Finished, Started, Stepped, Validating
from core.training.need import require_room
from core.training.plan import PlanChange
from core.training.session import Session


@dataclass(frozen=True, eq=False)
class Train(Job):
    """Begins a run, or goes on from a checkpoint. Between two steps, other jobs are done.

    Answers with Started, EpochEnded and, at last, Ended; every step goes into the mailbox. A branch answers
    with the Heritage of its blocks first. Kept and a Problem tell how the run is recorded.
    """

    name: str
    """Of the design, for the list of runs."""
    project: Project
    train: Dataset
    validation: Dataset | None
    resume: Checkpoint | None
    held: bool = False
    """Whether it is held after its first step."""
    changes: tuple[PlanChange, ...] | None = None
    """What a resumed run that was killed has done after its checkpoint, and does again."""
    branch_of: Graph | None = None
    """The design that `resume` is of, where that isn't `graph`: a new run begins with what it has learned."""
    urgent = True

    @property
    def graph(self) -> Graph:
        """The design that is trained."""
        return self.project.design

    @property
    def goes_on(self) -> bool:
        """Whether it is the same run as before, not a new one."""
        return self.resume is not None and self.branch_of is None

    def do(self, desk: Desk) -> None:
        if desk.session is not None:
            return  # one run at a time; the GUI doesn't offer a second
        finished: Finished | None = None
        problem: Problem | None = None
        diverged = False
        recording: Recording | None = None
        try:
            if desk.program is not None:
                desk.program.release()  # another run needs room; what it needs to be looked at is made anew
            require_room(self.graph, self.project.plan, len(self.train))
            program = compile_graph(self.graph, seed=self.project.plan.seed)
            resume, changes = self._carried(desk, program), self.changes or ()
            desk.session = Session(
                program, self.train, self.validation, self.project.plan, resume, changes=changes
            )
            desk.program = program
            recording = self._recording(desk, program)
            finished = self._run(desk, desk.session, recording)
        except CompilationCancelledError:
            pass  # the run has been stopped before it began
        except Exception as error:
            problem, diverged = problem_of(error), isinstance(error, DivergedError)
            if diverged and desk.session is not None:
                desk.step = desk.session.step  # it went back
            if recording is not None and desk.session is not None:
                recording.fail(desk.session, error)
        finally:
            desk.left = self._stand(desk)
            desk.session, desk.paused, desk.single_steps = None, False, 0
            desk.tell(self, Ended(finished, desk.left, problem, diverged))
            if recording is not None:
                try:
                    recording.close(desk.left)
                finally:
                    desk.tell(self, Kept(recording.run))

    def _stand(self, desk: Desk) -> Checkpoint | None:
        """Where the run stands; without memory for that, where it began."""
        with suppress(MemoryError):
            return desk.session.checkpoint() if desk.session is not None else self.resume
        return self.resume

    def _recording(self, desk: Desk, program: Program) -> Recording:
        before = self.resume
        origin = Origin(
            self.name,
            self.project,
            self.train,
            program.execution,
            version_text(),
            resume=before if self.goes_on else None,
            parent=None if before is None or self.goes_on else parent_of(before),
            replays=self.changes is not None,
        )
        return Recording(origin, lambda problem: desk.tell(self, problem))

    def _carried(self, desk: Desk, program: Program) -> Checkpoint | None:
        """What the session begins with."""
        if self.resume is None or self.branch_of is None:
            return self.resume
        branch = carried(self.resume, self.branch_of, program)
        desk.tell(self, branch.blocks)
        return branch.checkpoint

    def _run(self, desk: Desk, session: Session, recording: Recording) -> Finished | None:
        for event in session:
            recording.take(event, session)
            match event:
                case Started():
                    desk.step = event.step
                    desk.tell(self, Kept(recording.run))
                    desk.tell(self, event)
                    if self.held:
                        desk.paused, desk.single_steps = True, 1
                        desk.tell(self, Held(True))
                case Stepped():
                    desk.step = event.step
                    desk.single_steps = max(0, desk.single_steps - 1)
                    desk.mailbox.put_step(event)
                case Validating():
                    desk.mailbox.put_progress(event)
                case EpochEnded():
                    desk.tell(self, event)
                case Finished():
                    return event
            desk.serve(False)
            while desk.paused and not desk.single_steps and not desk.interrupted():
                recording.flush()
                desk.serve(True)
            if desk.interrupted():
                session.stop()
        return None


@dataclass(frozen=True)
class Kept:
    """The run is kept under this id, as it is by now; empty where it isn't recorded."""

    run: str


@dataclass(frozen=True, eq=False)
class Ended:
    """A run is over: `finished` where it came to its end or was stopped, `problem` where it has failed.

    `checkpoint` is what to go on from; None where the run has not begun.
    """

    finished: Finished | None
    checkpoint: Checkpoint | None
    problem: Problem | None
    diverged: bool = False
    """Whether it has failed like that: `checkpoint` is then where it was sound."""
