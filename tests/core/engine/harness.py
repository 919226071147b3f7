"""Runs one layer on the engine, without a network around it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.engine.lowering import BatchLowering, Setting
from core.engine.machine.arena import Arena, Fixed
from core.engine.machine.guard import run_guarded
from core.engine.machine.vectors import WIDTH
from core.engine.network import size_of
from core.engine.operations.batch import batch_row, load_batch, load_row, store_batch
from core.engine.tape import Learned, Tape, Value
from core.layers import Layer
from core.maths.arrays import Array, Shape

KEY = 7
"""The key of the pass's random numbers."""


class LayerRun:
    """A layer lowered for a batch; `forward` and `backward` may each be called once, in this order."""

    def __init__(
        self,
        layer: Layer,
        shapes: tuple[Shape, ...],
        arrays: Mapping[str, Array],
        *,
        training: bool,
        threads: int,
    ) -> None:
        self._shapes, self._out = shapes, layer.infer(*shapes)
        self.gradients = {name: np.zeros_like(array) for name, array in arrays.items()}
        self._tape = Tape(threads, blocks=2, training=training)
        self._inputs = tuple(self._tape.value(size_of(shape)) for shape in shapes)
        lowering = BatchLowering(self._tape, lambda _: False, lambda _step, _block: KEY)
        lowering.block = Setting(
            "layer",
            size_of(self._out),
            {name: Learned(Fixed(array), Fixed(self.gradients[name])) for name, array in arrays.items()},
        )
        output = layer.lower(lowering, *self._inputs)
        assert output is not None
        self._output = output
        self._nodes = lowering.nodes

    @property
    def operations(self) -> list[str]:
        """The names of what has been planned so far."""
        return [kernel.name for kernel, _ in self._tape.rows]

    def __call__(self, inputs: list[Array], grad: Array) -> tuple[Array, list[Array]]:
        """The output, and the gradients with respect to the inputs for this gradient of the output."""
        count = len(grad)
        tape = self._tape
        for value, x in zip(self._inputs, inputs, strict=True):
            self._load(value, x)
        for node in self._nodes:
            node.forward(tape)
        y = np.zeros((count, *self._out), np.float32)
        tape.emit(store_batch, batch_row(Fixed(y), self._output.buffer, self._output.size))
        results: list[Array] = [np.zeros((count, *shape), np.float32) for shape in self._shapes]
        if tape.training:
            buffer, _ = tape.contribute(self._output)
            tape.emit(load_batch, load_row(np.ascontiguousarray(grad, np.float32), buffer, self._output.size))
            for node in reversed(self._nodes):
                node.backward(tape)
            for value, result in zip(self._inputs, results, strict=True):
                tape.emit(store_batch, batch_row(Fixed(result), tape.gradient_of(value), value.size))
        arena = Arena(tape.rows, tape.threads, tape.blocks, guarded=True)
        for row_index, field, compute in tape.each_step:
            arena.set(row_index, field, compute(0))
        run_guarded([arena], tape.threads, -(-count // WIDTH), count)
        return y, results

    def _load(self, value: Value, array: Array) -> None:
        images = np.ascontiguousarray(array, np.float32)
        self._tape.emit(load_batch, load_row(images, value.buffer, value.size))
