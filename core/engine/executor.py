"""The engine as a `Program`: the same interface and numbers as the reference, many times as fast."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.data.dataset import Dataset
from core.design.graph import Graph
from core.engine.machine.team import default_threads
from core.engine.machine.vectors import WIDTH
from core.engine.network import lower
from core.engine.operations.batch import Samples
from core.engine.passes import Inspector, Pass, Training
from core.engine.tables import Forward, SingleImage
from core.engine.tape import Tape
from core.errors import CoreError, LayerError
from core.layers.lowering import NotLoweredError
from core.maths.arrays import Array
from core.maths.optim import Optimizer, OptimizerState
from core.running.program import Execution, Program, Result
from core.running.reference import ReferenceProgram

EVALUATION_BATCH = 64
"""Images that pass through the network together in evaluation: more would only need more memory."""

FEW = 5 * WIDTH // 8
"""Up to so many images are faster one by one than side by side in lanes: small networks break even at five
of eight lanes, larger ones at six or seven."""

_OF_TARGETS = 3
"""Arrays as large as the targets that a step makes outside of the table: they themselves, where they are no
class numbers, and two that the metrics take."""

KEPT = 8
"""Tables for one image that are kept, each for other wanted blocks and with packed weights of its own."""


class EngineProgram(Program):
    """Runs float32 on the engine, and in NumPy what that has no operation for."""

    own_memory = 125 * 2**20  # numba, LLVM, operations: 112 on Python 3.11, 150 on 3.13: benchmarks/memory.py
    keeps_step_memory = True

    def __init__(
        self, graph: Graph, *, seed: int = 0, dtype: DTypeLike = np.float32, drawn: bool = True
    ) -> None:
        super().__init__(graph, seed=seed, dtype=dtype, drawn=drawn)
        self.execution = Execution("engine", WIDTH, default_threads())
        self._training: Training | None = None
        self._inspector: Inspector | None = None
        self._forward: dict[frozenset[str], Forward] = {}
        self._single: dict[frozenset[str], SingleImage | None] = {}
        self._on_reference: ReferenceProgram | None = None
        slow = lower(self, Tape(1, 1, training=True), ()).on_reference
        if slow:
            names = ", ".join(graph[block].name for block in slow)
            self.notice = f"Without an operation of the fast engine, and so slower: {names}."

    def step_memory(self, samples: int, optimizer: Optimizer) -> int:
        planned = Pass(self, -(-samples // WIDTH), planned=True).size
        if self.output_layer.target == "class":
            return planned
        values = math.prod(self.shapes[self.output.id])
        return planned + _OF_TARGETS * self.dtype.itemsize * values * samples

    def _train_step(
        self,
        x: Array,
        target: NDArray[Any],
        state: OptimizerState,
        numbers: NDArray[np.int64] | None = None,
    ) -> Result:
        return self._step(
            Samples.all(x), target, state, lambda: self.diverged(x, target, state.step, numbers)
        )

    def _train_on(
        self, data: Dataset, chosen: NDArray[np.int64], target: NDArray[Any], state: OptimizerState
    ) -> Result:
        samples = _stored(data, chosen)
        if samples is None:
            return super()._train_on(data, chosen, target, state)

        def reason() -> CoreError:
            return self.diverged(data.batch(chosen, self.dtype)[0], target, state.step, chosen)

        return self._step(samples, target, state, reason)

    def _step(
        self,
        samples: Samples,
        target: NDArray[Any],
        state: OptimizerState,
        reason: Callable[[], CoreError],
    ) -> Result:
        """A training step; `reason` finds out what went wrong."""
        blocks = -(-len(samples.places) // WIDTH)
        if self._training is None or self._training.blocks < blocks:
            self._training = None  # its memory is free before the larger one is planned
            self._training = Training(self, blocks, state)
        statistics = self.parameters.statistics.copy()
        try:
            finite, loss, scores = self._training.step(samples, target, state)
            if not finite:
                raise reason()
        except CoreError:
            self.parameters.statistics[...] = statistics
            raise
        if not self._training.left_finite or not np.isfinite(self.parameters.statistics).all():
            self._require_finite(state)
        return self._result(loss, scores, target)

    def _outputs(self, x: Array, blocks: frozenset[str]) -> dict[str, Array]:
        if len(x) <= FEW and (single := self._single_image(blocks)):
            return single.outputs(x)
        return self._batch_outputs(Samples.all(x), blocks)

    def _scores_on(self, data: Dataset, chosen: NDArray[np.int64]) -> Array:
        samples = _stored(data, chosen)
        if samples is None or len(chosen) <= FEW:
            return super()._scores_on(data, chosen)
        return self._batch_outputs(samples, frozenset([self.output.id]))[self.output.id]

    def _batch_outputs(self, samples: Samples, wanted: frozenset[str]) -> dict[str, Array]:
        blocks_needed = -(-min(len(samples.places), EVALUATION_BATCH) // WIDTH)
        table = self._forward.get(wanted)
        if table is None or table.blocks < blocks_needed:
            table = self._forward[wanted] = Forward(self, wanted, blocks_needed)
        return table.outputs(samples)

    def _pass(
        self, x: Array, target: NDArray[Any], outputs: frozenset[str], gradients: frozenset[str], step: int
    ) -> tuple[float, dict[str, Array], dict[str, Array]]:
        wishes, blocks = (outputs, gradients), -(-len(x) // WIDTH)
        if self._inspector is None or self._inspector.wishes != wishes or self._inspector.blocks < blocks:
            self._inspector = None
            self._inspector = Inspector(self, blocks, *wishes)
        return self._inspector.look(Samples.all(x), target, step)

    def _single_image(self, wanted: frozenset[str]) -> SingleImage | None:
        """The table for one image at a time; None where a layer has no operation for that."""
        if wanted not in self._single:
            if len(self._single) == KEPT:
                del self._single[next(iter(self._single))]  # the oldest
            try:
                self._single[wanted] = SingleImage(self, wanted)
            except NotLoweredError:
                self._single[wanted] = None
        return self._single[wanted]

    def blame(self, x: Array, target: NDArray[Any], step: int = 0) -> LayerError:
        return self._reference.blame(x, target, step)

    def _made_anew(self) -> dict[str, Any]:
        tables: dict[str, Any] = {"_training": None, "_inspector": None, "_forward": {}, "_single": {}}
        return {**tables, "_on_reference": None}

    @property
    def _reference(self) -> ReferenceProgram:
        """The same network on the reference, with the same parameters."""
        if self._on_reference is None:
            self._on_reference = ReferenceProgram(self.graph, seed=self.seed, parameters=self.parameters)
        return self._on_reference


def _stored(data: Dataset, chosen: NDArray[np.int64]) -> Samples | None:
    """Samples where the data set has them; None where their numbers need to be converted first."""
    if data.images.dtype not in (np.uint8, np.float32) or not data.images.flags.c_contiguous:
        return None
    places = np.ascontiguousarray(data.places(chosen))
    if len(places) and not 0 <= places.min() <= places.max() < len(data.images):
        raise IndexError(f"samples {places.min()} to {places.max()} of {len(data.images)}")
    return Samples(data.images, places)
