"""Looking into the network: the sample looked at, what the viewers wish to see of it, and what is found."""

from __future__ import annotations

import random
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.compute.jobs.ask import Ask
from cnngui.compute.jobs.base import Job
from cnngui.compute.thread import ComputeThread
from cnngui.models.data import Data, DataPart
from cnngui.models.document import Document
from cnngui.models.run import POLL_MS, Run, State
from cnngui.models.selection import Selection
from core.data.dataset import Dataset
from core.design.infer import entry_shape
from core.errors import Problem
from core.maths.arrays import Shape
from core.probes.feature_maps import FeatureMaps, Snapshot


def first_image_block(document: Document) -> str | None:
    """The first block of the design that gives several feature maps."""
    shapes = document.inference.shapes
    return next((b for b in document.graph.order if len(shapes.get(b, ())) == 3 and shapes[b][0] > 1), None)


def block_to_look_at(document: Document, selection: Selection) -> str | None:
    """The current block; where nothing is selected, the first one that gives feature maps."""
    current = selection.current
    return current if current in document.graph.by_id else first_image_block(document)


class Looking(QObject):
    """Fetches maps only for the blocks and the sample that a viewer watches."""

    sample_changed = Signal()
    """Another sample is looked at."""
    snapshot_changed = Signal()
    """New feature maps in `snapshot`, or none any more."""
    failed = Signal(object)
    """Problem: the network can't be looked into."""

    def __init__(self, data: Data, run: Run, compute: ComputeThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._run = run
        self._compute = compute
        self._part: DataPart = "validation"  # what the network does with it, it can't have learned by heart
        self._index = 0
        self._snapshot: Snapshot | None = None
        self._shape: Shape | None = None
        self._wanted: dict[str, frozenset[str]] = {}
        self._asked: Ask | None = None
        self._ask_again = False
        self._tick = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        compute.answered.connect(self._miss)
        compute.failed.connect(self._fail)
        data.arrived.connect(self._take_data)
        run.network_changed.connect(self._take_network)
        run.state_changed.connect(self._keep_time)
        run.ended.connect(self._ask)

    @property
    def part(self) -> DataPart:
        """The part of the data that the sample is taken from."""
        return self._part if self._part in self._data.parts else "training"

    @property
    def samples(self) -> Dataset | None:
        """The samples of that part."""
        return self._data.parts.get(self.part)

    @property
    def index(self) -> int:
        """The sample's number within its part."""
        return self._index % len(self.samples) if self.samples is not None else 0

    @property
    def snapshot(self) -> Snapshot | None:
        """What was found last in the network in hand."""
        return self._snapshot

    @property
    def sample_fits(self) -> bool:
        """Whether the sample looked at has the shape that the network in hand takes."""
        return self.samples is not None and self.samples.spec.shape == self._shape

    def look_at(self, part: DataPart, index: int) -> None:
        """Chooses the sample; the index wraps around."""
        if part in self._data.parts:
            self._part, self._index = part, index % len(self._data.parts[part])
            self.sample_changed.emit()
            self._ask()

    def look_at_random(self) -> None:
        """Chooses any sample of the current part."""
        if self.samples is not None:
            self.look_at(self.part, random.randrange(len(self.samples)))

    def watch(self, viewer: str, blocks: Iterable[str]) -> None:
        """Names the blocks whose maps this viewer shows; no others are fetched."""
        before, self._wanted[viewer] = self._wanted.get(viewer), frozenset(blocks)
        if self._wanted[viewer] != before:
            self._ask()

    def _take_data(self) -> None:
        self._part, self._index = self.part, self.index
        self.sample_changed.emit()
        self._ask()

    def _take_network(self) -> None:
        """What is found of the network before is dropped, also what is still on its way."""
        graph = self._run.graph
        self._shape = entry_shape(graph) if graph is not None else None
        self._asked = None
        if not self._run.active:
            self._snapshot = None
            self.snapshot_changed.emit()
        self._ask()

    def _ask(self) -> None:
        """Asks for the maps of the sample looked at; while an answer is awaited, once that is there."""
        self._ask_again = self._asked is not None
        blocks = frozenset[str]().union(*self._wanted.values())
        if self._asked is not None or not blocks or self.samples is None or not self.sample_fits:
            return
        sample, _ = self.samples.batch(slice(self.index, self.index + 1))
        self._asked = Ask(FeatureMaps.kind, FeatureMaps(blocks, sample[0]))
        self._compute.send(self._asked)
        self._timer.start()

    def _keep_time(self) -> None:
        if self._run.state is State.RUNNING:
            self._timer.start()
        elif self._run.state is State.PAUSED:
            self._ask()  # the maps are those of the step that the curves end with

    def _poll(self) -> None:
        found = self._compute.mailbox.take_answer(FeatureMaps.kind)
        if found is not None and found[0] is self._asked:
            self._asked = None
            self._snapshot = found[1]
            self.snapshot_changed.emit()
        self._tick += 1
        if self._ask_again or (self._run.state is State.RUNNING and self._tick % 2 == 0):
            self._ask()
        if not self._run.active and self._asked is None:
            self._timer.stop()

    def _miss(self, job: Job, _: object) -> None:
        if job is self._asked:
            self._asked = None

    def _fail(self, job: Job, problem: Problem) -> None:
        if isinstance(job, Ask):
            self._miss(job, None)
            self.failed.emit(problem)
