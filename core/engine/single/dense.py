"""Dense layers for one image: a product of a matrix with a vector, which waits for memory, not for sums."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import ceil_div, share
from core.engine.machine.operation import Fields, Task, helper, operation, read
from core.engine.machine.vectors import VECTOR_BYTES, WIDTH, fma, load, load_float, store_float, total, zeros
from core.engine.single.convolution import Weighted
from core.engine.single.product import RELU, RESIDUAL
from core.engine.single.weights import emit_affine
from core.engine.tape import Tape

_ROWS = 4
"""Rows of the matrix that are read at the same time."""


class DenseRow(NamedTuple):
    """The weights are where the layer has them, (outputs, inputs)."""

    weights: Operand
    x: Operand
    y: Operand
    residual: Operand | int
    scale: Operand
    shift: Operand
    inputs: int
    outputs: int
    mode: int


@helper
def _finish(f: Fields, output: int, sums: Any) -> None:
    """Adds up the lanes and the inputs that don't fill a vector; stores the result."""
    result = total(sums)
    for k in range(f.inputs // WIDTH * WIDTH, f.inputs):
        result += load_float(f.weights + 4 * (output * f.inputs + k)) * load_float(f.x + 4 * k)
    result = result * load_float(f.scale + 4 * output) + load_float(f.shift + 4 * output)
    if f.mode & RESIDUAL:
        result += load_float(f.residual + 4 * output)
    if f.mode & RELU and result < np.float32(0):
        result = np.float32(0)
    store_float(f.y + 4 * output, result)


@operation
def multiply(row: int, task: int) -> None:
    """y = (weights · x) · scale + shift (+ residual) (then ReLU)."""
    f, t = read(DenseRow, row), read(Task, task)
    step, size = 4 * f.inputs, f.inputs // WIDTH * VECTOR_BYTES
    begin, end = share(ceil_div(f.outputs, _ROWS), t)
    output, end = begin * _ROWS, min(end * _ROWS, f.outputs)
    while output + _ROWS <= end:
        p, q, r, s = zeros(), zeros(), zeros(), zeros()
        weights = f.weights + output * step
        for place in range(0, size, VECTOR_BYTES):
            x = load(f.x + place)
            p = fma(load(weights + place), x, p)
            q = fma(load(weights + step + place), x, q)
            r = fma(load(weights + 2 * step + place), x, r)
            s = fma(load(weights + 3 * step + place), x, s)
        _finish(f, output, p)
        _finish(f, output + 1, q)
        _finish(f, output + 2, r)
        _finish(f, output + 3, s)
        output += _ROWS
    while output < end:
        p = zeros()
        for place in range(0, size, VECTOR_BYTES):
            p = fma(load(f.weights + output * step + place), load(f.x + place), p)
        _finish(f, output, p)
        output += 1


class Dense(Weighted):
    """A fully connected layer; weight is (outputs, inputs)."""

    def emit(self, tape: Tape) -> None:
        x, y = self.x, self.output
        scale, shift = emit_affine(tape, y.size[0], self.bias, self.norm)
        residual = self.residual.at() if self.residual else 0
        row = DenseRow(
            self.weight.values, x.at(), y.at(), residual, scale, shift, x.size[0], y.size[0], self.mode
        )
        tape.emit(multiply, row)
