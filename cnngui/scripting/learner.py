"""What a network has learned, and how it learns more."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np

from cnngui.cli.reports import TextReport, compilation_shown
from cnngui.cli.terminal import ended_by_interrupt
from cnngui.scripting.plans import total_epochs
from core.compile import compile_graph
from core.data.dataset import Source, split
from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import infer, parameters
from core.errors import FormatError
from core.formats.project import ProjectFile
from core.maths.arrays import Array
from core.maths.optim import OptimizerState
from core.running.program import Program
from core.training.checkpoint import Checkpoint
from core.training.evaluate import Mean
from core.training.events import Finished
from core.training.plan import Plan
from core.training.session import Session


@dataclass(frozen=True, eq=False)
class Fed:
    """What a run has learned from: a source, or the spec of one; the share held out, and the seed of that."""

    spec: str
    share: float
    seed: int
    source: Source | None = None

    def is_same(self, other: Fed) -> bool:
        """Whether both are the same samples, divided alike: a run can go on with them."""
        if (self.share, self.seed) != (other.share, other.seed):
            return False
        if self.spec or other.spec:
            return self.spec == other.spec
        return self.source is not None and other.source is not None and _equal(self.source, other.source)


def _equal(one: Source, other: Source) -> bool:
    a, b = one.train, other.train
    return a.spec == b.spec and np.array_equal(a.targets, b.targets) and np.array_equal(a.images, b.images)


class Learner:
    """A design with its program, its run, and what that has learned from; or those of a file."""

    def __init__(self, graph: Graph, file: ProjectFile | None = None) -> None:
        self.run: Checkpoint | None = None if file is None else file.checkpoint
        self._graph = graph
        self._weights: dict[str, Array] = self.run.kept if self.run else {}
        self._program: Program | None = None
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

    def ready(self, plan: Plan, *, progress: bool = True) -> Program:
        """The design made runnable, with what was learned.

        Raises FormatError where a file's design was changed after its training, DesignError for one with
        errors.
        """
        if self._stale:
            raise FormatError(
                f"The design was changed after its training: {self._stale} has no weights that fit.",
                "Train it again.",
            )
        return self._compiled(plan.seed, progress=progress)

    def train(self, source: Source, plan: Plan, epochs: int | None, *, progress: bool) -> Plan:
        """Trains, and gives the plan of the run; goes on with the last run on the same data.

        Raises LayerError where the training fails; what was learned before is kept.
        """
        train, validation = split(source.train, plan.validation, plan.seed)
        fed = Fed(source.spec, plan.validation, plan.seed, source)
        goes_on = not self._stale and self._fed is not None and self._fed.is_same(fed)
        resumed = self.run if goes_on else None
        plan = replace(plan, epochs=total_epochs(plan, resumed, epochs))
        program = self._compiled(plan.seed, progress=progress)
        session = Session(program, train, validation, plan, resumed)
        before = session.step
        try:
            _follow(session, program, progress=progress)
        finally:
            if session.step > before or resumed is not None:
                self.run, self._fed, self._stale = session.checkpoint(), fed, ""
                program.parameters.load(self.run.kept)
        return plan

    def kept(self, plan: Plan) -> Checkpoint | None:
        """The run for a file; where weights were learned by another one, one with them that hasn't begun."""
        if self.run is not None or not self._weights:
            return self.run
        program = self._compiled(plan.seed, progress=True)
        state = OptimizerState(plan.optimizer, program.parameters.values, plan.clipping)
        return Checkpoint(plan, program.parameters.save(), state.slots, 0, 0, 0, Mean(), 0.0, None)

    def _compiled(self, seed: int, *, progress: bool) -> Program:
        """The program, with what was learned; compiled anew where it isn't that of this seed."""
        if self._program is None or self._program.seed != seed:
            self._keep_weights()
            with compilation_shown() if progress else nullcontext():
                self._program = compile_graph(self._graph, seed=seed)
            self._program.parameters.load(self._weights)
        return self._program

    def _keep_weights(self) -> None:
        """Takes what was learned out of the program, whose place another one will take."""
        if self._program is not None and (self.run is not None or self._weights):
            self._weights = self._program.parameters.save()


def _follow(session: Session, program: Program, *, progress: bool) -> None:
    """Runs a session to its end; Ctrl+C ends it after the current step. Raises LayerError."""
    report = TextReport()
    with report if progress else nullcontext(), ended_by_interrupt(session):
        for event in session:
            if progress:
                report.show(event)
    if progress:
        assert isinstance(event, Finished)  # the last event of every run
        report.finish(event, program.parameters.count, None)


def _stale_block(graph: Graph, weights: Mapping[str, Array]) -> str:
    """The name of a block for which a file has no weights that fit; empty where all do."""
    network = expand(graph).network
    for block_id, arrays in parameters(network, infer(graph).shapes).items():
        for name, wanted in arrays.items():
            found = weights.get(f"{block_id}.{name}")
            if found is None or found.shape != wanted.shape:
                return network[block_id].name
    return ""
