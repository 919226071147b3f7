"""Layer and group normalisation of one image.

Each vector of channels gets its mean and its squared distances from it by itself; these are combined for a
group (Chan, Golub and LeVeque, Algorithms for Computing the Sample Variance, 1983), and what is left is a
scale and a shift of each channel.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Task, operation, read
from core.engine.machine.vectors import VECTOR_BYTES, fma, load, load_float, store, store_float, zeros
from core.engine.operations.packed_weights import split
from core.engine.single.pixels import PixelNode, Pixels, image
from core.engine.single.pointwise import NormRow, normalise
from core.engine.single.weights import emit_pack
from core.engine.tape import Learned, Tape

F32 = np.float32


class MomentsRow(NamedTuple):
    x: Operand
    x_line: int
    x_pixel: int
    means: Operand
    squares: Operand
    height: int
    width: int
    depth: int


@operation
def channel_moments(row: int, task: int) -> None:
    """The mean of each channel, and the sum of the squared distances from it."""
    f, t = read(MomentsRow, row), read(Task, task)
    begin, end = share(f.depth, t)
    for q in range(begin, end):
        place = q * VECTOR_BYTES
        mean, squares = zeros(), zeros()
        for i in range(f.height):
            added = zeros()
            for j in range(f.width):
                added = added + load(f.x + i * f.x_line + j * f.x_pixel + place)
            mean = mean + added
        mean = mean * (F32(1) / F32(f.height * f.width))
        for i in range(f.height):
            added = zeros()
            for j in range(f.width):
                distance = load(f.x + i * f.x_line + j * f.x_pixel + place) - mean
                added = fma(distance, distance, added)
            squares = squares + added
        store(f.means + place, mean)
        store(f.squares + place, squares)


class GroupRow(NamedTuple):
    """Without γ and β for channels their addresses are 0."""

    means: Operand
    squares: Operand
    gamma: Operand | int
    beta: Operand | int
    scale: Operand
    shift: Operand
    channels: int
    groups: int
    pixels: int
    epsilon: float


@operation
def group_affine(row: int, task: int) -> None:
    """scale = γ / σ and shift = β - mean · scale for each channel, from its group's mean and variance."""
    f, t = read(GroupRow, row), read(Task, task)
    size = f.channels // f.groups
    begin, end = share(f.groups, t)
    for group in range(begin, end):
        first = group * size
        mean, squares = F32(0), F32(0)
        for c in range(first, first + size):
            mean += load_float(f.means + 4 * c)
        mean /= F32(size)
        for c in range(first, first + size):
            distance = load_float(f.means + 4 * c) - mean
            squares += load_float(f.squares + 4 * c) + F32(f.pixels) * distance * distance
        inverse = F32(1) / np.sqrt(squares / F32(size * f.pixels) + f.epsilon)
        for c in range(first, first + size):
            scale = inverse * load_float(f.gamma + 4 * c) if f.gamma else inverse
            beta = load_float(f.beta + 4 * c) if f.beta else F32(0)
            store_float(f.scale + 4 * c, scale)
            store_float(f.shift + 4 * c, beta - mean * scale)


class EachRow(NamedTuple):
    """γ and β lie [vector of channels][row][column]."""

    y: Operand
    y_line: int
    y_pixel: int
    gamma: Operand
    beta: Operand
    height: int
    width: int
    depth: int


@operation
def scale_each(row: int, task: int) -> None:
    """y = y · γ + β, with numbers of its own for each value."""
    f, t = read(EachRow, row), read(Task, task)
    begin, end = share(f.height * f.width, t)
    for pixel in range(begin, end):
        y = f.y + pixel // f.width * f.y_line + pixel % f.width * f.y_pixel
        for q in range(f.depth):
            place, other = y + q * VECTOR_BYTES, (q * f.height * f.width + pixel) * VECTOR_BYTES
            store(place, fma(load(place), load(f.gamma + other), load(f.beta + other)))


class SampleNorm(PixelNode):
    """Normalisation in groups of channels; γ and β for `each` value, or for each channel."""

    def __init__(
        self, x: Pixels, y: Pixels, gamma: Learned, beta: Learned, groups: int, each: bool, epsilon: float
    ) -> None:
        self.inputs, self.output = (x,), y
        self.x, self.gamma, self.beta = x, gamma, beta
        self.groups, self.each, self.epsilon = groups, each, float(epsilon)

    def emit(self, tape: Tape) -> None:
        x, y = self.x, self.output
        channels, height, width = x.size
        means, squares, scale, shift = (Buffer(x.pixel) for _ in range(4))
        tape.emit(channel_moments, MomentsRow(*image(x), means, squares, height, width, x.depth))
        gamma, beta = self.gamma.values, self.beta.values
        row = GroupRow(
            means, squares, gamma, beta, scale, shift, channels, self.groups, height * width, self.epsilon
        )
        tape.emit(group_affine, row._replace(gamma=0, beta=0) if self.each else row)
        tape.emit(normalise, NormRow(*image(x), *image(y), scale, shift, height, width, y.depth))
        if self.each:
            sizes = (1, channels, height * width, 1, split(y.depth, 1))
            gamma, beta = emit_pack(tape, self.gamma, *sizes), emit_pack(tape, self.beta, *sizes)
            tape.emit(scale_each, EachRow(*image(y), gamma, beta, height, width, y.depth))
