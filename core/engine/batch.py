"""Between the outside, where a batch is (N, C, H, W), and the engine's layout with one image a lane."""

from __future__ import annotations

from typing import Any, NamedTuple

from llvmlite import ir
from numba import float32, types

from core.engine.arena import Operand
from core.engine.helpers import copy_vectors, pieces
from core.engine.operation import Task, blockwise, read
from core.engine.plan import Node, Plan, Value
from core.engine.vectors import (
    I32,
    I64,
    VECTOR_BYTES,
    WIDTH,
    load_at,
    load_float,
    primitive,
    store_at,
    store_float,
)


@primitive
def transpose(_context: Any, source: Any, source_step: Any, target: Any, target_step: Any) -> Any:
    """Transposes WIDTH × WIDTH floats; a step is the distance between two rows in bytes."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        source, source_step, target, target_step = args
        rows = [load_at(builder, builder.add(source, builder.mul(source_step, I64(i)))) for i in range(WIDTH)]
        lanes = range(WIDTH)
        distance = 1
        while distance < WIDTH:  # swap the off-diagonal blocks of 1 × 1, 2 × 2, 4 × 4 …
            low = [lane if not lane & distance else WIDTH + lane - distance for lane in lanes]
            high = [lane + distance if not lane & distance else WIDTH + lane for lane in lanes]
            masks = [ir.Constant(ir.VectorType(I32, WIDTH), mask) for mask in (low, high)]
            for i in lanes:
                if not i & distance:
                    a, b = rows[i], rows[i + distance]
                    rows[i] = builder.shuffle_vector(a, b, masks[0])
                    rows[i + distance] = builder.shuffle_vector(a, b, masks[1])
            distance *= 2
        for i, row in enumerate(rows):
            store_at(builder, builder.add(target, builder.mul(target_step, I64(i))), row)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), generate


class BatchRow(NamedTuple):
    """`outside` is (N, C, H, W) with `image` floats from one image to the next."""

    outside: Operand
    inside: Operand
    image: int
    channels: int
    height: int
    width: int


@blockwise
def load_batch(row: int, task: int) -> None:
    """Brings a batch in; the lanes past its last image become 0."""
    f, t = read(BatchRow, row), read(Task, task)
    begin, end = pieces(f.channels * f.height, t)
    for piece in range(begin, end):
        block, line = piece // (f.channels * f.height), piece % (f.channels * f.height)
        c, h = line // f.height, line % f.height
        images = min(WIDTH, t.samples - block * WIDTH)
        source = f.outside + 4 * (block * WIDTH * f.image + line * f.width)
        target = f.inside + ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        w = 0
        if images == WIDTH:
            while w + WIDTH <= f.width:
                transpose(source + 4 * w, 4 * f.image, target + w * VECTOR_BYTES, VECTOR_BYTES)
                w += WIDTH
        while w < f.width:
            for lane in range(WIDTH):
                value = load_float(source + 4 * (lane * f.image + w)) if lane < images else float32(0.0)
                store_float(target + w * VECTOR_BYTES + 4 * lane, value)
            w += 1


@blockwise
def store_batch(row: int, task: int) -> None:
    """Takes a value out."""
    f, t = read(BatchRow, row), read(Task, task)
    begin, end = pieces(f.channels * f.height, t)
    for piece in range(begin, end):
        block, line = piece // (f.channels * f.height), piece % (f.channels * f.height)
        c, h = line // f.height, line % f.height
        images = min(WIDTH, t.samples - block * WIDTH)
        target = f.outside + 4 * (block * WIDTH * f.image + line * f.width)
        source = f.inside + ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        w = 0
        if images == WIDTH:
            while w + WIDTH <= f.width:
                transpose(source + w * VECTOR_BYTES, VECTOR_BYTES, target + 4 * w, 4 * f.image)
                w += WIDTH
        while w < f.width:
            for lane in range(images):
                store_float(
                    target + 4 * (lane * f.image + w), load_float(source + w * VECTOR_BYTES + 4 * lane)
                )
            w += 1


def batch_row(outside: Operand, inside: Operand, size: tuple[int, int, int]) -> BatchRow:
    """The row for a batch of `size` (C, H, W); a vector counts as one long line."""
    channels, height, width = size
    if height == width == 1:
        channels, width = 1, channels
    return BatchRow(outside, inside, channels * height * width, channels, height, width)


class FlattenRow(NamedTuple):
    image: Operand
    vector: Operand
    channels: int
    height: int
    width: int


@blockwise
def flatten(row: int, task: int) -> None:
    """From [row][channel][column] to [channel][row][column]."""
    f, t = read(FlattenRow, row), read(Task, task)
    lines = f.channels * f.height
    begin, end = pieces(lines, t)
    for piece in range(begin, end):
        block, c, h = piece // lines, piece % lines // f.height, piece % lines % f.height
        line = ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        copy_vectors(f.vector + piece * f.width * VECTOR_BYTES, f.image + line, f.width)


@blockwise
def unflatten(row: int, task: int) -> None:
    """The way back."""
    f, t = read(FlattenRow, row), read(Task, task)
    lines = f.channels * f.height
    begin, end = pieces(lines, t)
    for piece in range(begin, end):
        block, c, h = piece // lines, piece % lines // f.height, piece % lines % f.height
        line = ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES
        copy_vectors(f.image + line, f.vector + piece * f.width * VECTOR_BYTES, f.width)


class Flatten(Node):
    """An image as a vector, in the order of torch.flatten: channel by channel, row by row."""

    def __init__(self, x: Value, y: Value) -> None:
        self.inputs, self.output = (x,), y

    def forward(self, plan: Plan) -> None:
        plan.emit(flatten, FlattenRow(self.inputs[0].buffer, self.output.buffer, *self.inputs[0].size))

    def backward(self, plan: Plan) -> None:
        dy = plan.gradient_of(self.output)
        plan.add_into(
            self.inputs[0],
            lambda dx: plan.emit(unflatten, FlattenRow(dx, dy, *self.inputs[0].size)),
        )
