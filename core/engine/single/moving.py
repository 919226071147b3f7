"""Values of one image brought in and out, joined, moved and resized."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import clear, copy_vectors, share
from core.engine.machine.operation import Task, operation, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    WIDTH,
    fma,
    load,
    load_float,
    load_integer,
    splat,
    store,
    store_float,
    zeros,
)
from core.engine.operations.batch import transpose
from core.engine.operations.resampling import taps
from core.engine.single.pixels import PixelNode, Pixels, image
from core.engine.tape import Tape


class PlanesRow(NamedTuple):
    """`planes` is (C, H, W), one channel behind the other."""

    planes: Operand
    first: Operand
    line: int
    pixel: int
    channels: int
    height: int
    width: int


def planes_row(planes: Operand, value: Pixels) -> PlanesRow:
    """The row for a value whose channels lie in `planes`."""
    return PlanesRow(planes, *image(value), *value.size)


@operation
def from_planes(row: int, task: int) -> None:
    """Brings the channels of each pixel together."""
    f, t = read(PlanesRow, row), read(Task, task)
    begin, end = share(f.height, t)
    for i in range(begin, end):
        for c in range(f.channels):
            source = f.planes + 4 * (c * f.height + i) * f.width
            target = f.first + i * f.line + 4 * c
            for j in range(f.width):
                store_float(target + j * f.pixel, load_float(source + 4 * j))


@operation
def to_planes(row: int, task: int) -> None:
    """Sorts the pixels by channels."""
    f, t = read(PlanesRow, row), read(Task, task)
    plane = 4 * f.height * f.width
    begin, end = share(f.height, t)
    for i in range(begin, end):
        source, target = f.first + i * f.line, f.planes + 4 * i * f.width
        whole = f.width // WIDTH * WIDTH
        for c in range(0, f.channels, WIDTH):
            done = 0
            if c + WIDTH <= f.channels:
                for j in range(0, whole, WIDTH):
                    transpose(source + j * f.pixel + 4 * c, f.pixel, target + c * plane + 4 * j, plane)
                done = whole
            for k in range(c, min(c + WIDTH, f.channels)):
                for j in range(done, f.width):
                    store_float(target + k * plane + 4 * j, load_float(source + j * f.pixel + 4 * k))


class Flatten(PixelNode):
    """An image as a vector, channel by channel, row by row."""

    def __init__(self, x: Pixels, y: Pixels) -> None:
        self.inputs, self.output = (x,), y
        self.x = x

    def emit(self, tape: Tape) -> None:
        tape.emit(to_planes, planes_row(self.output.at(), self.x))


class Unflatten(PixelNode):
    """The way back."""

    def __init__(self, x: Pixels, y: Pixels) -> None:
        self.inputs, self.output = (x,), y
        self.x = x

    def emit(self, tape: Tape) -> None:
        tape.emit(from_planes, planes_row(self.x.at(), self.output))


class ChannelsRow(NamedTuple):
    x: Operand
    x_line: int
    x_pixel: int
    y: Operand
    y_line: int
    y_pixel: int
    start: int
    channels: int
    height: int
    width: int


@operation
def copy_channels(row: int, task: int) -> None:
    """y's channels from `start` on are those of x."""
    f, t = read(ChannelsRow, row), read(Task, task)
    whole = f.channels // WIDTH
    begin, end = share(f.height * f.width, t)
    for piece in range(begin, end):
        i, j = piece // f.width, piece % f.width
        source = f.x + i * f.x_line + j * f.x_pixel
        target = f.y + i * f.y_line + j * f.y_pixel + 4 * f.start
        copy_vectors(target, source, whole)
        for c in range(whole * WIDTH, f.channels):
            store_float(target + 4 * c, load_float(source + 4 * c))


