"""The compute thread: all training, evaluation and prediction happen here, one thing after the other.

The GUI sends messages; between two steps of a run, the thread reads them. Rare events come back as signals,
frequent values through the mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias

from PySide6.QtCore import QObject, QThread, Signal

from cnngui.mailbox import Mailbox
from core.checkpoint import Checkpoint
from core.data.dataset import Dataset, Source, split
from core.data.sources import load_source
from core.errors import CoreError, Problem
from core.evaluate import evaluation
from core.events import EpochEnded, Finished, Started, Stepped, Validating
from core.graph import Graph
from core.layers.base import Array
from core.plan import Plan
from core.program import Program, compile_graph
from core.taps import Tap, snapshot
from core.train import Session


@dataclass(frozen=True, eq=False)
class Load:
    """Open a data source and split off the validation samples of `plan`."""

    spec: str
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
    """Make a program of a saved design, to look at and to evaluate."""

    graph: Graph
    weights: dict[str, Array]


@dataclass(frozen=True)
class Change:
    """Go on with another plan."""

    plan: Plan


@dataclass(frozen=True, eq=False)
class Evaluate:
    """Judge the current program on a data set."""

    data: Dataset


@dataclass(frozen=True)
class Pause:
    """Hold the run."""


@dataclass(frozen=True)
class Continue:
    """Let it run again."""


@dataclass(frozen=True)
class Step:
    """Make one step of a held run."""


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
    Load | Train | Adopt | Change | Evaluate | Pause | Continue | Step | Save | Stop | Quit | Tap
)


@dataclass(frozen=True, eq=False)
class Loaded:
    """An opened data source with its split."""

    source: Source
    train: Dataset
    validation: Dataset | None


class ComputeThread(QThread):
    """Send it messages with `send`; end it with `shut_down` before the application goes."""

    loaded = Signal(object)
    """Loaded."""
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
    failed = Signal(object)
    """Problem: what was asked for can't be done; the thread lives on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self._messages: SimpleQueue[Message] = SimpleQueue()
        self._program: Program | None = None
        self._session: Session | None = None
        self._paused = False
        self._quitting = False

    def send(self, message: Message) -> None:
        """Leaves a message; it is read before the next step. Starts the thread where it doesn't run yet."""
        self._messages.put(message)
        if not self.isRunning():
            self.start()

    def shut_down(self) -> None:
        """Ends the thread after the current step and waits for it. A running thread must not outlive Qt."""
        if self.isRunning():
            self._messages.put(Quit())
            self.wait()

    def run(self) -> None:
        while not self._quitting:
            self._handle(self._messages.get())

    def _handle(self, message: Message) -> None:
        """Does what a message asks for; what goes wrong becomes `failed`."""
        try:
            self._obey(message)
        except CoreError as error:
            self.failed.emit(error.problem)
        except Exception as error:
            self.failed.emit(_unexpected(error))

    def _obey(self, message: Message) -> None:
        match message:
            case Load():
                source = load_source(message.spec)
                parts = split(source.train, message.plan.validation, message.plan.seed)
                self.loaded.emit(Loaded(source, *parts))
            case Train():
                self._train(message)
            case Adopt():
                self._program = compile_graph(message.graph)
                self._program.parameters.load(message.weights)
            case Evaluate():
                self._evaluate(message.data)
            case Tap():
                if self._program is not None:
                    done = self._session.step if self._session else 0
                    self.mailbox.put_snapshot(snapshot(self._program, message, done))
            case Quit():
                self._quitting = True
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
                self._paused = isinstance(message, Pause)
                self.held.emit(self._paused)
            case Save():
                self.saved.emit(self._session.checkpoint())
            case Stop():
                self._session.stop()
                self._paused = False

    def _train(self, wish: Train) -> None:
        if self._session is not None:
            return  # one run at a time; the GUI doesn't offer a second
        finished: Finished | None = None
        try:
            self._program = compile_graph(wish.graph, seed=wish.plan.seed)
            self._session = Session(self._program, wish.train, wish.validation, wish.plan, wish.resume)
            finished = self._run(self._session)
        except CoreError as error:
            self.failed.emit(error.problem)
        except Exception as error:
            self.failed.emit(_unexpected(error))
        finally:
            checkpoint = self._session.checkpoint() if self._session else None
            self._session, self._paused = None, False
            self.ended.emit(finished, checkpoint)

    def _run(self, session: Session) -> Finished | None:
        for event in session:
            match event:
                case Started():
                    self.begun.emit(event)
                case Stepped():
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
        while True:
            try:
                message = self._messages.get(block=self._paused)
            except Empty:
                return
            self._handle(message)
            if isinstance(message, (Step, Quit)):
                return

    def _evaluate(self, data: Dataset) -> None:
        if self._program is None:
            return
        for found in evaluation(self._program, data):
            self.evaluated.emit(found)


def _unexpected(error: Exception) -> Problem:
    return Problem(
        f"Something went wrong inside cnngui: {type(error).__name__}: {error}.",
        "Please report it with the design; you can go on working.",
    )
