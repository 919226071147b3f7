"""Judging: how good a network is on the test data, and how long an epoch of a design takes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from cnngui.compute.jobs.base import Job
from cnngui.compute.jobs.evaluate import Evaluate
from cnngui.compute.jobs.measure import Measure
from cnngui.compute.thread import ComputeThread
from cnngui.models.data import Data
from cnngui.models.run import Run
from cnngui.models.run_record import Weights
from core.design.expand import computed
from core.design.graph import Graph
from core.errors import Problem
from core.training.evaluate import Evaluation

if TYPE_CHECKING:
    from core.training.estimate import Estimate


class Judging(QObject):
    """Results belong to the weights, or to the design, that they were asked for, whatever is shown then."""

    evaluated = Signal(object)
    """Evaluation of the network in hand, as far as it is."""
    measured = Signal()
    """A measurement began or is over; `estimate_for` has what it found."""
    failed = Signal(object)
    """Problem: what was asked for can't be done."""

    def __init__(self, data: Data, run: Run, compute: ComputeThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._run = run
        self._compute = compute
        self._asked: dict[Job, Weights] = {}
        self._found: WeakKeyDictionary[Weights, Evaluation] = WeakKeyDictionary()
        self._measuring: Measure | None = None
        self._measured: tuple[Measure, Estimate | None] | None = None
        compute.answered.connect(self._take)
        compute.failed.connect(self._fail)

    @property
    def can_evaluate(self) -> bool:
        """Whether there is a network with weights, and test data."""
        return self._run.graph is not None and "test" in self._data.parts

    @property
    def evaluation(self) -> Evaluation | None:
        """What is known of the network in hand."""
        return self._found.get(self._run.weights)

    def evaluate(self) -> None:
        """Judges the network on the test part; `evaluated` brings the results."""
        parts = self._data.parts
        if "test" in parts:
            job = Evaluate(parts["test"], parts["training"])
            self._asked[job] = self._run.weights
            self._compute.send(job)

    @property
    def measuring(self) -> bool:
        """Whether the time of an epoch is being measured."""
        return self._measuring is not None

    def measure(self, graph: Graph) -> None:
        """Measures how long an epoch of this design would take on the data there are; never during a run."""
        parts = self._data.parts
        if not (self._run.active or self.measuring) and "training" in parts:
            self._measuring = Measure(graph, self._run.plan, parts["training"], parts.get("validation"))
            self._compute.send(self._measuring)
            self.measured.emit()

    def estimate_for(self, graph: Graph) -> Estimate | None:
        """What was measured, as far as it still holds for this design, the plan and the data."""
        if self._measured is None:
            return None
        job, found = self._measured
        plan = self._run.plan
        same_step = job.plan.batch_size == plan.batch_size and isinstance(
            job.plan.optimizer, type(plan.optimizer)
        )
        same_data = job.train is self._data.parts.get("training")
        return found if same_step and same_data and computed(job.graph) == computed(graph) else None

    def _take(self, job: Job, answer: object) -> None:
        if isinstance(answer, Evaluation) and job in self._asked:
            weights = self._asked[job]
            self._found[weights] = answer
            if answer.done == answer.samples:
                del self._asked[job]
            if weights is self._run.weights:
                self.evaluated.emit(answer)
        elif isinstance(job, Measure):
            self._end_measurement(job, answer)

    def _fail(self, job: Job, problem: Problem) -> None:
        if self._asked.pop(job, None) is not None:
            self.failed.emit(problem)
        if isinstance(job, Measure):
            self._end_measurement(job, None)
            self.failed.emit(problem)

    def _end_measurement(self, job: Measure, found: object) -> None:
        from core.training.estimate import Estimate  # noqa: PLC0415  # not before the first paint

        self._measuring = None
        self._measured = job, found if isinstance(found, Estimate) else None
        self.measured.emit()
