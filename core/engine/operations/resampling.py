"""Another height and width by two matrices, y = A_h · x · A_wᵀ: upsampling and every average over windows.

The matrices are nearly empty: for each output only the inputs from the first to the last weight that
isn't 0 count. First whole lines are weighed and added up, then the columns of the result: so a window of
k × k pixels costs 2k products, and its overlap with its neighbours none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.machine.arena import Buffer, Fixed, Operand
from core.engine.machine.helpers import pieces
from core.engine.machine.operation import Fields, Task, blockwise, helper, read
from core.engine.machine.vectors import VECTOR_BYTES, fma, load, load_float, load_integer, splat, store, zeros
from core.engine.tape import Node, Tape, Value

_AT_ONCE = 128
"""About so many vectors of lines are weighed together, so that they stay in the first-level cache."""


class Taps(NamedTuple):
    """A matrix without its zeros: `spans` (outputs, 3), int64, holds each output's first input, the number
    of its taps, and how many outputs from there on have as many; `weights` are (outputs, most taps)."""

    spans: Fixed
    weights: Fixed
    most: int


def taps(matrix: NDArray[np.floating]) -> Taps:
    """The taps of a matrix (outputs, inputs), each from the first to the last weight of its output."""
    used = matrix != 0
    first = used.argmax(axis=1)
    counts = np.where(used.any(axis=1), matrix.shape[1] - used[:, ::-1].argmax(axis=1) - first, 0)
    alike = np.ones_like(counts)
    for output in reversed(range(len(counts) - 1)):
        if counts[output] == counts[output + 1]:
            alike[output] += alike[output + 1]
    most = max(1, int(counts.max()))
    places = np.minimum(first[:, None] + np.arange(most), matrix.shape[1] - 1)
    weights = np.take_along_axis(matrix, places, axis=1)
    spans = np.stack([first, counts, alike], axis=1)
    return Taps(Fixed(spans.astype(np.int64)), Fixed(np.ascontiguousarray(weights, np.float32)), most)


class ResampleRow(NamedTuple):
    """`lines` is the memory for the weighed lines of `together` channels."""

    x: Operand
    y: Operand
    lines: Operand
    together: int
    row_spans: Operand
    row_weights: Operand
    row_taps: int
    column_spans: Operand
    column_weights: Operand
    column_taps: int
    channels: int
    height: int
    width: int
    out_height: int
    out_width: int


@helper
def _weigh_lines(x: int, step: int, weights: int, taps: int, lines: int, vectors: int) -> None:
    """lines = Σ weights[tap] · x[tap], whose lines of `vectors` vectors lie `step` bytes apart."""
    place, end = 0, vectors * VECTOR_BYTES
    while place < end:
        if place + 4 * VECTOR_BYTES <= end:
            p, q, r, s = zeros(), zeros(), zeros(), zeros()
            for tap in range(taps):
                weight, line = splat(load_float(weights + 4 * tap)), x + tap * step + place
                p = fma(weight, load(line), p)
                q = fma(weight, load(line + VECTOR_BYTES), q)
                r = fma(weight, load(line + 2 * VECTOR_BYTES), r)
                s = fma(weight, load(line + 3 * VECTOR_BYTES), s)
            store(lines + place, p)
            store(lines + place + VECTOR_BYTES, q)
            store(lines + place + 2 * VECTOR_BYTES, r)
            store(lines + place + 3 * VECTOR_BYTES, s)
            place += 4 * VECTOR_BYTES
        else:
            p = zeros()
            for tap in range(taps):
                p = fma(splat(load_float(weights + 4 * tap)), load(x + tap * step + place), p)
            store(lines + place, p)
            place += VECTOR_BYTES


@helper
def _weigh_columns(f: Fields, line: int, y: int) -> None:
    """An output line from a weighed one; four outputs with as many taps share their loop."""
    step = 4 * f.column_taps
    j = 0
    while j < f.out_width:
        span, weights, result = f.column_spans + 24 * j, f.column_weights + j * step, y + j * VECTOR_BYTES
        source, count = line + load_integer(span) * VECTOR_BYTES, load_integer(span + 8)
        p = zeros()
        if load_integer(span + 16) >= 4:
            q, r, s = zeros(), zeros(), zeros()
            source_q = line + load_integer(span + 24) * VECTOR_BYTES
            source_r = line + load_integer(span + 48) * VECTOR_BYTES
            source_s = line + load_integer(span + 72) * VECTOR_BYTES
            for tap in range(count):
                weight, place = weights + 4 * tap, tap * VECTOR_BYTES
                p = fma(splat(load_float(weight)), load(source + place), p)
                q = fma(splat(load_float(weight + step)), load(source_q + place), q)
                r = fma(splat(load_float(weight + 2 * step)), load(source_r + place), r)
                s = fma(splat(load_float(weight + 3 * step)), load(source_s + place), s)
            store(result + VECTOR_BYTES, q)
            store(result + 2 * VECTOR_BYTES, r)
            store(result + 3 * VECTOR_BYTES, s)
            j += 4
        else:
            for tap in range(count):
                p = fma(splat(load_float(weights + 4 * tap)), load(source + tap * VECTOR_BYTES), p)
            j += 1
        store(result, p)


@blockwise
def resample(row: int, task: int) -> None:
    """y[i, j] = Σ_h Σ_w row_weights[i, h] · column_weights[j, w] · x[h, w]."""
    f, t = read(ResampleRow, row), read(Task, task)
    line, out_line = f.width * VECTOR_BYTES, f.out_width * VECTOR_BYTES
    begin, end = pieces(f.out_height, t)
    for piece in range(begin, end):
        block, i = piece // f.out_height, piece % f.out_height
        first, count = load_integer(f.row_spans + 24 * i), load_integer(f.row_spans + 24 * i + 8)
        x, y = f.x + (block * f.height + first) * f.channels * line, f.y + piece * f.channels * out_line
        for c in range(0, f.channels, f.together):
            channels = min(f.together, f.channels - c)
            weights = f.row_weights + 4 * i * f.row_taps
            _weigh_lines(x + c * line, f.channels * line, weights, count, f.lines, channels * f.width)
            for k in range(channels):
                _weigh_columns(f, f.lines + k * line, y + (c + k) * out_line)


class Resample(Node):
    """Each output row and column as a weighted sum of input rows and columns."""

    def __init__(self, x: Value, y: Value, rows: NDArray[np.floating], columns: NDArray[np.floating]) -> None:
        self.inputs, self.output = (x,), y
        self._matrices = (rows, columns)

    def _emit(
        self, tape: Tape, source: Buffer, size: tuple[int, int, int], target: Buffer, transpose: bool
    ) -> None:
        rows, columns = (taps(matrix.T if transpose else matrix) for matrix in self._matrices)
        out = self.inputs[0].size if transpose else self.output.size
        together = min(size[0], max(1, _AT_ONCE // size[2]))
        lines, _ = tape.workspace(together * size[2] * VECTOR_BYTES)
        tape.emit(resample, ResampleRow(source, target, lines, together, *rows, *columns, *size, *out[1:]))

    def forward(self, tape: Tape) -> None:
        self._emit(tape, self.inputs[0].buffer, self.inputs[0].size, self.output.buffer, False)

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        tape.add_into(self.inputs[0], lambda dx: self._emit(tape, dy, self.output.size, dx, True))
