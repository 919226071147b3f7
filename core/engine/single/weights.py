"""Weights in the order in which the product reads them, and what is done with its results.

Packed weights outlive a call, and are packed again only where they have changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types

from core.engine.machine.arena import Buffer, Fixed, Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Task, helper, preparing, read
from core.engine.machine.vectors import (
    F32,
    I32,
    I64,
    VECTOR,
    VECTOR_BYTES,
    WIDTH,
    load_at,
    load_float,
    primitive,
    store,
    store_float,
)
from core.engine.machine.vectors import vector as vector_type
from core.engine.operations.packed_weights import Parts, part_start
from core.engine.single.changes import MARK_BYTES, changed, marks
from core.engine.tape import Learned, Tape


def gather_lanes(builder: Any, address: Any, step: Any, lanes: Any) -> Any:
    """The vector of float32 that lie `step` bytes apart; from `lanes` on, lanes repeat the last one."""
    last = builder.sub(lanes, I64(1))
    value = ir.Constant(VECTOR, ir.Undefined)
    for lane in range(WIDTH):
        exists = builder.icmp_signed("<", I64(lane), last)
        place = builder.add(address, builder.mul(step, builder.select(exists, I64(lane), last)))
        value = builder.insert_element(value, load_at(builder, place, F32), I32(lane))
    return value


@primitive
def gather(_context: Any, address: Any, step: Any, lanes: Any) -> Any:
    """As `gather_lanes`, for kernels."""
    return vector_type(*[types.int64] * 3), lambda _c, builder, _s, args: gather_lanes(builder, *args)


@helper
def vector_place(vector: int, parts: int, rows: int, full: int) -> Any:
    """The first vector of the part that a vector belongs to, its place there, and the part's vectors."""
    part = min(vector // rows, full)
    if part == full and full < parts:
        part += (vector - full * rows) // (rows - 1)
    start = part_start(part, rows, full)
    return start, vector - start, rows if part < full else rows - 1


class PackRow(NamedTuple):
    """`filters` and `inputs` are those of a group; `marks` holds a fingerprint for each vector of filters."""

    weights: Operand
    panels: Operand
    marks: Operand
    groups: int
    filters: int
    vectors: int
    inputs: int
    taps: int
    parts: int
    rows: int
    full: int


@preparing
def pack(row: int, task: int) -> None:
    """From [filter][input][tap] to [group][part][tap][input][filter within the part]."""
    f, t = read(PackRow, row), read(Task, task)
    size = f.inputs * f.taps
    begin, end = share(f.groups * f.vectors, t)
    for piece in range(begin, end):
        group, vector = piece // f.vectors, piece % f.vectors
        lanes = min(WIDTH, f.filters - vector * WIDTH)
        source = f.weights + 4 * (group * f.filters + vector * WIDTH) * size
        if not changed(source, lanes * size, f.marks + MARK_BYTES * piece):
            continue
        start, index, vectors = vector_place(vector, f.parts, f.rows, f.full)
        target = f.panels + ((group * f.vectors + start) * size + index) * VECTOR_BYTES
        for tap in range(f.taps):
            for k in range(f.inputs):
                value = gather(source + 4 * (k * f.taps + tap), 4 * size, lanes)
                store(target + (tap * f.inputs + k) * vectors * VECTOR_BYTES, value)


def emit_pack(
    tape: Tape, weight: Learned, groups: int, filters: int, inputs: int, taps: int, parts: Parts
) -> Operand:
    """The row that packs weights (filters · groups, inputs, taps); gives the panels."""
    vectors = -(-filters // WIDTH)
    panels = Fixed(np.zeros((groups * vectors, inputs * taps, WIDTH), np.float32))
    known = Fixed(marks(groups * vectors))
    tape.emit(pack, PackRow(weight.values, panels, known, groups, filters, vectors, inputs, taps, *parts))
    return panels


class AffineRow(NamedTuple):
    """Without a bias its address is 0; without a normalisation gamma's is."""

    scale: Operand
    shift: Operand
    bias: Operand | int
    gamma: Operand | int
    beta: Operand | int
    mean: Operand | int
    variance: Operand | int
    channels: int
    epsilon: float


@preparing
def affine(row: int, task: int) -> None:
    """scale = γ / σ and shift = β + (bias - mean) · scale; without a normalisation 1 and the bias."""
    f, t = read(AffineRow, row), read(Task, task)
    one, zero = np.float32(1), np.float32(0)
    begin, end = share(f.channels, t)
    for c in range(begin, end):
        scale, shift = one, load_float(f.bias + 4 * c) if f.bias else zero
        if f.gamma:
            deviation = np.sqrt(load_float(f.variance + 4 * c) + f.epsilon)
            scale = load_float(f.gamma + 4 * c) / deviation
            shift = load_float(f.beta + 4 * c) + (shift - load_float(f.mean + 4 * c)) * scale
        store_float(f.scale + 4 * c, scale)
        store_float(f.shift + 4 * c, shift)


@dataclass(frozen=True)
class Norm:
    """A batch normalisation in evaluation mode."""

    arrays: dict[str, Learned]
    epsilon: float


def emit_affine(tape: Tape, channels: int, bias: Learned | None, norm: Norm | None) -> tuple[Buffer, Buffer]:
    """The row for what a layer's results are multiplied with and what is added."""
    size = -(-channels // WIDTH) * VECTOR_BYTES
    scale, shift = Buffer(size), Buffer(size)
    a = norm.arrays if norm else {}
    gamma, beta, mean, variance = (
        a[name].values if norm else 0 for name in ("gamma", "beta", "running_mean", "running_variance")
    )
    epsilon = norm.epsilon if norm else 0.0
    start = bias.values if bias else 0
    row = AffineRow(scale, shift, start, gamma, beta, mean, variance, channels, epsilon)
    tape.emit(affine, row)
    return scale, shift
