"""Sums and products of values of different sizes: a size of 1 is repeated, as in NumPy and ONNX."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.arena import Buffer, Operand
from core.engine.helpers import AddRow, copy_over, pieces
from core.engine.operation import Task, blockwise, read
from core.engine.plan import Node, Plan, Value
from core.engine.vectors import VECTOR_BYTES, load, store, zeros

Size = tuple[int, int, int]


class SpreadRow(NamedTuple):
    """`small` has `small_size` vectors a block; a stride is 0 along an axis where it is repeated."""

    large: Operand
    small: Operand
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
    """large ← large · small with `product`, else large + small."""
    f, t = read(SpreadRow, row), read(Task, task)
    begin, end = pieces(f.height, t)
    for piece in range(begin, end):
        block, h = piece // f.height, piece % f.height
        for c in range(f.channels):
            large = f.large + (piece * f.channels + c) * f.width * VECTOR_BYTES
            first = block * f.small_size + h * f.row_stride + c * f.channel_stride
            for w in range(f.width):
                value = load(f.small + (first + w * f.column_stride) * VECTOR_BYTES)
                place = large + w * VECTOR_BYTES
                store(place, load(place) * value if f.product else load(place) + value)


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
                line = ((block * f.height + h) * f.channels + c) * f.width
                for w in range(f.width):
                    index = h * f.row_stride + c * f.channel_stride + w * f.column_stride
                    place = small + index * VECTOR_BYTES
                    store(place, load(place) + load(f.large + (line + w) * VECTOR_BYTES))


def _row(large: Operand, size: Size, small: Value, buffer: Operand, product: bool) -> SpreadRow:
    channels, _, width = small.size
    strides = (width, channels * width, 1)
    c, h, w = (stride if n > 1 else 0 for stride, n in zip(strides, small.size, strict=True))
    return SpreadRow(large, buffer, *size, small.vectors, c, h, w, int(product))


class Combine(Node):
    """The sum or the product of values whose sizes are equal or 1."""

    def __init__(self, inputs: tuple[Value, ...], y: Value, product: bool) -> None:
        self.inputs, self.output = inputs, y
        self.product = product

    def forward(self, plan: Plan) -> None:
        self._combine(plan, self.output.buffer, list(self.inputs))

    def _combine(self, plan: Plan, target: Buffer, inputs: list[Value]) -> None:
        """target = the sum or product of `inputs`, the first of full size copied."""
        size = self.output.size
        start = next((x for x in inputs if x.size == size), None)
        if start is None:  # all are repeated along some axis
            plan.emit(fill, FillRow(target, self.output.vectors, float(self.product)))
        else:
            plan.emit(copy_over, AddRow(target, start.buffer, self.output.vectors))
            inputs.remove(start)
        for x in inputs:
            plan.emit(spread_into, _row(target, size, x, x.buffer, self.product))

    def backward(self, plan: Plan) -> None:
        dy, size = plan.gradient_of(self.output), self.output.size
        for number, x in enumerate(self.inputs):
            part = dy
            if self.product:
                part = plan.buffer(self.output.vectors)
                plan.emit(copy_over, AddRow(part, dy, self.output.vectors))
                for other in self.inputs[:number] + self.inputs[number + 1 :]:
                    plan.emit(spread_into, _row(part, size, other, plan.recall(other), True))
            if x.size == size:
                row = AddRow(part, part, self.output.vectors)
                plan.add_into(x, lambda dx, row=row: plan.emit(copy_over, row._replace(target=dx)))  # type: ignore[misc]
            else:
                gather = _row(part, size, x, part, self.product)
                plan.add_into(x, lambda dx, row=gather: plan.emit(gather_from, row._replace(small=dx)))  # type: ignore[misc]


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
