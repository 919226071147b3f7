"""Losses: each image's loss, and the gradient of their mean."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from core.engine.arena import Operand
from core.engine.helpers import load_integer, share
from core.engine.operation import Task, operation, read
from core.engine.vectors import (
    VECTOR_BYTES,
    WIDTH,
    absolute,
    exp,
    first_lanes,
    lane_of,
    load,
    load_float,
    maximum,
    splat,
    store,
    store_float,
    where_positive,
    zeros,
)

F32 = np.float32


class LossRow(NamedTuple):
    """`targets` are int64 class numbers (N,), or float32 values (blocks of lanes, as `x`); `losses`
    float32 (N,)."""

    x: Operand
    gradient: Operand
    targets: Operand
    losses: Operand
    values: int
    delta: float


@operation
def softmax_cross_entropy(row: int, task: int) -> None:
    """-log softmax(x)[label]; the gradient is (softmax(x) - one-hot) / N (Bishop 2006, equation 4.109)."""
    f, t = read(LossRow, row), read(Task, task)
    begin, end = share(t.last - t.first, t)
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
        scale = first_lanes(lanes) / (powers * F32(t.samples))
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
            label = load_integer(f.targets + 8 * image) * VECTOR_BYTES
            loss = math.log(powers_sum) - (load_float(own + label) - top)
            store_float(f.losses + 4 * image, F32(loss))
            place = gradient + 4 * lane + label
            store_float(place, load_float(place) - F32(1) / F32(t.samples))


@operation
def distance(row: int, task: int) -> None:
    """Mean squared error for delta = 0, else Huber's loss with that delta (Huber 1964), over all numbers."""
    f, t = read(LossRow, row), read(Task, task)
    begin, end = share(t.last - t.first, t)
    for block in range(t.first + begin, t.first + end):
        lanes = min(WIDTH, t.samples - block * WIDTH)
        scale = first_lanes(lanes) * (F32(1) / F32(t.samples * f.values))
        losses = zeros()
        for k in range(f.values):
            place = (block * f.values + k) * VECTOR_BYTES
            difference = load(f.x + place) - load(f.targets + place)
            if f.delta == 0:
                losses = losses + difference * difference
                store(f.gradient + place, difference * F32(2) * scale)
                continue
            limit = splat(f.delta)
            size = absolute(difference)
            near = difference * difference * F32(0.5)
            far = (size - limit * F32(0.5)) * limit
            losses = losses + where_positive(size - limit, far, near)
            sign = where_positive(difference, limit, zeros() - limit)
            store(f.gradient + place, where_positive(size - limit, sign, difference) * scale)
        losses = losses * (F32(1) / F32(f.values))
        for lane in range(lanes):
            store_float(f.losses + 4 * (block * WIDTH + lane), lane_of(losses, lane))
