"""Layer and group normalisation: each image, so each lane, has a mean and a variance of its own."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import SumRow, clear, pieces, sum_copies
from core.engine.machine.operation import Fields, Task, blockwise, finishing, helper, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    fma,
    load,
    load_float,
    splat,
    sqrt,
    store,
    store_float,
    total,
    zeros,
)
from core.engine.tape import Learned, Node, Tape, Value

F32 = np.float32


class SampleNormRow(NamedTuple):
    """γ and β of (c, h, w) are at c · channel_stride + h · row_stride + w · column_stride.

    `kept` holds mean and 1 / σ for each block, group and lane; `sums` adds up x̂ · dy and dy.
    """

    x: Operand
    y: Operand
    dx: Operand
    gamma: Operand
    beta: Operand
    kept: Operand
    sums: Operand
    sums_step: int
    channels: int
    height: int
    width: int
    groups: int
    affine_size: int
    channel_stride: int
    row_stride: int
    column_stride: int
    epsilon: float


@helper
def _line(f: Fields, block: int, group: int, line: int) -> Any:
    """Channel, row and offset of line number `line` of a group."""
    size = f.channels // f.groups
    h, c = line // size, group * size + line % size
    return c, h, ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES


@blockwise
def sample_norm(row: int, task: int) -> None:
    """y = γ · (x - mean) / σ + β."""
    f, t = read(SampleNormRow, row), read(Task, task)
    lines = f.channels // f.groups * f.height
    share = F32(1) / F32(lines * f.width)
    begin, end = pieces(f.groups, t)
    for piece in range(begin, end):
        block, group = piece // f.groups, piece % f.groups
        mean, variance = zeros(), zeros()
        for line in range(lines):
            _, _, offset = _line(f, block, group, line)
            added = zeros()  # lines have sums of their own: so they needn't wait for each other
            for w in range(f.width):
                added = added + load(f.x + offset + w * VECTOR_BYTES)
            mean = mean + added
        mean = mean * share
        for line in range(lines):
            _, _, offset = _line(f, block, group, line)
            added = zeros()
            for w in range(f.width):
                distance = load(f.x + offset + w * VECTOR_BYTES) - mean
                added = fma(distance, distance, added)
            variance = variance + added
        inverse = splat(F32(1)) / sqrt(variance * share + f.epsilon)
        store(f.kept + 2 * piece * VECTOR_BYTES, mean)
        store(f.kept + (2 * piece + 1) * VECTOR_BYTES, inverse)
        for line in range(lines):
            c, h, offset = _line(f, block, group, line)
            for w in range(f.width):
                index = 4 * (c * f.channel_stride + h * f.row_stride + w * f.column_stride)
                normal = (load(f.x + offset + w * VECTOR_BYTES) - mean) * inverse
                result = normal * load_float(f.gamma + index) + load_float(f.beta + index)
                store(f.y + offset + w * VECTOR_BYTES, result)


@helper
def _scaled(f: Fields, index: int, value: Any) -> Any:
    return value * load_float(f.gamma + index)


@helper
def _add_sums(place: int, along: Any, plain: Any) -> None:
    """Adds the lanes up for the gradients of γ and β."""
    store_float(place, load_float(place) + total(along))
    store_float(place + 4, load_float(place + 4) + total(plain))


@blockwise
def sample_norm_backward(row: int, task: int) -> None:
    """dx = 1/σ · (g - mean(g) - x̂ · mean(g · x̂)) with g = γ · dy; here y holds dy."""
    f, t = read(SampleNormRow, row), read(Task, task)
    sums = f.sums + t.thread * f.sums_step
    if t.fresh:
        clear(sums, 8 * f.affine_size)
    lines = f.channels // f.groups * f.height
    share = F32(1) / F32(lines * f.width)
    begin, end = pieces(f.groups, t)
    for piece in range(begin, end):
        block, group = piece // f.groups, piece % f.groups
        mean = load(f.kept + 2 * piece * VECTOR_BYTES)
        inverse = load(f.kept + (2 * piece + 1) * VECTOR_BYTES)
        plain, along = zeros(), zeros()
        for line in range(lines):
            c, h, offset = _line(f, block, group, line)
            index = 4 * (c * f.channel_stride + h * f.row_stride)
            line_plain, line_along = zeros(), zeros()
            for w in range(f.width):
                gradient = load(f.y + offset + w * VECTOR_BYTES)
                weighed = gradient * ((load(f.x + offset + w * VECTOR_BYTES) - mean) * inverse)
                if f.column_stride:
                    _add_sums(sums + 2 * index, weighed, gradient)
                    gradient, weighed = _scaled(f, index, gradient), _scaled(f, index, weighed)
                    index += 4 * f.column_stride
                line_plain, line_along = line_plain + gradient, line_along + weighed
            if not f.column_stride:  # one γ for the whole line
                _add_sums(sums + 2 * index, line_along, line_plain)
                line_plain, line_along = _scaled(f, index, line_plain), _scaled(f, index, line_along)
            plain, along = plain + line_plain, along + line_along
        plain, along = plain * share, along * share
        for line in range(lines):
            c, h, offset = _line(f, block, group, line)
            for w in range(f.width):
                index = 4 * (c * f.channel_stride + h * f.row_stride + w * f.column_stride)
                normal = (load(f.x + offset + w * VECTOR_BYTES) - mean) * inverse
                scaled = load(f.y + offset + w * VECTOR_BYTES) * load_float(f.gamma + index)
                store(f.dx + offset + w * VECTOR_BYTES, inverse * (scaled - plain - normal * along))


class PairsRow(NamedTuple):
    pairs: Operand
    first: Operand
    second: Operand
    size: int


@finishing
def split_pairs(row: int, task: int) -> None:
    """first, second = the even and the odd floats of `pairs`."""
    f, t = read(PairsRow, row), read(Task, task)
    for index in range(t.part, f.size, t.parts):
        store_float(f.first + 4 * index, load_float(f.pairs + 8 * index))
        store_float(f.second + 4 * index, load_float(f.pairs + 8 * index + 4))


class SampleNorm(Node):
    """Normalisation of each image in `groups` groups of channels; γ and β for each channel or for each
    value."""

    learns = True

    def __init__(
        self, x: Value, y: Value, gamma: Learned, beta: Learned, groups: int, each: bool, epsilon: float
    ) -> None:
        self.inputs, self.output = (x,), y
        self.gamma, self.beta = gamma, beta
        self.groups, self.each, self.epsilon = groups, each, float(epsilon)
        self.kept: Buffer | None = None

    def _emit(self, tape: Tape, x: Buffer, y: Buffer, dx: Buffer, sums: Buffer, step: int) -> None:
        channels, height, width = self.inputs[0].size
        strides = (height * width, width, 1) if self.each else (1, 0, 0)
        size = channels * height * width if self.each else channels
        assert self.kept is not None  # made by the forward pass
        row = SampleNormRow(
            x, y, dx, self.gamma.values, self.beta.values, self.kept, sums, step,
            channels, height, width, self.groups, size, *strides, self.epsilon,
        )  # fmt: skip
        tape.emit(sample_norm if dx is y else sample_norm_backward, row)

    def forward(self, tape: Tape) -> None:
        self.kept = tape.buffer(2 * self.groups)
        y = self.output.buffer
        self._emit(tape, self.inputs[0].buffer, y, y, y, 0)

    def backward(self, tape: Tape) -> None:
        x, dy = self.inputs[0], tape.gradient_of(self.output)
        size = x.vectors if self.each else x.size[0]
        sums, step = tape.scratch(8 * size)
        known = tape.recall(x)
        tape.add_into(x, lambda dx: self._emit(tape, known, dy, dx, sums, step))
        tape.emit(sum_copies, SumRow(sums, step, tape.threads, sums, 2 * size))
        tape.emit(split_pairs, PairsRow(sums, self.gamma.gradient, self.beta.gradient, size))
