"""The training run: what it is doing, what came of it so far, and what can be asked of it."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.compute.jobs.adopt import Adopt
from cnngui.compute.jobs.base import Held, Job
from cnngui.compute.jobs.prepare import Prepare
from cnngui.compute.jobs.save import Save
from cnngui.compute.jobs.steer import Change, Hold, SingleStep, Stop
from cnngui.compute.jobs.train import Ended, Kept, Train
from cnngui.compute.thread import ComputeThread
from cnngui.models.data import Data
from cnngui.models.document import Document
from cnngui.models.shown_run import ShownRun, Weights
from core.design.expand import computed, expand
from core.design.graph import Graph
from core.engine.machine.compilers import Progress
from core.errors import Problem
from core.formats.runs.kept import Continuation
from core.layers.base import Output
from core.training.branch import Heritage
from core.training.checkpoint import Checkpoint
from core.training.curves import LEARNING_RATE, MILLISECONDS, Curves
from core.training.events import EpochEnded, Finished, Started, Stepped, Validating
from core.training.plan import Plan

POLL_MS = 200 if (os.cpu_count() or 1) > 2 else 400
"""Milliseconds between two looks at the curves; maps come at every second one. Where no core is left for
the GUI, training pays for each picture: all of its threads wait while one has lost its core."""


_ITS_JOBS = (Adopt, Change, Hold, Prepare, Save, SingleStep, Stop)
"""Whose failures it tells of; a run that fails says so when it ends."""


class State(Enum):
    """What the run is doing."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Run(QObject):
    """The run that is on, or the last one, on its own snapshot of design and data. It follows the plan."""

    state_changed = Signal()
    curves_changed = Signal()
    """New steps or epochs, or another run. At most five times a second."""
    network_changed = Signal()
    """`graph` is another one, and its weights are others at once: a run begins, or another one is shown."""
    plan_changed = Signal()
    compiling_changed = Signal()
    """`compiling` is another one."""
    failed = Signal(object)
    """Problem: the run has failed, or something else was not possible."""
    ended = Signal()
    """A run is over; `finished` says how, `checkpoint` is where it stands."""
    rested = Signal()
    """Comes after `ended`: by now, another run may be shown that had only waited for the end of this one."""
    recorded = Signal(str)
    """The run with this id, where it has one, begins to be kept."""
    kept = Signal(str)
    """All of the run with this id is kept now. Comes after `rested`: its last checkpoint takes a while."""
    warned = Signal(object)
    """Problem: the run goes on, but isn't recorded as it should be."""
    saved = Signal(object, object)
    """The Checkpoint that `request_checkpoint` asked for, or None, and the request."""

    def __init__(
        self, document: Document, data: Data, compute: ComputeThread, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._data = data
        self._compute = compute
        self._state = State.IDLE
        self._shown = ShownRun()
        self._curves = Curves()
        self._compiling: Progress | None = None
        self._starting: Train | None = None
        self._running: Train | None = None
        self._recording = ""
        self._untrained: frozenset[str] = frozenset()
        self._epoch_is_new = False
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        document.plan_changed.connect(self._follow_plan)
        compute.answered.connect(self._take)
        compute.failed.connect(self._fail)
        compute.compiling.connect(self._show_compiling)

    # -- what is known of it ---------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self._state

    @property
    def active(self) -> bool:
        return self._state is not State.IDLE

    @property
    def has_begun(self) -> bool:
        """Whether a run is on that can have learned something: its network is made."""
        return self.active and self._starting is None

    @property
    def recording(self) -> str:
        """The id of the run that is being kept, from its beginning until all of it is written; empty else."""
        return self._recording

    @property
    def graph(self) -> Graph | None:
        """The design that is trained, or that the network in hand is of."""
        return self._shown.graph

    @property
    def plan(self) -> Plan:
        """The document's plan, which it follows."""
        return self._document.plan

    @property
    def weights(self) -> Weights:
        """Another one as soon as the network of a run at rest is another one."""
        return self._shown.weights

    @property
    def output(self) -> Output | None:
        """The output block's layer: it says what is measured."""
        layers = [block.layer for block in self.graph.blocks] if self.graph else []
        return next((layer for layer in layers if isinstance(layer, Output)), None)

    @property
    def problem(self) -> Problem | None:
        """Why it has failed."""
        return self._shown.problem

    @property
    def started(self) -> Started | None:
        return self._shown.started

    @property
    def last_step(self) -> Stepped | None:
        return self._shown.last_step

    @property
    def curves(self) -> Curves:
        """They grow; another object for another run."""
        return self._curves

    @property
    def finished(self) -> Finished | None:
        return self._shown.finished

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where it stands, when it is over."""
        return self._shown.checkpoint

    @property
    def kept_epoch(self) -> EpochEnded | None:
        """Of a run at rest, the epoch whose weights are kept although it has gone on since."""
        return self.checkpoint.kept_epoch if self.checkpoint is not None and not self.active else None

    @property
    def result_epoch(self) -> EpochEnded | None:
        """The epoch whose figures are the result: the kept one, else the last; None without one."""
        return self.kept_epoch or self.curves.epochs.last

    @property
    def compiling(self) -> Progress | None:
        """How far the compilation is that is waited for."""
        return self._compiling

    @property
    def progress(self) -> Validating | None:
        """How far the validation at the end of an epoch is, while it runs."""
        return self._compute.mailbox.progress

    @property
    def resumed(self) -> Checkpoint | None:
        """What the run that is being prepared goes on from."""
        return self._starting.resume if self._starting is not None and self._starting.goes_on else None

    @property
    def untrained(self) -> frozenset[str]:
        """The blocks that had learned nothing when the run that is on began, though others had (`branch`)."""
        return self._untrained if self.has_begun else frozenset()

    @property
    def has_learned(self) -> bool:
        """Whether there is a run that would be a loss: one that has made a step, or a branch of such."""
        found = self.checkpoint
        return found is not None and (bool(found.steps) or found.optimizer_step > 0)

    @property
    def has_diverged(self) -> bool:
        """Whether the last run did; `checkpoint` is of its last sound epoch."""
        return self._shown.diverged and not self.active

    def can_resume(self, graph: Graph) -> bool:
        """Whether the last run was of this network and has epochs left."""
        return self._checkpoint_of(graph) is not None and not self.has_finished(graph)

    def has_finished(self, graph: Graph) -> bool:
        """Whether the last run was of this network and has no epochs left."""
        found = self._checkpoint_of(graph)
        return found is not None and found.epoch >= self.plan.epochs

    def _checkpoint_of(self, graph: Graph) -> Checkpoint | None:
        same = self.graph is not None and computed(self.graph) == computed(graph)
        return self.checkpoint if same else None

    # -- what can be asked of it -----------------------------------------------------------------------------

    def start(
        self,
        graph: Graph,
        *,
        resume: bool = False,
        branch: bool = False,
        held: bool = False,
        kept: Continuation | None = None,
    ) -> None:
        """Trains this design on the data there are, anew or from `checkpoint`; `held` after one step.

        As a `branch` it is a new run that begins with what another design has learned (`checkpoint`). With
        `kept`, whose checkpoint is `checkpoint`, it is that run from the data folder that goes on: one that
        was killed does again what it has done since.
        """
        parts = self._data.parts
        if self.active or self._data.loading is not None or "training" not in parts:
            return
        checkpoint = self.checkpoint if resume or branch else None
        project = replace(self._document.project, design=graph)
        name, changes = self._document.name, None
        if kept is not None:
            name, changes = kept.record.begun.name, kept.changes
            project = replace(project, plan=kept.plan)
        wish = project, parts["training"], parts.get("validation"), checkpoint
        branch_of = self.graph if branch else None
        self._starting = Train(name, *wish, held=held, changes=changes, branch_of=branch_of)
        self._untrained = frozenset()
        self._running = self._starting
        self._shown = replace(self._shown, problem=None, diverged=False)
        self._data.hold()
        self._set_state(State.PREPARING)
        self._compute.send(self._starting)
        self._timer.start()

    def pause(self) -> None:
        self._compute.send(Hold(True))

    def resume(self) -> None:
        self._compute.send(Hold(False))

    def step(self) -> None:
        """One step of a paused run."""
        self._compute.send(SingleStep())

    def stop(self) -> None:
        """Ends the run; what was learned is kept and can be continued."""
        if self.active and self._state is not State.STOPPING:
            self._set_state(State.STOPPING)
            self._compute.send(Stop())

    def request_checkpoint(self) -> object:
        """Asks for the run as it is now; `saved` brings it, with the request that this gives."""
        request = Save()
        self._compute.send(request)
        return request

    def prepare(self, graph: Graph) -> None:
        """Compiles what a run of this design needs, if nothing else is to be done."""
        if not self.active and "training" in self._data.parts:
            self._compute.send(Prepare(graph, self.plan, self._data.parts["training"]))

    def cancel_compiling(self) -> None:
        """Ends the compilation, and the run that waits for it."""
        if self.active:
            self.stop()
        else:
            self._compute.send(Stop())

    @property
    def shown(self) -> ShownRun:
        """The run as it stands now, as a value; only while none is on."""
        return replace(self._shown, curves=self.curves.copy())

    def show(self, shown: ShownRun) -> None:
        """Shows another run; it can be looked at and continued. Only while none is on."""
        self._shown, self._curves = shown, shown.curves.copy()
        if shown.graph is not None:
            self._compute.send(Adopt(shown.graph, shown.arrays, shown.curves.count))
        self.network_changed.emit()
        self.curves_changed.emit()
        self.state_changed.emit()

    def show_untrained(self, graph: Graph) -> None:
        """Makes a network of a design to look at it before any training, where none has been trained."""
        known = self._shown
        tried = known.started or known.checkpoint or known.problem
        if (
            not self.active
            and not tried
            and (known.graph is None or computed(known.graph) != computed(graph))
        ):
            self.show(ShownRun(graph))

    # -- what the compute thread says ------------------------------------------------------------------------

    def _take(self, job: Job, answer: object) -> None:
        match answer:
            case Heritage() if job is self._running:
                self._note_untrained(answer)
            case Started() if job is self._running:
                self._begin(answer)
            case EpochEnded() if job is self._running:
                self._fetch_steps()
                self._curves.end_epoch(answer)
                self._epoch_is_new = (
                    True  # drawn with the next steps: a small network has many epochs a second
                )
            case Ended() if job is self._running:
                self._end(answer)
            case Held() if self._state in (State.RUNNING, State.PAUSED):
                self._set_state(State.PAUSED if answer.paused else State.RUNNING)
            case Kept() if isinstance(job, Train):
                self._note_kept(answer.run, begins=job is self._running)
            case Problem() if isinstance(job, Train):
                self.warned.emit(answer)
            case _ if isinstance(job, Save):
                self.saved.emit(answer, job)

    def _note_kept(self, run: str, *, begins: bool) -> None:
        self._recording = run if begins else ""
        (self.recorded if begins else self.kept).emit(run)

    def _note_untrained(self, blocks: Heritage) -> None:
        if self._starting is not None:
            origin = expand(self._starting.graph).origin
            self._untrained = frozenset(map(origin, blocks.fresh))

    def _begin(self, started: Started) -> None:
        begun, self._starting = self._starting, None
        self._document.keep_design()
        if begun is not None:
            if begun.resume is None or not begun.goes_on:
                self._shown, self._curves = ShownRun(), Curves()
            elif begun.resume.steps < self._curves.count:  # it goes on from before a divergence
                self._curves = begun.resume.curves.copy()
            self._shown = replace(
                self._shown, graph=begun.graph, started=started, finished=None, weights=Weights()
            )
        if begun is None or not begun.changes:
            self._note_rate()  # before its first steps are fetched, which have this rate
        if self._state is State.PREPARING:
            self._set_state(State.RUNNING)
        self.network_changed.emit()
        self.curves_changed.emit()

    def _end(self, end: Ended) -> None:
        has_begun = self._starting is None
        self._starting = self._running = None
        self._shown = replace(
            self._shown,
            checkpoint=end.checkpoint or self.checkpoint,
            problem=end.problem,
            diverged=end.diverged,
        )
        if has_begun:
            self._fetch_steps()
            if end.checkpoint is not None:
                self._curves.set_rates(end.checkpoint.curves.rates)
            self._shown = replace(self._shown, finished=end.finished, weights=Weights())
        self._timer.stop()
        self._set_state(State.IDLE)
        self.curves_changed.emit()
        if end.problem is not None:
            self.failed.emit(end.problem)
        self._data.release()
        self.ended.emit()
        self.rested.emit()

    def _fail(self, job: Job, problem: Problem) -> None:
        if isinstance(job, Save):
            self.saved.emit(None, job)
        if isinstance(job, _ITS_JOBS):
            self.failed.emit(problem)

    def _show_compiling(self, progress: Progress | None) -> None:
        self._compiling = progress
        self.compiling_changed.emit()

    # -- polling ---------------------------------------------------------------------------------------------

    def _poll(self) -> None:
        if self._fetch_steps() or self._epoch_is_new or self.progress is not None:
            self._epoch_is_new = False
            self.curves_changed.emit()

    def _fetch_steps(self) -> bool:
        if self._starting is not None:
            return False  # they belong to the run whose beginning is still to be heard of
        steps = self._compute.mailbox.take_steps()
        for step in steps:
            self._curves.add(
                step.result, {LEARNING_RATE: step.learning_rate, MILLISECONDS: step.milliseconds}
            )
        if steps:
            self._shown = replace(self._shown, last_step=steps[-1])
        return bool(steps)

    def _follow_plan(self) -> None:
        """The optimiser of a run that is on counts from the next step; one that is stopped stays as it is."""
        if self.active and self._state is not State.STOPPING:
            self._compute.send(Change(self.plan))
            if self.has_begun:
                self._fetch_steps()  # those that are made already had the rate before
                self._note_rate()
        self.plan_changed.emit()

    def _note_rate(self) -> None:
        before = len(self._curves.rates)
        self._curves.change_rate(self.plan.optimizer.learning_rate)
        if before:
            self.curves_changed.emit()

    def _set_state(self, state: State) -> None:
        self._state = state
        self.state_changed.emit()
