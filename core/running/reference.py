"""The reference executor: runs each layer's own NumPy forward and backward, in any float dtype.

It is the specification that the fast engine is tested against, and what runs where there is no engine.
"""

from __future__ import annotations

import math
import tracemalloc
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from threadpoolctl import threadpool_limits

from core.design.graph import Graph
from core.errors import CoreError, LayerError
from core.layers.base import Mode
from core.maths import random
from core.maths.arrays import Array
from core.maths.optim import Optimizer, OptimizerState
from core.native.memory import physical_memory
from core.running import causes, invented
from core.running.parameters import Parameters
from core.running.program import Program, Result, quiet, running

Values = dict[str, Array]


def one_blas_thread() -> None:
    """The products here are too small to share, and sums keep one order."""
    threadpool_limits(1, user_api="blas")


_FEW = 8
"""Samples that a step is tried on to see what it takes."""


def _traced_step(program: ReferenceProgram, samples: int, optimizer: Optimizer) -> int:
    """The most bytes at a time that a step on so many samples takes, its batch among them."""
    x, target = invented.batch(program, samples)
    state = OptimizerState(optimizer, program.parameters.values)
    tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        for _ in range(2):  # what the first one has brought in once, the second one needs no more
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            with suppress(CoreError):  # one sample may be too few for a layer, and random images too much
                program.step(x, target, state)
            peak = tracemalloc.get_traced_memory()[1]
    finally:
        if not tracing:
            tracemalloc.stop()
    return peak - before + x.nbytes + target.nbytes


