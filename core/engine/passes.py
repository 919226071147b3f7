"""Tables of training: forward, loss and backward, for a step or for somebody who looks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.lowering import Loss
from core.engine.machine.arena import Arena, Buffer, Fixed, Layout, Operand, kernels_of
from core.engine.machine.operation import compile_kernels
from core.engine.machine.team import default_threads
from core.engine.machine.vectors import WIDTH
from core.engine.network import lower
from core.engine.operations.batch import Samples
from core.engine.operations.loss import LossRow
from core.engine.operations.optimizers import CheckRow, Updater, check_gradients
from core.engine.reference_node import bring_in, memory, outside
from core.engine.tables import Table
from core.engine.tape import Tape, Value
from core.maths.arrays import Array
from core.maths.optim import OptimizerState
from core.running.program import Program, quiet


class Pass(Table):
    """Forward, loss and backward, with copies of the outputs and gradients that somebody wishes to see.

    One that is only `planned` can't run: it tells how much memory it would need.
    """

    def __init__(
        self,
        program: Program,
        blocks: int,
        outputs: frozenset[str] = frozenset(),
        gradients: frozenset[str] = frozenset(),
        *,
        planned: bool = False,
    ) -> None:
        to_input = bool(gradients)
        super().__init__(Tape(default_threads(), blocks, training=True, to_input=to_input, planned=planned))
        network = lower(program, self._tape, outputs | gradients)
        tape, capacity = self._tape, blocks * WIDTH
        self._layer = program.output_layer
        self._shape = program.shapes[program.output.id]
        x, z = network.values[program.input.id], network.values[program.output.id]
        self._input, _ = self._emit_load(x)
        for node in network.nodes:
            node.forward(tape)
        values, shapes = network.values, program.shapes
        self._outputs = {b: outside(tape, values[b].buffer, values[b], shapes[b]) for b in outputs}
        _, self._scores = self._emit_store(z, capacity)
        self._emit_loss(network.loss, z, capacity)
        self._gradients: dict[str, Array] = {}

        def copy_gradient(value: Value) -> None:
            """Before the backward pass of what computes the value, which may work in place."""
            for block in gradients:
                if values[block] is value and value.gradient is not None:
                    self._gradients[block] = outside(tape, value.gradient, value, shapes[block])

        for node in reversed(network.nodes):
            if node.output.trained and node.output.gradient is not None:
                copy_gradient(node.output)
                node.backward(tape)
        copy_gradient(x)

    @property
    def size(self) -> int:
        """The bytes that it works in: the arena, and what is outside of it."""
        tape = self._tape
        return Layout(tape.rows, tape.threads, tape.blocks).size + tape.outside

    def _emit_loss(self, loss: Loss | None, z: Value, capacity: int) -> None:
        tape = self._tape
        self._losses = tape.array((capacity,))
        self._targets: NDArray[Any] | None = None
        gradient, _ = tape.contribute(z)
        if loss is None:
            self._emit_reference_loss(z, gradient)
            return
        losses, weights = Fixed(self._losses), Fixed(np.array(loss.weights, np.float32))
        if loss.of_classes:
            self._targets = tape.array((capacity,), np.int64)
            targets: Operand = Fixed(self._targets)
        else:
            values = tape.value(z.size)
            _, self._targets = self._emit_load(values, capacity)
            targets = values.buffer
        parameter = float(loss.parameter)
        tape.emit(loss.kernel, LossRow(z.buffer, gradient, targets, losses, weights, z.vectors, parameter))

    def _emit_reference_loss(self, z: Value, gradient: Buffer) -> None:
        """A loss that the engine has no operation for."""
        gradients = memory(self._tape, z)

        def compute(samples: int, _step: int) -> None:
            scores = self._scores[:samples].reshape(samples, *self._shape)
            with quiet():
                loss, found = self._layer.loss(scores, self._target)
            self._losses[:samples] = loss
            gradients[:samples] = found.reshape(samples, -1)

        self._tape.call(compute)
        bring_in(self._tape, gradients, z, gradient)

    def _work(self, samples: Samples, target: NDArray[Any], step: int, *further: Arena) -> float:
        """Passes a batch through the table and those behind it; gives the loss."""
        count = len(samples.places)
        self._take(self._input, samples)
        self._target = target
        if self._targets is not None:
            self._targets[:count] = target.reshape(count, *self._targets.shape[1:])
        self._run(count, step, *further)
        return float(self._losses[:count].mean(dtype=np.float64))


class Inspector(Pass):
    """A pass for somebody who looks; wishes are the blocks whose outputs and gradients are copied."""

    def __init__(
        self, program: Program, blocks: int, outputs: frozenset[str], gradients: frozenset[str]
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


class Training(Pass):
    """A training step: a pass, and what the optimiser does with its gradients."""

    def __init__(self, program: Program, blocks: int, state: OptimizerState) -> None:
        super().__init__(program, blocks)
        self._parameters = program.parameters
        ends_with = [check_gradients, *Updater.kernels(state)]
        compile_kernels([*kernels_of(self._tape.rows), *ends_with])  # all together, not table by table
        self._finish()
        self._found = np.zeros((self._tape.threads, 2), np.float32)
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
        """Whether all is finite, and so the optimiser's step is done; the loss; the scores.

        Whether it has left finite numbers is another question: `left_finite` is True where that is known.
        """
        self._limits[:] = state.clipping
        on_engine = Updater.supports(state)
        if on_engine:
            self._prepare_update(state)
            loss = self._work(samples, target, state.step, self._end, self._update)
        else:
            loss = self._work(samples, target, state.step, self._end)
        finite = not np.isnan(self._found[:, 0]).any()
        self.left_finite = False
        if finite and on_engine:
            state.step += 1
            self.left_finite = self._updater is not None and self._updater.is_finite
        elif finite:
            state.update(self._parameters.values, self._parameters.gradients)
        return finite, loss, self._scores[: len(samples.places)]

    def _prepare_update(self, state: OptimizerState) -> None:
        if self._updater is None or not self._updater.fits(state):
            self._updater = Updater(state, self._parameters.values, self._check)
            self._update = Arena([self._updater.row])
        self._updater.prepare(state)
