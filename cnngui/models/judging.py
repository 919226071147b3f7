"""Judging: how good a network is, which samples it reads wrongly, and how long an epoch of a design takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from cnngui.compute.jobs.base import Job
from cnngui.compute.jobs.evaluate import Evaluate
from cnngui.compute.jobs.measure import Measure
from cnngui.compute.jobs.sort_out import SortOut
from cnngui.compute.jobs.weigh import Weigh
from cnngui.compute.thread import ComputeThread
from cnngui.models.data import Data, DataPart
from cnngui.models.run import Run
from cnngui.models.shown_run import Weights
from core.data.dataset import Dataset
from core.design.expand import computed
from core.design.graph import Graph
from core.errors import Problem
from core.training.evaluate import Evaluation
from core.training.need import Need
from core.training.verdicts import Verdict

if TYPE_CHECKING:
    from core.training.estimate import Estimate


EACH: Final = 6
"""Samples of each sort that are shown."""
_UNSEEN_FIRST: Final[tuple[DataPart, ...]] = ("validation", "test", "training")


@dataclass(frozen=True, eq=False)
class Sorted:
    """Samples of a part of the data with what a network made of them."""

    part: DataPart
    data: Dataset
    verdicts: tuple[Verdict, ...] = ()


class Judging(QObject):
    """Results belong to the weights, or to the design, that they were asked for, whatever is shown then."""

    evaluated = Signal(object)
    """Evaluation of the network in hand, as far as it is."""
    sorted_out = Signal()
    """Samples that the network in hand is right or wrong about are known now."""
    measured = Signal()
    """A measurement began or is over; `estimate_for` has what it found."""
    weighed = Signal()
    """What `weigh` has asked for is known, or can't be."""
    failed = Signal(object)
    """Problem: what was asked for can't be done."""

    def __init__(self, data: Data, run: Run, compute: ComputeThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._run = run
        self._compute = compute
        self._asked: dict[Job, Weights] = {}
        self._found: WeakKeyDictionary[Weights, Evaluation] = WeakKeyDictionary()
        self._sorting: dict[Job, tuple[Weights, Sorted]] = {}
        self._sorted: WeakKeyDictionary[Weights, Sorted] = WeakKeyDictionary()
        self._measuring: Measure | None = None
        self._measured: tuple[Measure, Estimate | None] | None = None
        self.weighing = False
        """Whether an answer to `weigh` is still to come."""
        self._weighing: Weigh | None = None
        self._need: Need | None = None
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
    def samples(self) -> Sorted | None:
        """Samples that the network in hand is right or wrong about, once `sort_out` has found them."""
        return self._sorted.get(self._run.weights)

    def sort_out(self) -> None:
        """Looks for such samples where they aren't known, if possible in data that were not trained on."""
        weights, parts = self._run.weights, self._data.parts
        asked = [known for known, _ in self._sorting.values()]
        part = next((part for part in _UNSEEN_FIRST if part in parts), None)
        busy = self._run.active or self._data.loading is not None  # what is there may be another project's
        if part is not None and self.samples is None and weights not in asked and not busy:
            job = SortOut(parts[part], EACH)
            self._sorting[job] = weights, Sorted(part, parts[part])
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

    def weigh(self, graph: Graph) -> Need | None:
        """The memory that training this design takes, where that is known; else asks, once, and `weighed`
        tells."""
        plan, parts = self._run.plan, self._data.parts
        samples = min(plan.batch_size, len(parts["training"])) if "training" in parts else plan.batch_size
        known, kind = self._weighing, plan.optimizer.kind
        if (
            known is not None
            and (known.samples, known.plan.optimizer.kind) == (samples, kind)
            and computed(known.graph) == computed(graph)
        ):
            return self._need
        self.weighing, self._need, self._weighing = True, None, Weigh(graph, plan, samples)
        self._compute.send(self._weighing)
        return None

    def _take(self, job: Job, answer: object) -> None:
        if isinstance(answer, Evaluation) and job in self._asked:
            weights = self._asked[job]
            self._found[weights] = answer
            if answer.done == answer.samples:
                del self._asked[job]
            if weights is self._run.weights:
                self.evaluated.emit(answer)
        elif job in self._sorting and isinstance(answer, tuple):
            weights, wish = self._sorting.pop(job)
            self._sorted[weights] = replace(wish, verdicts=answer)
            if weights is self._run.weights:
                self.sorted_out.emit()
        elif isinstance(job, Measure):
            self._end_measurement(job, answer)
        elif job is self._weighing:
            self.weighing, self._need = False, answer if isinstance(answer, Need) else None
            self.weighed.emit()

    def _fail(self, job: Job, problem: Problem) -> None:
        if self._asked.pop(job, None) is not None:
            self.failed.emit(problem)
        self._sorting.pop(job, None)  # nobody has asked for it: there is nothing to see, then
        if isinstance(job, Measure):
            self._end_measurement(job, None)
            self.failed.emit(problem)
        if job is self._weighing:
            self.weighing = False  # its figure is missing, which says enough
            self.weighed.emit()

    def _end_measurement(self, job: Measure, found: object) -> None:
        from core.training.estimate import Estimate  # noqa: PLC0415  # not before the first paint

        self._measuring = None
        self._measured = job, found if isinstance(found, Estimate) else None
        self.measured.emit()