class ReferenceProgram(Program):
    """Keeps every block's output of a training step until its backward pass is done."""

    own_memory = 7 * 2**18  # of NumPy, with what Python 3.13 takes more: benchmarks/memory.py

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        parameters: Parameters | None = None,
        drawn: bool = True,
    ) -> None:
        super().__init__(graph, seed=seed, dtype=dtype, parameters=parameters, drawn=drawn)
        self._traced: dict[tuple[int, str], int] = {}
        one_blas_thread()

    def step_memory(self, samples: int, optimizer: Optimizer) -> int:
        """Of more than a few samples, told from steps on a few: what each further one adds."""
        if samples <= _FEW:
            return self._traced_step(samples, optimizer)
        fewer, few = (self._traced_step(count, optimizer) for count in (_FEW // 2, _FEW))
        return few + (few - fewer) * (samples - _FEW) // (_FEW - _FEW // 2)

    def _traced_step(self, samples: int, optimizer: Optimizer) -> int:
        """The most bytes that a step on so many samples takes at a time, its batch among them."""
        asked = samples, optimizer.kind
        if asked not in self._traced:
            program = ReferenceProgram(self.graph, seed=self.seed, dtype=self.dtype)
            self._traced[asked] = _traced_step(program, samples, optimizer)
        return self._traced[asked]

    @quiet()
    def _train_step(
        self,
        x: Array,
        target: NDArray[Any],
        state: OptimizerState,
        numbers: NDArray[np.int64] | None = None,
    ) -> Result:
        self._need_memory(len(x))
        return self.step(x, target, state, numbers)

    @quiet()
    def step(
        self,
        x: Array,
        target: NDArray[Any],
        state: OptimizerState,
        numbers: NDArray[np.int64] | None = None,
    ) -> Result:
        """`train_step` for arrays that are known to be a batch that fits."""
        statistics = self.parameters.statistics.copy()
        values, saved = self._forward(x, state.step)
        scores = values[self.output.id]
        loss, gradient = self.output_layer.loss(scores, target)
        result = self._result(loss, scores, target)
        if np.isfinite(loss):
            self._backward(gradient, saved)
        if not np.isfinite(loss) or not np.isfinite(self.parameters.gradients).all():
            self.parameters.statistics[...] = statistics
            raise self.diverged(x, target, state.step, numbers)
        state.update(self.parameters.values, self.parameters.gradients)
        self._require_finite(state)
        return result

    @quiet()
    def _outputs(self, x: Array, blocks: frozenset[str]) -> dict[str, Array]:
        self._need_memory(len(x))
        values, _ = self._forward(x, None)
        return {block: values[block].copy() for block in blocks}

    @quiet()
    def _pass(
        self, x: Array, target: NDArray[Any], outputs: frozenset[str], gradients: frozenset[str], step: int
    ) -> tuple[float, Values, Values]:
        self._need_memory(len(x))
        values, saved = self._forward(x, step)
        loss, gradient = self.output_layer.loss(values[self.output.id], target)
        found = self._backward(gradient, saved)
        return (
            loss,
            {block: values[block].copy() for block in outputs},
            {block: found[block].copy() for block in gradients if block in found},
        )

    def _need_memory(self, count: int) -> None:
        """Raises MemoryError for a batch that can't fit: a system may give memory that it doesn't have."""
        needed = count * self.dtype.itemsize * sum(math.prod(shape) for shape in self.shapes.values())
        if needed > (physical_memory() or math.inf):
            raise MemoryError(needed)

    @quiet()
    def gradients(self, x: Array, target: NDArray[Any], step: int = 0) -> tuple[float, Values]:
        """The loss of a training pass and its gradient for every block's output.

        Parameters and running statistics stay as they are; the parameters' gradients are in
        `parameters.gradients` afterwards.
        """
        values, saved = self._forward_only(x, step)
        loss, gradient = self.output_layer.loss(values[self.output.id], target)
        return loss, self._backward(gradient, saved)

    @quiet()
    def blame(self, x: Array, target: NDArray[Any], step: int = 0) -> LayerError:
        broken = self.parameters.broken()
        if broken is not None:
            return causes.in_learned(self.graph[broken[0]], broken[1], step)
        values, saved = self._forward_only(x, 0)
        for block_id in self.graph.order:
            if not np.isfinite(values[block_id]).all():
                return causes.in_block(self.graph[block_id], "forward", x, step)
        _, gradient = self.output_layer.loss(values[self.output.id], target)
        gradients = self._backward(gradient, saved)
        for block_id in reversed(self.graph.order):
            if block_id in gradients and not np.isfinite(gradients[block_id]).all():
                return causes.in_block(self.graph[block_id], "backward", x, step)
        return causes.in_block(self.output, "forward", x, step)

    def _forward_only(self, x: Array, step: int) -> tuple[Values, dict[str, Any]]:
        """A training pass that leaves the running statistics as they are."""
        statistics = self.parameters.statistics.copy()
        passed = self._forward(x, step)
        self.parameters.statistics[...] = statistics
        return passed

    def _forward(self, x: Array, step: int | None) -> tuple[Values, dict[str, Any]]:
        """Outputs and saved values of all blocks; `step` is None in evaluation mode."""
        values: Values = {}
        saved: dict[str, Any] = {}
        for block_id in self.graph.order:
            inputs = [values[wire.source] for wire in self.graph.incoming(block_id)] or [x]
            mode = Mode(step is not None, random.key(self.seed, step or 0, block_id))
            with running(self.graph[block_id], "forward"):
                values[block_id], saved[block_id] = self._block_forward(block_id, mode, inputs)
        return values, saved

    def _block_forward(self, block_id: str, mode: Mode, inputs: list[Array]) -> tuple[Array, Any]:
        """A block's output, and what its backward pass needs."""
        return self.graph[block_id].layer.forward(self.parameters.blocks[block_id], mode, *inputs)

    def _backward(self, gradient: Array, saved: dict[str, Any]) -> Values:
        """Back-propagates; the gradients of a block that feeds several others add up (Baydin et al. 2018)."""
        gradients: Values = {self.output.id: gradient}
        for block_id in reversed(self.graph.order):
            wires = self.graph.incoming(block_id)
            if not wires or block_id not in gradients:
                continue
            if block_id == self.output.id:
                back: tuple[Array, ...] = (gradient,)
            else:
                with running(self.graph[block_id], "backward"):
                    back, own = self._block_backward(block_id, saved[block_id], gradients[block_id])
                self.parameters.set_gradients(block_id, own)
            for wire, part in zip(wires, back, strict=True):
                known = gradients.get(wire.source)
                gradients[wire.source] = part if known is None else known + part
        return gradients

    def _block_backward(
        self, block_id: str, saved: Any, gradient: Array
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        """The gradients with respect to a block's inputs and to its parameters."""
        return self.graph[block_id].layer.backward(self.parameters.blocks[block_id], saved, gradient)
