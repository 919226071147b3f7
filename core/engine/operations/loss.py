"""Losses: each image's loss, and the gradient of their mean."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Kernel, Task, blockwise, family, helper, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    WIDTH,
    absolute,
    exp,
    first_lanes,
    lane_of,
    load,
    load_float,
    load_integer,
    maximum,
    splat,
    store,
    store_float,
    where_positive,
    zeros,
)
from core.engine.operations.activation import gate

F32 = np.float32
SQUARE, ABSOLUTE, HUBER = range(3)


class LossRow(NamedTuple):
    """`targets` are int64 class numbers (N,), or float32 values (blocks of lanes, as `x`); `losses`
    float32 (N,); `weights` those of the classes, float32, or nothing."""

    x: Operand
    gradient: Operand
    targets: Operand
    losses: Operand
    weights: Operand
    values: int
    parameter: float
    """The label smoothing, or Huber's delta."""


@blockwise
def softmax_cross_entropy(row: int, task: int) -> None:
    """-Σ_k t_k · log softmax(x)_k for smoothed and weighted targets t (see core/maths/losses.py)."""
    f, t = read(LossRow, row), read(Task, task)
    begin, end = share(t.last - t.first, t)
    own_share, evenly = F32(1) - f.parameter, f.parameter / F32(f.values)
    total_weight, class_weights = 0.0, F32(0)
    for image in range(t.samples):
        total_weight += load_float(f.weights + 4 * load_integer(f.targets + 8 * image))
    for k in range(f.values):
        class_weights += load_float(f.weights + 4 * k)
    for block in range(t.first + begin, t.first + end):
        x = f.x + block * f.values * VECTOR_BYTES
        gradient = f.gradient + block * f.values * VECTOR_BYTES
        lanes = min(WIDTH, t.samples - block * WIDTH)
        largest = load(x)
        for k in range(1, f.values):
            largest = maximum(load(x + k * VECTOR_BYTES), largest)
        powers = zeros()
        for k in range(f.values):
            power = exp(load(x + k * VECTOR_BYTES) - largest)
            store(gradient + k * VECTOR_BYTES, power)
            powers = powers + power
        scale = first_lanes(lanes) / powers
        for k in range(f.values):
            store(gradient + k * VECTOR_BYTES, load(gradient + k * VECTOR_BYTES) * scale)
        for lane in range(lanes):
            image = block * WIDTH + lane
            own = x + 4 * lane
            top, powers_sum = load_float(own), 0.0
            for k in range(1, f.values):
                value = load_float(own + k * VECTOR_BYTES)
                if not value <= top:
                    top = value
            for k in range(f.values):
                powers_sum += math.exp(load_float(own + k * VECTOR_BYTES) - top)
            logarithm = math.log(powers_sum)
            label = load_integer(f.targets + 8 * image)
            weight = load_float(f.weights + 4 * label) * own_share
            targets = weight + evenly * class_weights
            scaling = F32(1 / total_weight) if total_weight > 0 else F32(0)
            loss = weight * (logarithm - (load_float(own + label * VECTOR_BYTES) - top))
            for k in range(f.values):
                place = gradient + 4 * lane + k * VECTOR_BYTES
                target = evenly * load_float(f.weights + 4 * k)
                if evenly != 0:
                    loss += target * (logarithm - (load_float(own + k * VECTOR_BYTES) - top))
                if k == label:
                    target += weight
                store_float(place, (load_float(place) * targets - target) * scaling)
            # Whoever reads the losses takes their mean.
            share_of_loss = F32(loss * t.samples / total_weight) if total_weight > 0 else F32(0)
            store_float(f.losses + 4 * image, share_of_loss)


@blockwise
def binary_cross_entropy(row: int, task: int) -> None:
    """max(x, 0) - x · t + log(1 + e^-|x|), and the gradient σ(x) - t (see core/maths/losses.py)."""
    f, t = read(LossRow, row), read(Task, task)
    begin, end = share(t.last - t.first, t)
    for block in range(t.first + begin, t.first + end):
        lanes = min(WIDTH, t.samples - block * WIDTH)
        scale = first_lanes(lanes) * (F32(1) / F32(t.samples * f.values))
        start = block * f.values * VECTOR_BYTES
        for k in range(f.values):
            place = start + k * VECTOR_BYTES
            probability, _, _ = gate(load(f.x + place))
            store(f.gradient + place, (probability - load(f.targets + place)) * scale)
        for lane in range(lanes):
            loss = 0.0
            for k in range(f.values):
                place = start + k * VECTOR_BYTES + 4 * lane
                x = load_float(f.x + place)
                loss += max(x, F32(0)) - x * load_float(f.targets + place) + math.log1p(math.exp(-abs(x)))
            store_float(f.losses + 4 * (block * WIDTH + lane), F32(loss / f.values))


@helper
def _distance(kind: int, difference: Any, delta: Any) -> Any:
    """The loss of one number, and its gradient."""
    size = absolute(difference)
    sign = where_positive(difference, splat(F32(1)), where_positive(size, splat(F32(-1)), zeros()))
    if kind == SQUARE:
        return difference * difference, difference * F32(2)
    if kind == ABSOLUTE:
        return size, sign
    far = size - delta
    loss = where_positive(far, (size - delta * F32(0.5)) * delta, difference * difference * F32(0.5))
    return loss, where_positive(far, sign * delta, difference)


@family
def distance(kind: int) -> Kernel:
    """Mean squared or absolute error, or Huber's loss, over all numbers (see core/maths/losses.py)."""

    def measure(row: int, task: int) -> None:
        f, t = read(LossRow, row), read(Task, task)
        begin, end = share(t.last - t.first, t)
        for block in range(t.first + begin, t.first + end):
            lanes = min(WIDTH, t.samples - block * WIDTH)
            scale = first_lanes(lanes) * (F32(1) / F32(t.samples * f.values))
            losses = zeros()
            for k in range(f.values):
                place = (block * f.values + k) * VECTOR_BYTES
                difference = load(f.x + place) - load(f.targets + place)
                loss, gradient = _distance(kind, difference, splat(f.parameter))
                losses = losses + loss
                store(f.gradient + place, gradient * scale)
            losses = losses * (F32(1) / F32(f.values))
            for lane in range(lanes):
                store_float(f.losses + 4 * (block * WIDTH + lane), lane_of(losses, lane))

    return blockwise(measure)
