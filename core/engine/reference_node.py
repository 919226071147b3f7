"""A block without an operation: its layer's own NumPy passes, between two parts of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.design.graph import Block
from core.engine.machine.arena import Buffer, Fixed
from core.engine.machine.vectors import WIDTH
from core.engine.operations.batch import batch_row, load_batch, load_row, store_batch
from core.engine.tape import Node, Tape, Value
from core.layers.base import Mode
from core.maths.arrays import Array, Shape
from core.running.parameters import Parameters
from core.running.program import quiet, running
from core.running.reference import one_blas_thread


class ReferenceNode(Node):
    """Copies its inputs out of the arena, has the layer compute, and copies the result in; so too backward.

    `key` gives the key of the layer's random numbers in a step.
    """

    def __init__(
        self,
        block: Block,
        inputs: tuple[Value, ...],
        output: Value,
        shapes: tuple[Shape, ...],
        parameters: Parameters,
        key: Callable[[int], int],
    ) -> None:
        one_blas_thread()
        self.inputs, self.output = inputs, output
        self._block, self._shapes, self._parameters, self._key = block, shapes, parameters, key
        specs = block.layer.parameters(*shapes).values()
        self.learns = any(spec.trainable for spec in specs)
        self._saved: Any = None

    def forward(self, tape: Tape) -> None:
        inputs = [
            outside(tape, x.buffer, x, shape) for x, shape in zip(self.inputs, self._shapes, strict=True)
        ]
        y = memory(tape, self.output)

        def compute(samples: int, step: int) -> None:
            layer, params = self._block.layer, self._parameters.blocks[self._block.id]
            mode = Mode(tape.training, self._key(step))
            with running(self._block, "forward"), quiet():
                found, self._saved = layer.forward(params, mode, *(x[:samples] for x in inputs))
                y[:samples] = found.reshape(samples, -1)

        tape.call(compute)
        bring_in(tape, y, self.output, self.output.buffer)

    def backward(self, tape: Tape) -> None:
        dy = outside(tape, tape.gradient_of(self.output), self.output, None)
        results = [memory(tape, x) for x in self.inputs]

        def compute(samples: int, step: int) -> None:
            layer, params = self._block.layer, self._parameters.blocks[self._block.id]
            with running(self._block, "backward"), quiet():
                shape = layer.infer(*self._shapes)
                back, own = layer.backward(params, self._saved, dy[:samples].reshape(samples, *shape))
                for result, gradient in zip(results, back, strict=True):
                    result[:samples] = gradient.reshape(samples, -1)
            self._parameters.set_gradients(self._block.id, own)
            self._saved = None

        tape.call(compute)
        for x, result in zip(self.inputs, results, strict=True):
            if x.trained:
                tape.add_into(x, lambda dx, x=x, result=result: bring_in(tape, result, x, dx))  # type: ignore[misc]


def memory(tape: Tape, value: Value) -> Array:
    """Memory outside the arena for a batch of a value: (N, vectors), float32."""
    return tape.array((tape.blocks * WIDTH, value.vectors))


def outside(tape: Tape, buffer: Buffer, value: Value, shape: Shape | None) -> Array:
    """Where a row copies a batch out to, (N, *shape)."""
    array = memory(tape, value)
    tape.emit(store_batch, batch_row(Fixed(array), buffer, value.size))
    return array if shape is None else array.reshape(-1, *shape)


def bring_in(tape: Tape, array: Array, value: Value, buffer: Buffer) -> None:
    """A row that copies a batch in."""
    tape.emit(load_batch, load_row(array, buffer, value.size))
