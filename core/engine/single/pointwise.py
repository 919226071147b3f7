"""Operations on each value of one image by itself, and softmax over the channels of each pixel."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Kernel, Task, family, helper, operation, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    WIDTH,
    exp,
    first_lanes,
    fma,
    lane_of,
    load,
    load_float,
    maximum,
    splat,
    store,
    total,
    where_positive,
    zeros,
)
from core.engine.operations.activation import curve
from core.engine.single.pixels import PixelNode, Pixels, image
from core.engine.single.weights import Norm, emit_affine
from core.engine.tape import Tape


class CurveRow(NamedTuple):
    x: Operand
    x_line: int
    x_pixel: int
    y: Operand
    y_line: int
    y_pixel: int
    height: int
    width: int
    slope: float


@family
def _curve_kernel(kind: int) -> Kernel:
    """The operation for a curve."""

    def apply_curve(row: int, task: int) -> None:
        f, t = read(CurveRow, row), read(Task, task)
        begin, end = share(f.height, t)
        for i in range(begin, end):
            for place in range(0, f.width * f.x_pixel, VECTOR_BYTES):
                store(f.y + i * f.y_line + place, curve(kind, load(f.x + i * f.x_line + place), f.slope))

    return operation(apply_curve)


class Activation(PixelNode):
    """y = curve(x)."""

    def __init__(self, x: Pixels, y: Pixels, kind: int, slope: float = 0.0) -> None:
        self.inputs, self.output = (x,), y
        self.x, self.kind, self.slope = x, kind, float(slope)

    def emit(self, tape: Tape) -> None:
        size = self.output.size[1:]
        tape.emit(_curve_kernel(self.kind), CurveRow(*image(self.x), *image(self.output), *size, self.slope))


class NormRow(NamedTuple):
    x: Operand
    x_line: int
    x_pixel: int
    y: Operand
    y_line: int
    y_pixel: int
    scale: Operand
    shift: Operand
    height: int
    width: int
    depth: int


@operation
def normalise(row: int, task: int) -> None:
    """y = x · scale + shift."""
    f, t = read(NormRow, row), read(Task, task)
    begin, end = share(f.height * f.width, t)
    for piece in range(begin, end):
        i, j = piece // f.width, piece % f.width
        x, y = f.x + i * f.x_line + j * f.x_pixel, f.y + i * f.y_line + j * f.y_pixel
        for place in range(0, f.depth * VECTOR_BYTES, VECTOR_BYTES):
            store(y + place, fma(load(x + place), load(f.scale + place), load(f.shift + place)))


class BatchNorm(PixelNode):
    """A batch normalisation that no layer before it takes over."""

    def __init__(self, x: Pixels, y: Pixels, norm: Norm) -> None:
        self.inputs, self.output = (x,), y
        self.x, self.norm = x, norm

    def emit(self, tape: Tape) -> None:
        x, y = self.x, self.output
        scale, shift = emit_affine(tape, x.size[0], None, self.norm)
        tape.emit(normalise, NormRow(*image(x), *image(y), scale, shift, *y.size[1:], y.depth))


class CombineRow(NamedTuple):
    """A distance is 0 along an axis where a value is repeated, `depth` too where all channels share one."""

    a: Operand
    a_line: int
    a_pixel: int
    a_vector: int
    b: Operand
    b_line: int
    b_pixel: int
    b_vector: int
    y: Operand
    y_line: int
    y_pixel: int
    height: int
    width: int
    depth: int
    product: int
    relu: int


@helper
def _channels(address: int, vector: int, q: int) -> Any:
    return load(address + q * vector) if vector else splat(load_float(address))


@operation
def combine(row: int, task: int) -> None:
    """y = a · b with `product`, else a + b (then ReLU)."""
    f, t = read(CombineRow, row), read(Task, task)
    begin, end = share(f.height * f.width, t)
    for piece in range(begin, end):
        i, j = piece // f.width, piece % f.width
        a, b = f.a + i * f.a_line + j * f.a_pixel, f.b + i * f.b_line + j * f.b_pixel
        y = f.y + i * f.y_line + j * f.y_pixel
        for q in range(f.depth):
            left, right = _channels(a, f.a_vector, q), _channels(b, f.b_vector, q)
            value = left * right if f.product else left + right
            if f.relu:
                value = maximum(value, zeros())
            store(y + q * VECTOR_BYTES, value)


class Combine(PixelNode):
    """The sum or the product of values whose sizes are equal or 1."""

    def __init__(self, inputs: tuple[Pixels, ...], y: Pixels, product: bool) -> None:
        self.inputs, self.output = inputs, y
        self.values, self.product = inputs, product
        self.relu = False

    def _source(self, x: Pixels) -> tuple[Operand, int, int, int]:
        """Address and distances of a value, with 0 where it is repeated."""
        whole = [n == m for n, m in zip(x.size, self.output.size, strict=True)]
        first, line, pixel = image(x)
        return first, line * whole[1], pixel * whole[2], VECTOR_BYTES * whole[0]

    def emit(self, tape: Tape) -> None:
        y = self.output
        last = len(self.values) - 1
        so_far = self._source(self.values[0])
        for number, x in enumerate(self.values[1:], 1):
            relu = int(self.relu and number == last)
            tape.emit(
                combine,
                CombineRow(
                    *so_far, *self._source(x), *image(y), *y.size[1:], y.depth, int(self.product), relu
                ),
            )
            so_far = self._source(y)


class SoftmaxRow(NamedTuple):
    x: Operand
    x_line: int
    x_pixel: int
    y: Operand
    y_line: int
    y_pixel: int
    channels: int
    height: int
    width: int


@helper
def _masked(address: int, channel: int, channels: int, other: Any) -> Any:
    """The channels from `channel` on, `other` where there are no more."""
    return where_positive(first_lanes(channels - channel), load(address + 4 * channel), other)


@operation
def softmax(row: int, task: int) -> None:
    """y_k = exp(x_k - max) / Σ exp(x_j - max) at each pixel."""
    f, t = read(SoftmaxRow, row), read(Task, task)
    begin, end = share(f.height * f.width, t)
    for piece in range(begin, end):
        i, j = piece // f.width, piece % f.width
        x, y = f.x + i * f.x_line + j * f.x_pixel, f.y + i * f.y_line + j * f.y_pixel
        lowest = splat(-np.float32(np.inf))
        lanes = lowest
        for c in range(0, f.channels, WIDTH):
            lanes = maximum(_masked(x, c, f.channels, lowest), lanes)
        largest = lane_of(lanes, 0)
        for lane in range(1, WIDTH):
            largest = max(largest, lane_of(lanes, lane))
        powers = zeros()
        for c in range(0, f.channels, WIDTH):
            power = exp(load(x + 4 * c) - largest)
            store(y + 4 * c, power)
            powers = powers + where_positive(first_lanes(f.channels - c), power, zeros())
        share_of_one = np.float32(1) / total(powers)
        for c in range(0, f.channels, WIDTH):
            store(y + 4 * c, load(y + 4 * c) * share_of_one)


class Softmax(PixelNode):
    """Softmax over the channels."""

    def __init__(self, x: Pixels, y: Pixels) -> None:
        self.inputs, self.output = (x,), y
        self.x = x

    def emit(self, tape: Tape) -> None:
        tape.emit(softmax, SoftmaxRow(*image(self.x), *image(self.output), *self.output.size))
