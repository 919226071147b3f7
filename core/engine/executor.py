"""The engine as a `Program`: the same interface and numbers as the reference, many times as fast."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.data.dataset import Dataset
from core.engine.arena import Arena, Buffer, Fixed, Operand, kernels_of
from core.engine.batch import BatchRow, LoadRow, Samples, batch_row, load_batch, load_row, store_batch
from core.engine.guard import guarding, run_guarded
from core.engine.loss import LossRow
from core.engine.lowering import Loss, Lowering, NotLoweredError
from core.engine.network import Network, lower
from core.engine.operation import Kernel, compile_kernels
from core.engine.optimizers import CheckRow, Updater, check_gradients
from core.engine.plan import Plan, Value
from core.engine.reference_node import bring_in, memory, outside
from core.engine.single.lowering import SingleLowering
from core.engine.single.moving import PlanesRow, from_planes, planes_row, to_planes
from core.engine.single.pixels import Pixels, emit_border, pixels
from core.engine.team import Team, default_threads
from core.engine.vectors import WIDTH
from core.errors import LayerError
from core.graph import Graph
from core.infer import cost
from core.layers.base import Array
from core.optim import OptimizerState
from core.program import Program, Result, quiet
from core.reference import ReferenceProgram

EVALUATION_BATCH = 64
"""Images that pass through the network together in evaluation: more would only need more memory."""

FEW = 5 * WIDTH // 8
"""Up to so many images are faster one by one than side by side in lanes: small networks break even at five
of eight lanes, larger ones at six or seven."""

KEPT = 8
"""Tables for one image that are kept, each for other wanted blocks and with packed weights of its own."""

SMALL = 1_000_000
"""Multiply-adds that one thread does for an image before others have begun."""

_turn = threading.Lock()
"""Held while the team works: it serves one caller at a time."""


@cache
def _team(threads: int) -> Team:
    """The team of this process with that many threads."""
    return Team(threads)


class EngineProgram(Program):
    """Runs float32 on the engine, and in NumPy what that has no operation for."""

    def __init__(self, graph: Graph, *, seed: int = 0, dtype: DTypeLike = np.float32) -> None:
        super().__init__(graph, seed=seed, dtype=dtype)
        self._training: _Training | None = None
        self._probe: _Probe | None = None
        self._forward: dict[frozenset[str], _Forward] = {}
        self._single: dict[frozenset[str], _SingleImage | None] = {}
        slow = self.lower(Plan(1, 1, training=True), ()).on_reference
        if slow:
            names = ", ".join(graph[block].name for block in slow)
            self.notice = f"Without an operation of the fast engine, and so slower: {names}."

    def lower(self, plan: Plan, wanted: Collection[str], kind: type[Lowering] = Lowering) -> Network:
        """The network as nodes of a plan."""
        return lower(plan, self.graph, self.shapes, self.parameters, self.seed, wanted, kind)

    def train_step(self, x: Array, target: NDArray[Any], state: OptimizerState) -> Result:
        return self._step(Samples.all(x), target, state, lambda: x)

    def train_on(self, data: Dataset, chosen: NDArray[np.int64], state: OptimizerState) -> Result:
        samples = _stored(data, chosen)
        if samples is None:
            return super().train_on(data, chosen, state)
        return self._step(samples, self.targets(data, chosen), state, lambda: self.batch(data, chosen)[0])

    def _step(
        self, samples: Samples, target: NDArray[Any], state: OptimizerState, x: Callable[[], Array]
    ) -> Result:
        """A training step; `x` gives the samples as numbers, to find out what went wrong."""
        self.output_layer.check(self.shapes[self.output.id], target)
        count = len(samples.places)
        blocks = -(-count // WIDTH)
        if self._training is None or self._training.blocks < blocks:
            self._training = None  # its memory is free before the larger one is planned
            self._training = _Training(self, blocks, state)
        statistics = self.parameters.statistics.copy()
        try:
            finite, loss, scores = self._training.step(samples, target, state)
            if not finite:
                raise self.blame(x(), target)
        except LayerError:
            self.parameters.statistics[...] = statistics
            raise
        return Result(loss, self.output_layer.measure(scores, target), count)

    def outputs(self, x: Array, blocks: Collection[str]) -> dict[str, Array]:
        wanted = frozenset(blocks)
        if len(x) <= FEW and (single := self._single_image(wanted)):
            return single.outputs(x)
        return self._batch_outputs(Samples.all(x), wanted)

    def scores_on(self, data: Dataset, chosen: NDArray[np.int64]) -> Array:
        samples = _stored(data, chosen)
        if samples is None or len(chosen) <= FEW:
            return super().scores_on(data, chosen)
        return self._batch_outputs(samples, frozenset([self.output.id]))[self.output.id]

    def _batch_outputs(self, samples: Samples, wanted: frozenset[str]) -> dict[str, Array]:
        blocks_needed = -(-min(len(samples.places), EVALUATION_BATCH) // WIDTH)
        table = self._forward.get(wanted)
        if table is None or table.blocks < blocks_needed:
            table = self._forward[wanted] = _Forward(self, wanted, blocks_needed)
        return table.outputs(samples)

    def _pass(
        self, x: Array, target: NDArray[Any], outputs: frozenset[str], gradients: frozenset[str], step: int
    ) -> tuple[float, dict[str, Array], dict[str, Array]]:
        wishes, blocks = (outputs, gradients), -(-len(x) // WIDTH)
        if self._probe is None or self._probe.wishes != wishes or self._probe.blocks < blocks:
            self._probe = None
            self._probe = _Probe(self, blocks, *wishes)
        return self._probe.look(Samples.all(x), target, step)

    def _single_image(self, wanted: frozenset[str]) -> _SingleImage | None:
        """The table for one image at a time; None where a layer has no operation for that."""
        if wanted not in self._single:
            if len(self._single) == KEPT:
                del self._single[next(iter(self._single))]  # the oldest
            try:
                self._single[wanted] = _SingleImage(self, wanted)
            except NotLoweredError:
                self._single[wanted] = None
        return self._single[wanted]

    def blame(self, x: Array, target: NDArray[Any]) -> LayerError:
        return self._reference.blame(x, target)

    @cached_property
    def _reference(self) -> ReferenceProgram:
        """The same network on the reference, with the same parameters."""
        program = ReferenceProgram(self.graph, seed=self.seed)
        program.parameters = self.parameters
        return program


def _stored(data: Dataset, chosen: NDArray[np.int64]) -> Samples | None:
    """Samples where the data set has them; None where their numbers need to be converted first."""
    if data.images.dtype not in (np.uint8, np.float32) or not data.images.flags.c_contiguous:
        return None
    places = np.ascontiguousarray(data.places(chosen))
    if len(places) and not 0 <= places.min() <= places.max() < len(data.images):
        raise IndexError(f"samples {places.min()} to {places.max()} of {len(data.images)}")
    return Samples(data.images, places)


class _Table:
    """A plan made runnable: the arena, and the fields of its rows that change from run to run."""

    def __init__(self, plan: Plan) -> None:
        self.blocks = plan.blocks
        self._plan = plan
        self._guarded = guarding()

    def _finish(self) -> None:
        self._arena = Arena(self._plan.rows, self._plan.threads, self._plan.blocks, guarded=self._guarded)
        self._calls = [(self._arena.stage(row), call) for row, call in self._plan.calls]

    def _emit_load(self, value: Value, capacity: int) -> tuple[int, NDArray[np.float32]]:
        """A row that takes a batch in; gives its index, and the memory that it is taken from until told
        otherwise."""
        memory = np.zeros((capacity, value.vectors), np.float32)
        self._plan.emit(load_batch, load_row(memory, value.buffer, value.size))
        return len(self._plan.rows) - 1, memory

    def _emit_store(self, value: Value, capacity: int) -> tuple[int, NDArray[np.float32]]:
        """As `_emit_load`, for a row that takes a batch out."""
        memory = np.zeros((capacity, value.vectors), np.float32)
        self._plan.emit(store_batch, batch_row(Fixed(memory), value.buffer, value.size))
        return len(self._plan.rows) - 1, memory

    def _take(self, row: int, samples: Samples) -> None:
        """Lets a row take in other samples."""
        for field, value in samples.fields().items():
            self._arena.set(row, LoadRow._fields.index(field), value)

    def _run(self, samples: int, step: int, *further: Arena) -> None:
        """Runs the table, and those of further arenas behind it."""
        for row, field, compute in self._plan.each_step:
            self._arena.set(row, field, compute(step))
        arenas, blocks = (self._arena, *further), -(-samples // WIDTH)
        with _turn:
            calls = {stage: partial(call, samples, step) for stage, call in self._calls}
            if self._guarded:
                run_guarded(arenas, self._plan.threads, blocks, samples, calls)
            else:
                team = _team(self._plan.threads)
                table, begin = np.concatenate([arena.table for arena in arenas]), 0
                for stage, call in calls.items():
                    team.run(table[begin : stage + 1], blocks, samples)
                    call()
                    begin = stage + 1
                team.run(table[begin:], blocks, samples)


_OUTSIDE = BatchRow._fields.index("outside")
_PLANES = PlanesRow._fields.index("planes")


class _Forward(_Table):
    """The outputs of some blocks in evaluation mode."""

    def __init__(self, program: EngineProgram, wanted: Collection[str], blocks: int) -> None:
        super().__init__(Plan(default_threads(), blocks, training=False))
        network = program.lower(self._plan, wanted)
        capacity = blocks * WIDTH
        self._input, _ = self._emit_load(network.values[program.input.id], capacity)
        for node in network.nodes:
            node.forward(self._plan)
        self._outputs = {block: self._emit_store(network.values[block], capacity)[0] for block in wanted}
        self._shapes = {block: program.shapes[block] for block in wanted}
        self._finish()

    def outputs(self, samples: Samples) -> dict[str, Array]:
        """The outputs for a batch of any size, as new arrays."""
        count, size = len(samples.places), self.blocks * WIDTH
        results: dict[str, Array] = {
            block: np.empty((count, *shape), np.float32) for block, shape in self._shapes.items()
        }
        for start in range(0, count, size):
            part = samples.part(start, start + size)
            self._take(self._input, part)
            for block, row in self._outputs.items():
                self._arena.set(row, _OUTSIDE, results[block][start:].ctypes.data)
            self._run(len(part.places), 0)
        return results


def _threads_for_one(program: EngineProgram) -> int:
    """How many threads predict one image fastest."""
    costs = (cost(program.graph, block.id, program.shapes) for block in program.graph.blocks)
    return 1 if sum(one.multiply_adds for one in costs if one) < SMALL else default_threads()


class _SingleImage(_Table):
    """The outputs of some blocks in evaluation mode, image by image. Raises NotLoweredError."""

    def __init__(self, program: EngineProgram, wanted: Collection[str]) -> None:
        super().__init__(Plan(_threads_for_one(program), 1, training=False))
        plan = self._plan
        network = program.lower(plan, wanted, SingleLowering)
        x = pixels(network.values[program.input.id])
        emit_border(plan, x)
        self._shapes = {block: program.shapes[block] for block in wanted}
        self._input = self._emit(from_planes, x)
        for node in network.nodes:
            node.forward(plan)
        self._outputs = {block: self._emit(to_planes, pixels(network.values[block])) for block in wanted}
        self._finish()

    def _emit(self, kernel: Kernel, value: Pixels) -> int:
        """A row that takes the image in or a value out; gives its index."""
        self._plan.emit(kernel, planes_row(Fixed(np.zeros(0, np.float32)), value))
        return len(self._plan.rows) - 1

    def outputs(self, x: Array) -> dict[str, Array]:
        """The outputs for each image, as new arrays."""
        x = np.ascontiguousarray(x, np.float32)
        results: dict[str, Array] = {
            block: np.empty((len(x), *shape), np.float32) for block, shape in self._shapes.items()
        }
        for number in range(len(x)):
            self._arena.set(self._input, _PLANES, x[number].ctypes.data)
            for block, row in self._outputs.items():
                self._arena.set(row, _PLANES, results[block][number].ctypes.data)
            self._run(1, 0)
        return results


class _Pass(_Table):
    """Forward, loss and backward, with copies of the outputs and gradients that somebody wishes to see."""

    def __init__(
        self,
        program: EngineProgram,
        blocks: int,
        outputs: frozenset[str] = frozenset(),
        gradients: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(Plan(default_threads(), blocks, training=True, to_input=bool(gradients)))
        network = program.lower(self._plan, outputs | gradients)
        plan, capacity = self._plan, blocks * WIDTH
        self._layer = program.output_layer
        self._shape = program.shapes[program.output.id]
        x, z = network.values[program.input.id], network.values[program.output.id]
        self._input, _ = self._emit_load(x, capacity)
        for node in network.nodes:
            node.forward(plan)
        values, shapes = network.values, program.shapes
        self._outputs = {b: outside(plan, values[b].buffer, values[b], shapes[b]) for b in outputs}
        _, self._scores = self._emit_store(z, capacity)
        self._emit_loss(network.loss, z, capacity)
        self._gradients: dict[str, Array] = {}

        def copy_gradient(value: Value) -> None:
            """Before the backward pass of what computes the value, which may work in place."""
            for block in gradients:
                if values[block] is value and value.gradient is not None:
                    self._gradients[block] = outside(plan, value.gradient, value, shapes[block])

        for node in reversed(network.nodes):
            if node.output.trained and node.output.gradient is not None:
                copy_gradient(node.output)
                node.backward(plan)
        copy_gradient(x)

    def _emit_loss(self, loss: Loss | None, z: Value, capacity: int) -> None:
        plan = self._plan
        self._losses = np.zeros(capacity, np.float32)
        self._targets: NDArray[Any] | None = None
        gradient, _ = plan.contribute(z)
        if loss is None:
            self._emit_reference_loss(z, gradient)
            return
        losses, weights = Fixed(self._losses), Fixed(np.array(loss.weights, np.float32))
        if loss.of_classes:
            self._targets = np.zeros(capacity, np.int64)
            targets: Operand = Fixed(self._targets)
        else:
            values = plan.value(z.size)
            _, self._targets = self._emit_load(values, capacity)
            targets = values.buffer
        parameter = float(loss.parameter)
        plan.emit(loss.kernel, LossRow(z.buffer, gradient, targets, losses, weights, z.vectors, parameter))

    def _emit_reference_loss(self, z: Value, gradient: Buffer) -> None:
        """A loss that the engine has no operation for."""
        gradients = memory(self._plan, z)

        def compute(samples: int, _step: int) -> None:
            scores = self._scores[:samples].reshape(samples, *self._shape)
            with quiet():
                loss, found = self._layer.loss(scores, self._target)
            self._losses[:samples] = loss
            gradients[:samples] = found.reshape(samples, -1)

        self._plan.call(compute)
        bring_in(self._plan, gradients, z, gradient)

    def _work(self, samples: Samples, target: NDArray[Any], step: int, *further: Arena) -> float:
        """Passes a batch through the table and those behind it; gives the loss."""
        count = len(samples.places)
        self._take(self._input, samples)
        self._target = target
        if self._targets is not None:
            self._targets[:count] = target.reshape(count, *self._targets.shape[1:])
        self._run(count, step, *further)
        return float(self._losses[:count].mean(dtype=np.float64))


class _Probe(_Pass):
    """A pass for somebody who looks; wishes are the blocks whose outputs and gradients are copied."""

    def __init__(
        self, program: EngineProgram, blocks: int, outputs: frozenset[str], gradients: frozenset[str]
    ) -> None:
        super().__init__(program, blocks, outputs, gradients)
        self.wishes = outputs, gradients
        self._finish()

    def look(
        self, samples: Samples, target: NDArray[Any], step: int
    ) -> tuple[float, dict[str, Array], dict[str, Array]]:
        """The loss, the outputs and the gradients."""
        loss, count = self._work(samples, target, step), len(samples.places)
        outputs = {block: array[:count].copy() for block, array in self._outputs.items()}
        return loss, outputs, {block: array[:count].copy() for block, array in self._gradients.items()}


class _Training(_Pass):
    """A training step: a pass, and what the optimiser does with its gradients."""

    def __init__(self, program: EngineProgram, blocks: int, state: OptimizerState) -> None:
        super().__init__(program, blocks)
        self._parameters = program.parameters
        ends_with = [check_gradients, *Updater.kernels(state)]
        compile_kernels([*kernels_of(self._plan.rows), *ends_with])  # all together, not table by table
        self._finish()
        self._found = np.zeros((self._plan.threads, 2), np.float32)
        self._limits = np.zeros(2, np.float32)
        gradients = self._parameters.gradients
        ends = Fixed(self._found), Fixed(self._limits)
        self._check = CheckRow(Fixed(gradients), Fixed(self._losses), *ends, gradients.size)
        # In a table of its own: it has to wait for all that finishes gradients.
        self._end = Arena([(check_gradients, self._check)])
        self._updater: Updater | None = None

    def step(
        self, samples: Samples, target: NDArray[Any], state: OptimizerState
    ) -> tuple[bool, float, Array]:
        """Whether all is finite, and so the optimiser's step is done; the loss; the scores."""
        self._limits[:] = state.clipping
        on_engine = Updater.supports(state)
        if on_engine:
            self._prepare_update(state)
            loss = self._work(samples, target, state.step, self._end, self._update)
        else:
            loss = self._work(samples, target, state.step, self._end)
        finite = not np.isnan(self._found[:, 0]).any()
        if finite and on_engine:
            state.step += 1
        elif finite:
            state.update(self._parameters.values, self._parameters.gradients)
        return finite, loss, self._scores[: len(samples.places)]

    def _prepare_update(self, state: OptimizerState) -> None:
        if self._updater is None or not self._updater.fits(state):
            self._updater = Updater(state, self._parameters.values, self._check)
            self._update = Arena([self._updater.row])
        self._updater.prepare(state)
