"""Sums and products of values of different sizes: a size of 1 is repeated, as in NumPy and ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import AddRow, add_vectors, copy_over, pieces
from core.engine.machine.operation import Task, blockwise, read
from core.engine.machine.vectors import VECTOR_BYTES, load, store, zeros
from core.engine.tape import Node, Tape, Value

Size = tuple[int, int, int]


class SpreadRow(NamedTuple):
    """`small` has `small_size` vectors a block; a stride is 0 along an axis where it is repeated."""

    large: Operand
    small: Operand
    result: Operand
    channels: int
    height: int
    width: int
    small_size: int
    channel_stride: int
    row_stride: int
    column_stride: int
    product: int


@blockwise
def spread_into(row: int, task: int) -> None:
    """result = large · small with `product`, else large + small."""
    f, t = read(SpreadRow, row), read(Task, task)
    begin, end = pieces(f.height, t)
    for piece in range(begin, end):
        block, h = piece // f.height, piece % f.height
        for c in range(f.channels):
            line = (piece * f.channels + c) * f.width * VECTOR_BYTES
            first = block * f.small_size + h * f.row_stride + c * f.channel_stride
            for w in range(f.width):
                value, other = (
                    load(f.large + line + w * VECTOR_BYTES),
                    load(f.small + (first + w * f.column_stride) * VECTOR_BYTES),
                )
                store(f.result + line + w * VECTOR_BYTES, value * other if f.product else value + other)


@blockwise
def gather_from(row: int, task: int) -> None:
    """small = the sum of all places of large that it is repeated to; a thread owns whole blocks."""
    f, t = read(SpreadRow, row), read(Task, task)
    begin, end = pieces(1, t)
    for block in range(begin, end):
        small = f.small + block * f.small_size * VECTOR_BYTES
        for index in range(f.small_size):
            store(small + index * VECTOR_BYTES, zeros())
        for h in range(f.height):
            for c in range(f.channels):
                line = f.large + ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
                place = small + (h * f.row_stride + c * f.channel_stride) * VECTOR_BYTES
                if f.column_stride:
                    add_vectors(place, line, f.width)
                else:
                    added = load(place)
                    for w in range(f.width):
                        added = added + load(line + w * VECTOR_BYTES)
                    store(place, added)


class Combine(Node):
    """The sum or the product of values whose sizes are equal or 1."""

    def __init__(self, inputs: tuple[Value, ...], y: Value, product: bool) -> None:
        self.inputs, self.output = inputs, y
        self.product = product

    def forward(self, tape: Tape) -> None:
        target, others = self.output.buffer, list(self.inputs)
        start = next((x for x in others if x.size == self.output.size), None)
        if start is None:  # all are repeated along some axis
            tape.emit(fill, FillRow(target, self.output.vectors, float(self.product)))
        else:
            others.remove(start)
        first = target if start is None else start.buffer
        self._combine(tape, first, [(x, x.buffer) for x in others], target)

    def _combine(
        self, tape: Tape, start: Buffer, others: Sequence[tuple[Value, Buffer]], target: Buffer
    ) -> None:
        """target = the sum or product of `start`, of full size, and the others."""
        if not others:
            tape.emit(copy_over, AddRow(target, start, self.output.vectors))
        for x, buffer in others:
            tape.emit(spread_into, self._row(start, x, buffer, target))
            start = target

    def _row(self, large: Buffer, small: Value, buffer: Operand, result: Operand) -> SpreadRow:
        channels, _, width = small.size
        strides = (width, channels * width, 1)
        c, h, w = (stride if n > 1 else 0 for stride, n in zip(strides, small.size, strict=True))
        sizes = (*self.output.size, small.vectors)
        return SpreadRow(large, buffer, result, *sizes, c, h, w, int(self.product))

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        for number, x in enumerate(self.inputs):
            others = self.inputs[:number] + self.inputs[number + 1 :] if self.product else ()
            factors = [(other, tape.recall(other)) for other in others]
            if x.size == self.output.size:
                tape.add_into(x, lambda dx, factors=factors: self._combine(tape, dy, factors, dx))  # type: ignore[misc]
                continue
            part = dy
            if factors:
                part = tape.buffer(self.output.vectors)
                self._combine(tape, dy, factors, part)
            gather = self._row(part, x, part, part)
            tape.add_into(x, lambda dx, row=gather: tape.emit(gather_from, row._replace(small=dx)))  # type: ignore[misc]


class FillRow(NamedTuple):
    target: Operand
    vectors: int
    value: float


@blockwise
def fill(row: int, task: int) -> None:
    """Sets every value."""
    f, t = read(FillRow, row), read(Task, task)
    begin, end = pieces(f.vectors, t)
    for piece in range(begin, end):
        store(f.target + piece * VECTOR_BYTES, zeros() + f.value)
