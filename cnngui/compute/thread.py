"""The compute thread: all training, evaluation and prediction happen here, one thing after the other.

The GUI sends messages; between two steps of a run, the thread reads them. Rare events come back as signals,
frequent values through the mailbox.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Queue
from typing import Any, TypeAlias

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from cnngui.compute.garbage import GarbageTimer
from cnngui.compute.mailbox import Mailbox
from core.compile import compile_graph
from core.data.dataset import Dataset, Source, split
from core.data.sources.base import load_source
from core.design.graph import Graph
from core.engine.machine.compilers import CompilationCancelledError, Progress, Watch, compilers, watched
from core.errors import CoreError, Problem
from core.maths.arrays import Array
from core.probes.base import Probe
from core.running.program import Program
from core.training.checkpoint import Checkpoint
from core.training.evaluate import evaluation
from core.training.events import EpochEnded, Finished, Started, Stepped, Validating
from core.training.plan import Plan
from core.training.session import Session
from core.training.warm_up import warm_up


@dataclass(frozen=True, eq=False)
class Load:
    """Open a data source, or take an open one, and split off the validation samples of `plan`."""

    source: Source | str
    plan: Plan


@dataclass(frozen=True, eq=False)
class Train:
    """Begin a run, or go on from a checkpoint."""

    graph: Graph
    plan: Plan
    train: Dataset
    validation: Dataset | None
    resume: Checkpoint | None


@dataclass(frozen=True, eq=False)
class Adopt:
    """Make a program of a design as it was after `step` steps, to look at and to evaluate."""

    graph: Graph
    weights: dict[str, Array]
    step: int


@dataclass(frozen=True)
class Change:
    """Go on with another plan."""

    plan: Plan


@dataclass(frozen=True, eq=False)
class Evaluate:
    """Judge the current program on a data set; `train` is what it was trained on."""

    data: Dataset
    train: Dataset


@dataclass(frozen=True, eq=False)
class Measure:
    """Make a few steps of a network of its own, to see how long training would take."""

    graph: Graph
    plan: Plan
    train: Dataset
    validation: Dataset | None


@dataclass(frozen=True, eq=False)
class Prepare:
    """Compile what a network needs, so that a run of it can begin at once."""

    graph: Graph
    plan: Plan
    train: Dataset


@dataclass(frozen=True, eq=False)
class Ask:
    """Ask the current program; the mailbox keeps the answer for the viewer of this name."""

    viewer: str
    probe: Probe[Any]


@dataclass(frozen=True)
class Pause:
    """Hold the run."""


@dataclass(frozen=True)
class Continue:
    """Let it run again."""


@dataclass(frozen=True)
class Step:
    """Make one optimiser step of a held run."""


@dataclass(frozen=True)
class Save:
    """Send a checkpoint of the run as it is now."""


@dataclass(frozen=True)
class Stop:
    """End the run and keep it."""


@dataclass(frozen=True)
class Quit:
    """End the run and the thread."""


Message: TypeAlias = (
    Load
    | Train
    | Adopt
    | Change
    | Evaluate
    | Measure
    | Prepare
    | Pause
    | Continue
    | Step
    | Save
    | Stop
    | Quit
    | Ask
)


@dataclass(frozen=True, eq=False)
class Loaded:
    """An opened data source with its split: the answer to `wish`."""

    wish: Load
    source: Source
    train: Dataset
    validation: Dataset | None


_MORE_URGENT = (Load, Train, Adopt, Measure)
"""What a preparation gives way to."""


class ComputeThread(QThread):
    """Send it messages with `send`; end it with `shut_down` before the application goes."""

    loaded = Signal(object)
    """Loaded."""
    not_loaded = Signal(object, object)
    """Load, and the Problem that came of it."""
    begun = Signal(object)
    """Started: the network is ready and the first step is next."""
    held = Signal(bool)
    """The run is paused (True) or goes on (False)."""
    epoch_ended = Signal(object)
    """EpochEnded."""
    saved = Signal(object)
    """Checkpoint."""
    ended = Signal(object, object)
    """Finished | None (None: it failed), and the Checkpoint | None to go on from."""
    evaluated = Signal(object)
    """Evaluation; several for one data set, the last with `done == samples`."""
    measured = Signal(object, object)
    """Measure, and the Estimate | None (None: it could not be made) for it."""
    compiling = Signal(object)
    """Progress of the compilation that is waited for, or None when it is over."""
    failed = Signal(object)
    """Problem: what was asked for can't be done; the thread lives on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self._messages: Queue[Message] = Queue()
        self._doing: Message | None = None
        self._compiled: Progress | None = None
        self._program: Program | None = None
        self._session: Session | None = None
        self._step = 0
        self._paused = False
        self._single_steps = 0
        self._quitting = False
        self._garbage = GarbageTimer(self)

    def send(self, message: Message) -> None:
        """Leaves a message; it is read before the next step. Starts the thread where it doesn't run yet.

        After `shut_down` nothing is read any more: a timer that still fires must not start the thread again.
        """
        if self._quitting:
            return
        self._messages.put(message)
        if not self.isRunning():
            self._garbage.start()
            self.start()

    def shut_down(self) -> None:
        """Ends the thread after the current step and waits for it. A running thread must not outlive Qt."""
        self._quitting = True
        if self.isRunning():
            self.requestInterruption()
            self._messages.put(Quit())
            self.wait()
            self._garbage.stop()

    def run(self) -> None:
        # What overflows is found by looking at the loss; a warning on the terminal would help nobody.
        watch = Watch(self._tell_progress, self._is_pointless, alone=True)  # a window has to stay awake
        with np.errstate(all="ignore"), watched(watch):
            while not self._quitting:
                self._handle(self._messages.get())

    def _handle(self, message: Message) -> None:
        """Does what a message asks for; what goes wrong becomes `failed`."""
        outer, self._doing = self._doing, message
        try:
            self._obey(message)
        except CompilationCancelledError:
            pass  # whoever called it off knows
        except Exception as error:
            self.failed.emit(_problem(error))
        finally:
            self._doing = outer
            self._tell_progress(None)

    def _tell_progress(self, progress: Progress | None) -> None:
        if progress != self._compiled:
            self._compiled = progress
            self.compiling.emit(progress)

    def _is_pointless(self) -> bool:
        """Whether nobody needs any more what the current message has to be compiled for."""
        with self._messages.mutex:
            waiting = tuple(self._messages.queue)
        if any(isinstance(message, Stop) for message in waiting):
            compilers().cancel()
            return True
        # What is compiled ahead goes on in the helpers.
        ahead = isinstance(self._doing, Prepare) and any(isinstance(m, _MORE_URGENT) for m in waiting)
        return ahead or self._quitting

    def _obey(self, message: Message) -> None:
        match message:
            case Load():
                self._load(message)
            case Train():
                self._train(message)
            case Adopt():
                self._program, self._step = compile_graph(message.graph), message.step
                self._program.parameters.load(message.weights)
            case Evaluate():
                self._evaluate(message)
            case Measure():
                self._measure(message)
            case Prepare():
                self._prepare(message)
            case Ask():
                if self._program is not None:
                    self.mailbox.put_answer(message.viewer, message.probe.ask(self._program, self._step))
            case Quit():
                pass  # it woke the thread, which sees that it is to quit
            case _:
                self._steer(message)

    def _steer(self, message: Message) -> None:
        """What concerns a run; without one there is nothing to do."""
        if self._session is None:
            return
        match message:
            case Change():
                self._session.plan = message.plan
            case Pause() | Continue():
                self._paused, self._single_steps = isinstance(message, Pause), 0
                self.held.emit(self._paused)
            case Step():
                self._single_steps += self._paused
            case Save():
                self.saved.emit(self._session.checkpoint())
            case Stop():
                self._session.stop()
                self._paused = False

    def _load(self, wish: Load) -> None:
        try:
            source = load_source(wish.source) if isinstance(wish.source, str) else wish.source
            parts = split(source.train, wish.plan.validation, wish.plan.seed)
        except Exception as error:
            self.not_loaded.emit(wish, _problem(error))
        else:
            self.loaded.emit(Loaded(wish, source, *parts))

    def _train(self, wish: Train) -> None:
        if self._session is not None:
            return  # one run at a time; the GUI doesn't offer a second
        finished: Finished | None = None
        try:
            program = compile_graph(wish.graph, seed=wish.plan.seed)
            self._session = Session(program, wish.train, wish.validation, wish.plan, wish.resume)
            self._program = program
            finished = self._run(self._session)
        except CompilationCancelledError:
            pass  # the run has been stopped before it began
        except Exception as error:
            self.failed.emit(_problem(error))
        finally:
            checkpoint = self._session.checkpoint() if self._session else wish.resume
            self._session, self._paused, self._single_steps = None, False, 0
            self.ended.emit(finished, checkpoint)

    def _run(self, session: Session) -> Finished | None:
        for event in session:
            match event:
                case Started():
                    self._step = event.step
                    self.begun.emit(event)
                case Stepped():
                    self._step = event.step
                    self._single_steps = max(0, self._single_steps - 1)
                    self.mailbox.put_step(event)
                case Validating():
                    self.mailbox.put_progress(event)
                case EpochEnded():
                    self.epoch_ended.emit(event)
                case Finished():
                    return event
            self._read_messages()
            if self._quitting:
                session.stop()
        return None

    def _read_messages(self) -> None:
        """Reads what is there; while the run is held, waits for more. Returns to make the next step."""
        while not self._quitting:
            try:
                message = self._messages.get(block=self._paused and not self._single_steps)
            except Empty:
                return
            self._handle(message)

    def _measure(self, wish: Measure) -> None:
        from core.training.estimate import estimate  # noqa: PLC0415  # not before the first paint

        found = None
        try:
            if self._session is None:  # a run is never held up for it
                parts = wish.train, wish.validation
                found = estimate(wish.graph, wish.plan, *parts, self.isInterruptionRequested)
        finally:
            self.measured.emit(wish, found)

    def _prepare(self, wish: Prepare) -> None:
        """A faulty design is the run's to report, not that of a preparation nobody asked for."""
        if self._session is None:
            with suppress(CoreError):
                warm_up(wish.graph, wish.plan, wish.train)

    def _evaluate(self, wish: Evaluate) -> None:
        if self._program is None:
            return
        self._program.adapt(wish.train.counts())
        for found in evaluation(self._program, wish.data):
            self.evaluated.emit(found)
            if self.isInterruptionRequested():
                return


def _problem(error: Exception) -> Problem:
    if isinstance(error, CoreError):
        return error.problem
    return Problem(
        f"Something went wrong inside cnngui: {type(error).__name__}: {error}.",
        "Please report it with the design; you can go on working.",
    )
