"""What a network has learned, and how it learns more."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np

from cnngui.cli.reports import TextReport, compilation_shown
from cnngui.cli.terminal import ended_by_interrupt
from cnngui.scripting.plans import total_epochs
from core.compile import compile_graph
from core.data.dataset import Dataset, Source, split
from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import infer, parameters
from core.errors import FormatError
from core.formats.project import ProjectFile
from core.layers import Output
from core.maths.arrays import Array
from core.maths.optim import OptimizerState
from core.running.program import Program
from core.training.checkpoint import Checkpoint
from core.training.evaluate import Mean
from core.training.events import EpochEnded, Event, Finished
from core.training.need import require_room
from core.training.plan import Plan
from core.training.session import Session


@dataclass(frozen=True, eq=False)
class Fed:
    """What a run has learned from: a source, or the spec of one; the share held out, and the seed of that.

    Arrays of a caller's own may be changed later: `digest` tells what they were.
    """

    spec: str
    share: float
    seed: int
    source: Source | None = None
    digest: str = ""

    @staticmethod
    def of(source: Source, plan: Plan) -> Fed:
        """What a run with this plan learns from."""
        digest = "" if source.spec else _digest(source.train)
        return Fed(source.spec, plan.validation, plan.seed, source, digest)

    def is_same(self, other: Fed) -> bool:
        """Whether both are the same samples, divided alike: a run can go on with them."""
        mine, others = ((fed.spec, fed.share, fed.seed, fed.digest) for fed in (self, other))
        return mine == others


def _digest(data: Dataset) -> str:
    """Tells data sets apart by their samples and targets, whatever the targets' width."""
    whole = data.targets.astype(np.float64 if data.targets.dtype.kind == "f" else np.int64)
    found = hashlib.blake2b(repr((data.images.dtype.str, data.images.shape, data.classes)).encode())
    for array in (data.images, whole, data.places(np.arange(len(data)))):
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


