"""Another height and width by two matrices, y = A_h · x · A_wᵀ: upsampling and adaptive pooling.

The matrices are nearly empty: for each output only the inputs from the first to the last weight that
isn't 0 count.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.arena import Buffer, Fixed, Operand
from core.engine.helpers import load_integer, pieces
from core.engine.operation import Task, blockwise, read
from core.engine.plan import Node, Plan, Value
from core.engine.vectors import VECTOR_BYTES, fma, load, load_float, splat, store, zeros


class ResampleRow(NamedTuple):
    """Weights are float32 matrices (outputs, inputs); spans hold the first and the last + 1 input, int64."""

    x: Operand
    y: Operand
    row_weights: Operand
    row_spans: Operand
    column_weights: Operand
    column_spans: Operand
    channels: int
    height: int
    width: int
    out_height: int
    out_width: int


@blockwise
def resample(row: int, task: int) -> None:
    """y[i, j] = Σ_h Σ_w row_weights[i, h] · column_weights[j, w] · x[h, w]."""
    f, t = read(ResampleRow, row), read(Task, task)
    begin, end = pieces(f.out_height, t)
    for piece in range(begin, end):
        block, i = piece // f.out_height, piece % f.out_height
        h0, h1 = load_integer(f.row_spans + 16 * i), load_integer(f.row_spans + 16 * i + 8)
        for c in range(f.channels):
            for j in range(f.out_width):
                w0, w1 = load_integer(f.column_spans + 16 * j), load_integer(f.column_spans + 16 * j + 8)
                result = zeros()
                for h in range(h0, h1):
                    line = f.x + ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
                    mean = zeros()
                    for w in range(w0, w1):
                        weight = splat(load_float(f.column_weights + 4 * (j * f.width + w)))
                        mean = fma(weight, load(line + w * VECTOR_BYTES), mean)
                    result = fma(splat(load_float(f.row_weights + 4 * (i * f.height + h))), mean, result)
                store(f.y + ((piece * f.channels + c) * f.out_width + j) * VECTOR_BYTES, result)


Matrix = NDArray[np.float32]


def spans(weights: Matrix) -> NDArray[np.int64]:
    used = weights != 0
    first, last = used.argmax(axis=1), weights.shape[1] - used[:, ::-1].argmax(axis=1)
    return np.ascontiguousarray(np.stack([first, np.where(used.any(axis=1), last, first)], axis=1), np.int64)


class Resample(Node):
    """Each output row and column as a weighted mean of input rows and columns."""

    def __init__(self, x: Value, y: Value, rows: NDArray[np.floating], columns: NDArray[np.floating]) -> None:
        self.inputs, self.output = (x,), y
        self._matrices = [np.ascontiguousarray(m, np.float32) for m in (rows, columns)]

    def _emit(
        self, plan: Plan, source: Buffer, size: tuple[int, int, int], target: Buffer, transpose: bool
    ) -> None:
        rows, columns = (np.ascontiguousarray(m.T if transpose else m) for m in self._matrices)
        weights = (Fixed(rows), Fixed(spans(rows)), Fixed(columns), Fixed(spans(columns)))
        out = self.inputs[0].size if transpose else self.output.size
        plan.emit(resample, ResampleRow(source, target, *weights, *size, *out[1:]))

    def forward(self, plan: Plan) -> None:
        self._emit(plan, self.inputs[0].buffer, self.inputs[0].size, self.output.buffer, False)

    def backward(self, plan: Plan) -> None:
        dy = plan.gradient_of(self.output)
        plan.add_into(self.inputs[0], lambda dx: self._emit(plan, dy, self.output.size, dx, True))