class Concatenate(PixelNode):
    """Channels one behind the other."""

    def __init__(self, inputs: tuple[Pixels, ...], y: Pixels) -> None:
        self.inputs, self.output = inputs, y
        self.values = inputs

    def emit(self, tape: Tape) -> None:
        start = 0
        for x in self.values:
            tape.emit(copy_channels, ChannelsRow(*image(x), *image(self.output), start, *x.size))
            start += x.size[0]


class ShiftRow(NamedTuple):
    x: Operand
    x_line: int
    y: Operand
    y_line: int
    depth: int
    x_height: int
    x_width: int
    height: int
    width: int
    top: int
    left: int


@operation
def shift(row: int, task: int) -> None:
    """y[i, j] = x[i - top, j - left], and 0 where there is no such pixel."""
    f, t = read(ShiftRow, row), read(Task, task)
    pixel = f.depth * VECTOR_BYTES
    first, last = max(0, f.left), min(f.width, f.x_width + f.left)
    begin, end = share(f.height, t)
    for i in range(begin, end):
        target, line = f.y + i * f.y_line, i - f.top
        if line < 0 or line >= f.x_height or last <= first:
            clear(target, f.width * pixel)
            continue
        source = f.x + line * f.x_line + (first - f.left) * pixel
        clear(target, first * pixel)
        copy_vectors(target + first * pixel, source, (last - first) * f.depth)
        clear(target + last * pixel, (f.width - last) * pixel)


class Shift(PixelNode):
    """The image moved by (top, left) into another size: zero padding, or with negative numbers a crop."""

    def __init__(self, x: Pixels, y: Pixels, top: int, left: int) -> None:
        self.inputs, self.output = (x,), y
        self.x, self.top, self.left = x, top, left

    def emit(self, tape: Tape) -> None:
        x, y = self.x, self.output
        row = ShiftRow(x.at(), x.line, y.at(), y.line, x.depth, *x.size[1:], *y.size[1:], self.top, self.left)
        tape.emit(shift, row)


class ResampleRow(NamedTuple):
    """Spans and weights as in core/engine/operations/resampling.py."""

    x: Operand
    x_line: int
    x_pixel: int
    y: Operand
    y_line: int
    y_pixel: int
    row_spans: Operand
    row_weights: Operand
    row_taps: int
    column_spans: Operand
    column_weights: Operand
    column_taps: int
    height: int
    width: int
    depth: int


@operation
def resample(row: int, task: int) -> None:
    """y[i, j] = Σ_h Σ_w row_weights[i, h] · column_weights[j, w] · x[h, w]."""
    f, t = read(ResampleRow, row), read(Task, task)
    begin, end = share(f.height * f.depth, t)
    for piece in range(begin, end):
        i, place = piece // f.depth, piece % f.depth * VECTOR_BYTES
        row_span, row_weights = f.row_spans + 24 * i, f.row_weights + 4 * i * f.row_taps
        line = f.x + load_integer(row_span) * f.x_line + place
        for j in range(f.width):
            span, weights = f.column_spans + 24 * j, f.column_weights + 4 * j * f.column_taps
            result = zeros()
            for u in range(load_integer(row_span + 8)):
                x, added = line + u * f.x_line + load_integer(span) * f.x_pixel, zeros()
                for v in range(load_integer(span + 8)):
                    added = fma(splat(load_float(weights + 4 * v)), load(x + v * f.x_pixel), added)
                result = fma(splat(load_float(row_weights + 4 * u)), added, result)
            store(f.y + i * f.y_line + j * f.y_pixel + place, result)


class Resample(PixelNode):
    """Each output row and column as a weighted sum of input rows and columns."""

    def __init__(
        self, x: Pixels, y: Pixels, rows: NDArray[np.floating], columns: NDArray[np.floating]
    ) -> None:
        self.inputs, self.output = (x,), y
        self.x = x
        self._taps = (taps(rows), taps(columns))

    def emit(self, tape: Tape) -> None:
        x, y, (rows, columns) = self.x, self.output, self._taps
        tape.emit(resample, ResampleRow(*image(x), *image(y), *rows, *columns, *y.size[1:], x.depth))