class Learner:
    """A design with its program, its run, and what that has learned from; or those of a file."""

    def __init__(self, graph: Graph, file: ProjectFile | None = None) -> None:
        self.run: Checkpoint | None = None if file is None else file.checkpoint
        self._graph = graph
        self._weights: dict[str, Array] = self.run.kept if self.run else {}
        self._counts = _counts(graph, self.run) if self.run else ()
        self._program: Program | None = None
        self._balanced_by: tuple[int, ...] = ()
        self._fed: Fed | None = None
        self._stale = _stale_block(graph, self._weights) if self.run else ""
        if file is not None and file.project.data.source is not None:
            plan = self.run.plan if self.run else file.project.plan
            self._fed = Fed(file.project.data.source, plan.validation, plan.seed)

    @property
    def spec(self) -> str | None:
        """What opens the data of the run again; None where nothing does."""
        return self._fed.spec or None if self._fed else None

    @property
    def data(self) -> Source | str | None:
        """The data of the run, or what opens them."""
        return None if self._fed is None else self._fed.source or self.spec

    def take_design(self, graph: Graph) -> None:
        """Goes on with another design: what was learned is kept where it fits, its run is over."""
        self._keep_weights()
        self._graph, self._program, self.run = graph, None, None

    @property
    def has_learned(self) -> bool:
        """Whether there are weights other than those that were drawn."""
        return self.run is not None or bool(self._weights)

    def ready(self, plan: Plan, counts: Sequence[int] = (), *, progress: bool = True) -> Program:
        """The design made runnable, with what was learned.

        It judges by the loss of its training; where there was none, by `counts`, the samples of each class.
        Raises FormatError where a file's design was changed after its training, DesignError for one with
        errors.
        """
        if self._stale:
            raise FormatError(
                f"The design was changed after its training: {self._stale} has no weights that fit.",
                "Train it again.",
            )
        return self._compiled(plan.seed, self._counts or tuple(counts), progress=progress)

    def train(self, source: Source, plan: Plan, epochs: int | None, *, progress: bool) -> Plan:
        """Trains, and gives the plan of the run; goes on with the last run on the same data.

        Raises LayerError where the training fails. Then all is as it was before; only a run of which nothing
        else would be lost stays as it was after its best epoch.
        """
        train, validation = split(source.train, plan.validation, plan.seed)
        fed = Fed.of(source, plan)
        goes_on = not self._stale and self._fed is not None and self._fed.is_same(fed)
        resumed = self.run if goes_on else None
        plan = replace(plan, epochs=total_epochs(plan, resumed, epochs))
        counts = (self._counts if resumed else ()) or tuple(train.counts())
        if self._program is None:
            require_room(self._graph, plan, len(train))
        program = self._compiled(plan.seed, counts, progress=progress)
        before, replaces = program.parameters.save(), resumed is None and self.has_learned
        history = list(resumed.history) if resumed else []
        good: Checkpoint | None = None

        def note(event: Event) -> None:
            nonlocal good
            if isinstance(event, EpochEnded) and not replaces:
                history.append(event)
                good = session.checkpoint() if _is_best(history) else good

        try:
            session = Session(program, train, validation, plan, resumed)
            begin = session.step
            try:
                _follow(session, program, note, progress=progress)
            except KeyboardInterrupt:  # the second Ctrl+C
                good = session.checkpoint() if session.step > begin else good
                raise
        except BaseException:
            program.parameters.load(before)
            if good is not None:
                self._take(good, fed, program)
            raise
        if session.step > begin or resumed is not None:
            self._take(session.checkpoint(), fed, program)
        return plan

    def kept(self, plan: Plan) -> Checkpoint | None:
        """The run for a file; where weights were learned by another one, one with them that hasn't begun."""
        if self.run is not None or not self._weights:
            return self.run
        values = self._compiled(plan.seed, self._counts, progress=True).parameters
        slots = OptimizerState(plan.optimizer, values.values, plan.clipping).slots
        return Checkpoint(plan, values.save(), slots, 0, 0, 0, Mean(), 0.0, None, counts=self._counts)

    def _take(self, run: Checkpoint, fed: Fed, program: Program) -> None:
        self.run, self._counts, self._fed, self._stale = run, run.counts, fed, ""
        program.parameters.load(run.kept)

    def _compiled(self, seed: int, counts: tuple[int, ...], *, progress: bool) -> Program:
        """The program, with what was learned, its loss balanced by `counts`, where there are some.

        It is compiled anew where it isn't that of this seed, or is balanced by others.
        """
        other = counts and self._balanced_by and self._balanced_by != counts
        if self._program is None or self._program.seed != seed or (other and self._balances(counts)):
            self._keep_weights()
            with compilation_shown() if progress else nullcontext():
                self._program = compile_graph(self._graph, seed=seed)
            self._program.parameters.load(self._weights)
            self._balanced_by = ()
        if counts and not self._balanced_by:
            self._program.adapt(counts)
            self._balanced_by = counts
        return self._program

    def _balances(self, counts: tuple[int, ...]) -> bool:
        """Whether the loss depends on how many samples of each class there are."""
        outputs = (block.layer for block in self._graph.blocks if isinstance(block.layer, Output))
        return any(layer.fitted(counts) is not layer for layer in outputs)

    def _keep_weights(self) -> None:
        """Takes what was learned out of the program, whose place another one will take."""
        if self._program is not None and self.has_learned:
            self._weights = self._program.parameters.save()


def _is_best(history: Sequence[EpochEnded]) -> bool:
    """Whether no epoch before the last one has had a loss as low: of the validation where there is one."""
    *before, last = ((epoch.validation or epoch.train).loss for epoch in history)
    return last < min(before, default=math.inf)


def _follow(session: Session, program: Program, note: Callable[[Event], None], *, progress: bool) -> None:
    """Runs a session to its end; Ctrl+C ends it after the current step. Raises LayerError."""
    report = TextReport()
    with report if progress else nullcontext(), ended_by_interrupt(session):
        for event in session:
            note(event)
            if progress:
                report.show(event)
    if progress:
        assert isinstance(event, Finished)  # the last event of every run
        report.finish(event, program.parameters.count, None)


def _counts(graph: Graph, run: Checkpoint) -> tuple[int, ...]:
    """What a file says that the loss was balanced by; nothing where the design has other classes."""
    shapes = infer(graph).shapes
    values = [shapes.get(block.id) for block in graph.blocks if isinstance(block.layer, Output)]
    return run.counts if (len(run.counts),) in values else ()


def _stale_block(graph: Graph, weights: Mapping[str, Array]) -> str:
    """The name of a block for which a file has no weights that fit; empty where all do."""
    network = expand(graph).network
    for block_id, arrays in parameters(network, infer(graph).shapes).items():
        for name, wanted in arrays.items():
            found = weights.get(f"{block_id}.{name}")
            if found is None or found.shape != wanted.shape:
                return network[block_id].name
    return ""
