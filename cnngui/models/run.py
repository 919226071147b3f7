"""The training run as the GUI sees it: its state, its curves, its data; a model without widgets."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.compute.thread import (
    Adopt,
    Ask,
    Change,
    ComputeThread,
    Continue,
    Evaluate,
    Load,
    Loaded,
    Measure,
    Pause,
    Prepare,
    Save,
    Step,
    Stop,
    Train,
)
from cnngui.models.run_record import Curves, Run, run_from_file
from core.data.dataset import Dataset, Source
from core.design.expand import computed
from core.design.graph import Graph
from core.design.infer import infer
from core.engine.machine.compilers import Progress
from core.errors import Problem
from core.layers.base import Output
from core.maths.arrays import Shape
from core.probes.feature_maps import FeatureMaps, Snapshot
from core.training.checkpoint import Checkpoint
from core.training.evaluate import Evaluation
from core.training.events import EpochEnded, Finished, Started, Stepped, Validating
from core.training.plan import Plan

if TYPE_CHECKING:
    from core.training.estimate import Estimate

POLL_MS = 200 if (os.cpu_count() or 1) > 2 else 400
"""Milliseconds between two looks at the curves; maps come at every second one. Where no core is left for
the GUI, training pays for each picture: all of its threads wait while one has lost its core."""

Part = Literal["training", "validation", "test"]


class State(Enum):
    """What the run is doing."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Training(QObject):
    """Everything the panels show about a run, and everything they can ask for."""

    state_changed = Signal()
    data_changed = Signal()
    """The source, or the split, is another one; or loading began, was called off or failed."""
    plan_changed = Signal()
    curves_changed = Signal()
    """New steps or epochs, or a new run. At most five times a second."""
    snapshot_changed = Signal()
    """New feature maps in `snapshot`."""
    wanted_changed = Signal()
    """Another sample is looked at."""
    evaluated = Signal(object)
    """Evaluation of the test part."""
    measured = Signal()
    """A measurement began or is over; `estimate_for` has what it found."""
    failed = Signal(object)
    """Problem: of the run, the data or whatever else was asked for."""
    compiling_changed = Signal()
    """`compiling` is another one."""
    ended = Signal()
    """A run is over; `finished` says how, `checkpoint` is where it stands."""
    saved = Signal(object)
    """The Checkpoint that `request_checkpoint` asked for."""

    def __init__(self, compute: ComputeThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._compute = compute
        self.plan = Plan()
        self.source: Source | None = None
        self.parts: dict[Part, Dataset] = {}
        self.data_problem: Problem | None = None
        self.state = State.IDLE
        self.run_graph: Graph | None = None
        self.run_problem: Problem | None = None
        self.started: Started | None = None
        self.last_step: Stepped | None = None
        self.curves = Curves()
        self.finished: Finished | None = None
        self.evaluation: Evaluation | None = None
        self.checkpoint: Checkpoint | None = None
        self.snapshot: Snapshot | None = None
        self.compiling: Progress | None = None
        self.part: Part = "training"
        self.index = 0
        self._starting: Train | None = None
        self._opening: Load | None = None
        self._split: Plan | None = None
        self._evaluating = False
        self._measuring: Measure | None = None
        self._measured: tuple[Measure, Estimate | None] | None = None
        self._sample_shape: Shape | None = None
        self._wanted: dict[str, frozenset[str]] = {}
        self._asked = False
        self._ask_again = False
        self._tick = 0
        self._epoch_is_new = False
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        compute.loaded.connect(self._on_loaded)
        compute.not_loaded.connect(self._on_not_loaded)
        compute.begun.connect(self._on_begun)
        compute.held.connect(self._on_held)
        compute.epoch_ended.connect(self._on_epoch)
        compute.saved.connect(self.saved)
        compute.ended.connect(self._on_ended)
        compute.evaluated.connect(self._on_evaluated)
        compute.measured.connect(self._on_measured)
        compute.compiling.connect(self._on_compiling)
        compute.failed.connect(self._on_failed)

    # -- data ------------------------------------------------------------------------------------------------

    @property
    def loading(self) -> str | None:
        """The data source that is being opened or split anew."""
        if self._opening is None:
            return None
        source = self._opening.source
        return source if isinstance(source, str) else source.spec

    def load(self, spec: str) -> None:
        """Opens a data source in the compute thread; `data_changed` when it is there, `failed` otherwise."""
        self._open(spec)

    def cancel_loading(self) -> None:
        """Keeps the data there is; what the compute thread still brings is dropped."""
        self._opening = None
        self.data_changed.emit()

    def _open(self, source: Source | str) -> None:
        self.data_problem = None
        self._opening = Load(source, self.plan)
        self._compute.send(self._opening)
        self.data_changed.emit()

    def _split_anew(self) -> None:
        """Splits the data again where the plan asks for another split than the one there is."""
        if self.source is None or self._split is None or self.active:
            return
        if (self.plan.validation, self.plan.seed) != (self._split.validation, self._split.seed):
            self._open(self.source)

    def look_at(self, part: Part, index: int) -> None:
        """Chooses the sample whose feature maps are shown; the index wraps around."""
        if part in self.parts:
            self.part, self.index = part, index % len(self.parts[part])
            self.wanted_changed.emit()
            self._ask_for_maps()

    def look_at_random(self) -> None:
        """Chooses any sample of the current part."""
        if self.part in self.parts:
            self.look_at(self.part, random.randrange(len(self.parts[self.part])))

    @property
    def sample_fits(self) -> bool:
        """Whether the sample looked at has the shape that the network of the run takes."""
        part = self.parts.get(self.part)
        return part is not None and part.spec.shape == self._sample_shape

    def watch(self, viewer: str, blocks: Iterable[str]) -> None:
        """Names the blocks whose maps this viewer shows; no others are fetched."""
        before, self._wanted[viewer] = self._wanted.get(viewer), frozenset(blocks)
        if self._wanted[viewer] != before:
            self._ask_for_maps()

    # -- the run ---------------------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        return self.state is not State.IDLE

    @property
    def output(self) -> Output | None:
        """The output block's layer of the run: it says what is measured."""
        layers = [block.layer for block in self.run_graph.blocks] if self.run_graph else []
        return next((layer for layer in layers if isinstance(layer, Output)), None)

    @property
    def resumed(self) -> Checkpoint | None:
        """What the run that is being prepared goes on from."""
        return self._starting.resume if self._starting is not None else None

    def set_plan(self, plan: Plan) -> None:
        """Another plan; while a run is on, its optimiser counts from the next step."""
        if plan == self.plan:
            return
        self.plan = plan
        if self.active:
            self._compute.send(Change(plan))
        self._split_anew()
        self.plan_changed.emit()

    @property
    def can_evaluate(self) -> bool:
        """Whether there is a network with weights, and test data."""
        return self.run_graph is not None and "test" in self.parts

    @property
    def has_learned(self) -> bool:
        """Whether there is a run that would be a loss: one that has made a step."""
        return self.checkpoint is not None and bool(self.checkpoint.losses)

    def can_resume(self, graph: Graph) -> bool:
        """Whether the last run was of this network and has epochs left."""
        return self._checkpoint_of(graph) is not None and not self.has_finished(graph)

    def has_finished(self, graph: Graph) -> bool:
        """Whether the last run was of this network and has no epochs left."""
        found = self._checkpoint_of(graph)
        return found is not None and found.epoch >= self.plan.epochs

    def _checkpoint_of(self, graph: Graph) -> Checkpoint | None:
        same = self.run_graph is not None and computed(self.run_graph) == computed(graph)
        return self.checkpoint if same else None

    def start(self, graph: Graph, *, resume: bool = False) -> None:
        """Trains this design on the loaded data, anew or from `checkpoint`."""
        if self.active or self.loading is not None or "training" not in self.parts:
            return
        checkpoint = self.checkpoint if resume else None
        self._starting = Train(
            graph, self.plan, self.parts["training"], self.parts.get("validation"), checkpoint
        )
        self.run_problem = None
        self._set_state(State.PREPARING)
        self._compute.send(self._starting)
        self._timer.start()

    def pause(self) -> None:
        self._compute.send(Pause())

    def resume(self) -> None:
        self._compute.send(Continue())

    def step(self) -> None:
        """One step of a paused run."""
        self._compute.send(Step())

    def stop(self) -> None:
        """Ends the run; what was learned is kept and can be continued."""
        if self.active:
            self._set_state(State.STOPPING)
            self._compute.send(Stop())

    def request_checkpoint(self) -> None:
        """Asks for the run as it is now; `saved` brings it."""
        self._compute.send(Save())

    def evaluate(self) -> None:
        """Judges the network on the test part; `evaluated` brings the results."""
        if "test" in self.parts:
            self._evaluating = True
            self._compute.send(Evaluate(self.parts["test"], self.parts["training"]))

    @property
    def measuring(self) -> bool:
        """Whether the time of an epoch is being measured."""
        return self._measuring is not None

    def measure(self, graph: Graph) -> None:
        """Measures how long an epoch of this design would take on the loaded data; never during a run."""
        if not (self.active or self.measuring) and "training" in self.parts:
            parts = self.parts["training"], self.parts.get("validation")
            self._measuring = Measure(graph, self.plan, *parts)
            self._compute.send(self._measuring)
            self.measured.emit()

    def prepare(self, graph: Graph) -> None:
        """Compiles what a run of this design needs, if nothing else is to be done."""
        if not self.active and "training" in self.parts:
            self._compute.send(Prepare(graph, self.plan, self.parts["training"]))

    def cancel_compiling(self) -> None:
        """Ends the compilation, and the run that waits for it."""
        if self.active:
            self.stop()
        else:
            self._compute.send(Stop())

    def estimate_for(self, graph: Graph) -> Estimate | None:
        """What was measured, as far as it still holds for this design, the plan and the data."""
        if self._measured is None:
            return None
        wish, found = self._measured
        same_step = wish.plan.batch_size == self.plan.batch_size and isinstance(
            wish.plan.optimizer, type(self.plan.optimizer)
        )
        same_data = wish.train is self.parts.get("training")
        return found if same_step and same_data and computed(wish.graph) == computed(graph) else None

    @property
    def run(self) -> Run:
        """The run as it stands now, as a value; only while none is on."""
        return Run(
            self.plan,
            self.run_graph,
            self.checkpoint,
            self.curves.copy(),
            self.started,
            self.last_step,
            self.finished,
            self.evaluation,
            self.run_problem,
        )

    def show_run(self, run: Run) -> None:
        """Shows another run, with its plan; it can be looked at and continued. Only while none is on."""
        self._set_run_graph(run.graph)
        self.plan, self.checkpoint, self.curves = run.plan, run.checkpoint, run.curves.copy()
        self.started, self.last_step, self.finished = run.started, run.last_step, run.finished
        self.evaluation, self.run_problem, self.snapshot = run.evaluation, run.problem, None
        self._evaluating = False
        if run.graph is not None:
            self._compute.send(Adopt(run.graph, run.weights, len(run.curves.steps)))
        self._split_anew()
        self._ask_for_maps()
        self.plan_changed.emit()
        self.curves_changed.emit()
        self.snapshot_changed.emit()
        self.state_changed.emit()

    def adopt(self, graph: Graph, checkpoint: Checkpoint | None) -> None:
        """Takes over what a file holds: its run can be looked at and continued."""
        self.show_run(run_from_file(graph, checkpoint) if checkpoint else Run(self.plan))

    def look_untrained(self, graph: Graph) -> None:
        """Makes a network of a design to look at its maps before any training."""
        if not self.active and self.run_graph is None:
            self.show_run(Run(self.plan, graph))

    # -- what the compute thread says ------------------------------------------------------------------------

    @property
    def progress(self) -> Validating | None:
        """How far the validation at the end of an epoch is, while it runs."""
        return self._compute.mailbox.progress

    def _on_loaded(self, loaded: Loaded) -> None:
        if loaded.wish is not self._opening:
            return  # called off, or another one was chosen meanwhile
        self._opening, self._split = None, loaded.wish.plan
        self.source = loaded.source
        self.parts = {"training": loaded.train}
        if loaded.validation:
            self.parts["validation"] = loaded.validation
        if loaded.source.test:
            self.parts["test"] = loaded.source.test
        if self.part not in self.parts:
            self.part = "training"
        self.index %= len(self.parts[self.part])
        self.data_changed.emit()
        self.wanted_changed.emit()
        self._ask_for_maps()
        self._split_anew()

    def _on_not_loaded(self, wish: Load, problem: Problem) -> None:
        if wish is self._opening:
            self._opening, self.data_problem = None, problem
            self.data_changed.emit()
            self.failed.emit(problem)

    def _on_begun(self, started: Started) -> None:
        if self._starting is not None:
            if self._starting.resume is None:
                self.curves, self.last_step, self.checkpoint = Curves(), None, None
            self._set_run_graph(self._starting.graph)
        self.started, self.finished, self.evaluation = started, None, None
        self._starting, self._evaluating = None, False
        if self.state is State.PREPARING:
            self._set_state(State.RUNNING)
        self.curves_changed.emit()
        self._ask_for_maps()

    def _on_held(self, paused: bool) -> None:
        if self.state is not State.STOPPING:
            self._set_state(State.PAUSED if paused else State.RUNNING)

    def _on_epoch(self, epoch: EpochEnded) -> None:
        self._fetch_steps()
        self.curves.epochs.append(epoch)
        self._epoch_is_new = True  # drawn with the next steps: a small network has many epochs a second

    def _on_ended(self, finished: Finished | None, checkpoint: Checkpoint | None) -> None:
        self._starting = None
        self._fetch_steps()
        self.finished, self.checkpoint = finished, checkpoint or self.checkpoint
        self._set_state(State.IDLE)
        self.curves_changed.emit()
        self._ask_for_maps()
        self._split_anew()
        self.ended.emit()

    def _on_evaluated(self, evaluation: Evaluation) -> None:
        if self._evaluating:
            self.evaluation = evaluation
            self._evaluating = evaluation.done < evaluation.samples
            self.evaluated.emit(evaluation)

    def _on_measured(self, wish: Measure, found: Estimate | None) -> None:
        self._measuring, self._measured = None, (wish, found)
        self.measured.emit()

    def _on_compiling(self, progress: Progress | None) -> None:
        self.compiling = progress
        self.compiling_changed.emit()

    def _on_failed(self, problem: Problem) -> None:
        if self.active:
            self.run_problem = problem
        self._asked = self._evaluating = False
        self.failed.emit(problem)

    # -- polling ---------------------------------------------------------------------------------------------

    def _poll(self) -> None:
        if self._fetch_steps() or self._epoch_is_new or self.progress is not None:
            self._epoch_is_new = False
            self.curves_changed.emit()
        found: Snapshot | None = self._compute.mailbox.take_answer(FeatureMaps.kind)
        if found is not None:
            self._asked = False
            if self.run_graph is not None:
                self.snapshot = found
                self.snapshot_changed.emit()
        self._tick += 1
        if self._ask_again or (self.state is State.RUNNING and self._tick % 2 == 0):
            self._ask_for_maps()
        if not self.active and not self._asked:
            self._timer.stop()

    def _fetch_steps(self) -> bool:
        if self._starting is not None:
            return False  # they belong to the run whose beginning is still to be heard of
        steps = self._compute.mailbox.take_steps()
        for step in steps:
            self.curves.add(step)
        if steps:
            self.last_step = steps[-1]
        return bool(steps)

    def _ask_for_maps(self) -> None:
        """Asks for the maps of the sample looked at; while an answer is awaited, once that is there."""
        self._ask_again = self._asked
        blocks = frozenset[str]().union(*self._wanted.values())
        if self._asked or not blocks or not self.sample_fits:
            return
        sample, _ = self.parts[self.part].batch(slice(self.index, self.index + 1))
        self._asked = True
        self._compute.send(Ask(FeatureMaps.kind, FeatureMaps(blocks, sample[0])))
        self._timer.start()

    def _set_run_graph(self, graph: Graph | None) -> None:
        self.run_graph, self._sample_shape = graph, None
        if graph is not None:
            shapes = infer(graph).shapes
            entry = next((b.id for b in graph.blocks if b.layer.inputs == 0), "")
            self._sample_shape = shapes.get(entry)

    def _set_state(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()
