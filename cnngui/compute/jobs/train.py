"""A training run, from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Held, Job, problem_of
from core.compile import compile_graph
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.engine.machine.compilers import CompilationCancelledError
from core.errors import Problem
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded, Finished, Started, Stepped, Validating
from core.training.need import require_room
from core.training.plan import Plan
from core.training.session import Session


@dataclass(frozen=True, eq=False)
class Train(Job):
    """Begins a run, or goes on from a checkpoint. Between two steps, other jobs are done.

    Answers with Started, EpochEnded and, at last, Ended; every step goes into the mailbox.
    """

    graph: Graph
    plan: Plan
    train: Dataset
    validation: Dataset | None
    resume: Checkpoint | None
    held: bool = False
    """Whether it is held after its first step."""
    urgent = True

    def do(self, desk: Desk) -> None:
        if desk.session is not None:
            return  # one run at a time; the GUI doesn't offer a second
        finished: Finished | None = None
        problem: Problem | None = None
        try:
            if desk.program is not None:
                desk.program.release()  # another run needs room; what it needs to be looked at is made anew
            require_room(self.graph, self.plan, len(self.train))
            program = compile_graph(self.graph, seed=self.plan.seed)
            desk.session = Session(program, self.train, self.validation, self.plan, self.resume)
            desk.program = program
            finished = self._run(desk, desk.session)
        except CompilationCancelledError:
            pass  # the run has been stopped before it began
        except Exception as error:
            problem = problem_of(error)
        finally:
            desk.left = desk.session.checkpoint() if desk.session else self.resume
            desk.session, desk.paused, desk.single_steps = None, False, 0
            desk.tell(self, Ended(finished, desk.left, problem))

    def _run(self, desk: Desk, session: Session) -> Finished | None:
        for event in session:
            match event:
                case Started():
                    desk.step = event.step
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
                desk.serve(True)
            if desk.interrupted():
                session.stop()
        return None


@dataclass(frozen=True, eq=False)
class Ended:
    """A run is over: `finished` where it came to its end or was stopped, `problem` where it has failed.

    `checkpoint` is what to go on from; None where the run has not begun.
    """

    finished: Finished | None
    checkpoint: Checkpoint | None
    problem: Problem | None
