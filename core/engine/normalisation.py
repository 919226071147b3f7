"""Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167), with a fused addition and ReLU.

Lanes past the batch's last image are no images: they don't count in the statistics and get no gradient.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from core.engine.arena import Buffer, Operand
from core.engine.helpers import clear, pieces
from core.engine.operation import Fields, Task, helper, operation, read
from core.engine.plan import Node, Parameter, Plan, Value
from core.engine.vectors import (
    VECTOR_BYTES,
    WIDTH,
    first_lanes,
    fma,
    load,
    load_float,
    maximum,
    splat,
    store,
    store_float,
    total,
    where_positive,
    zeros,
)

F32 = np.float32


class BatchNormRow(NamedTuple):
    """`sums` and `scales` are scratch with `step` bytes a thread; `residual` may be 0.

    `kept` keeps mean and 1 / σ for the backward pass. `training`: take the batch's statistics.
    """

    x: Operand
    y: Operand
    residual: Operand | int
    gamma: Operand
    beta: Operand
    running_mean: Operand
    running_variance: Operand
    kept: Operand
    sums: Operand
    scales: Operand
    step: int
    channels: int
    height: int
    width: int
    relu: int
    training: int
    momentum: float
    epsilon: float


@helper
def _lanes(block: int, t: Task) -> int:
    """How many lanes of a block are images."""
    return min(WIDTH, t.samples - block * WIDTH)


@operation
def batch_statistics(row: int, task: int) -> None:
    """Per thread and channel: Σ (x - x₀) and Σ (x - x₀)², x₀ the channel's first value, against
    cancellation."""
    f, t = read(BatchNormRow, row), read(Task, task)
    sums = f.sums + t.thread * f.step
    clear(sums, 8 * f.channels)
    begin, end = pieces(f.height, t)
    for piece in range(begin, end):
        images = first_lanes(_lanes(piece // f.height, t))
        for c in range(f.channels):
            origin = splat(load_float(f.x + c * f.width * VECTOR_BYTES))
            line = f.x + (piece * f.channels + c) * f.width * VECTOR_BYTES
            plain, square = zeros(), zeros()
            for j in range(f.width):
                value = (load(line + j * VECTOR_BYTES) - origin) * images
                plain = plain + value
                square = fma(value, value, square)
            place = sums + 8 * c
            store_float(place, load_float(place) + total(plain))
            store_float(place + 4, load_float(place + 4) + total(square))


@helper
def _prepare(f: Fields, t: Task) -> Any:
    """Each thread works out scale and shift of all channels for itself: y = x · scale + shift."""
    scales = f.scales + t.thread * f.step
    count = float(t.samples * f.height * f.width)
    for c in range(f.channels):
        mean, variance = (
            float(load_float(f.running_mean + 4 * c)),
            float(load_float(f.running_variance + 4 * c)),
        )
        if f.training:
            plain, square = 0.0, 0.0
            for thread in range(t.parts):
                plain += load_float(f.sums + thread * f.step + 8 * c)
                square += load_float(f.sums + thread * f.step + 8 * c + 4)
            shifted = plain / count
            mean = load_float(f.x + c * f.width * VECTOR_BYTES) + shifted
            variance = max(0.0, square / count - shifted * shifted)
        inverse = 1.0 / math.sqrt(variance + f.epsilon)
        scale = load_float(f.gamma + 4 * c) * inverse
        store_float(scales + 8 * c, F32(scale))
        store_float(scales + 8 * c + 4, F32(load_float(f.beta + 4 * c) - mean * scale))
        if f.training and t.part == 0:
            store_float(f.kept + 8 * c, F32(mean))
            store_float(f.kept + 8 * c + 4, F32(inverse))
    return scales


@operation
def keep_running(row: int, task: int) -> None:
    """running ← (1 - momentum) · running + momentum · batch, with the unbiased variance."""
    f, t = read(BatchNormRow, row), read(Task, task)
    if t.part != 0:
        return
    count = float(t.samples * f.height * f.width)
    unbiased = count / max(count - 1.0, 1.0)
    for c in range(f.channels):
        mean, inverse = load_float(f.kept + 8 * c), float(load_float(f.kept + 8 * c + 4))
        variance = (1.0 / (inverse * inverse) - f.epsilon) * unbiased
        for place, new in ((f.running_mean + 4 * c, mean), (f.running_variance + 4 * c, F32(variance))):
            store_float(place, F32(load_float(place) * (F32(1) - f.momentum) + f.momentum * new))


@operation
def normalise(row: int, task: int) -> None:
    """y = x · scale + shift (+ residual) (then ReLU)."""
    f, t = read(BatchNormRow, row), read(Task, task)
    scales = _prepare(f, t)
    begin, end = pieces(f.height, t)
    for line in range(begin * f.channels, end * f.channels):
        c = line % f.channels
        scale, shift = splat(load_float(scales + 8 * c)), splat(load_float(scales + 8 * c + 4))
        for place in range(line * f.width * VECTOR_BYTES, (line + 1) * f.width * VECTOR_BYTES, VECTOR_BYTES):
            value = fma(load(f.x + place), scale, shift)
            if f.residual:
                value = value + load(f.residual + place)
            if f.relu:
                value = maximum(value, zeros())
            store(f.y + place, value)


class BatchNormGradientRow(NamedTuple):
    """With a residual, ReLU is undone on dy in place, from y; without one, on the fly, from x."""

    x: Operand
    y: Operand
    dy: Operand
    dx: Operand
    gamma: Operand
    beta: Operand
    gamma_gradient: Operand
    beta_gradient: Operand
    kept: Operand
    sums: Operand
    scales: Operand
    step: int
    channels: int
    height: int
    width: int
    relu: int
    residual: int
    accumulate: int


@operation
def batch_norm_sums(row: int, task: int) -> None:
    """Per thread and channel: Σ g and Σ g · (x - mean), g the gradient before ReLU."""
    f, t = read(BatchNormGradientRow, row), read(Task, task)
    sums = f.sums + t.thread * f.step
    clear(sums, 8 * f.channels)
    begin, end = pieces(f.height, t)
    for line in range(begin * f.channels, end * f.channels):
        c = line % f.channels
        mean, inverse = load_float(f.kept + 8 * c), load_float(f.kept + 8 * c + 4)
        scale = load_float(f.gamma + 4 * c) * inverse
        scales, shifts, means = (
            splat(scale),
            splat(F32(load_float(f.beta + 4 * c) - mean * scale)),
            splat(mean),
        )
        plain, product = zeros(), zeros()
        for place in range(line * f.width * VECTOR_BYTES, (line + 1) * f.width * VECTOR_BYTES, VECTOR_BYTES):
            value, gradient = load(f.x + place), load(f.dy + place)
            if f.relu:
                if f.residual:
                    gradient = where_positive(load(f.y + place), gradient, zeros())
                    store(f.dy + place, gradient)
                else:
                    gradient = where_positive(fma(value, scales, shifts), gradient, zeros())
            plain = plain + gradient
            product = fma(gradient, value - means, product)
        place = sums + 8 * c
        store_float(place, load_float(place) + total(plain))
        store_float(place + 4, load_float(place + 4) + total(product))


@operation
def batch_norm_backward(row: int, task: int) -> None:
    """dx = γ/σ · (g - mean(g) - x̂ · mean(g · x̂)), with x̂ = (x - mean) / σ."""
    f, t = read(BatchNormGradientRow, row), read(Task, task)
    count = float(t.samples * f.height * f.width)
    table = (
        f.scales + t.thread * f.step
    )  # per channel: factors of g and of x, and a constant; then scale and shift
    for c in range(f.channels):
        mean, inverse = float(load_float(f.kept + 8 * c)), float(load_float(f.kept + 8 * c + 4))
        plain, product = 0.0, 0.0
        for thread in range(t.parts):
            plain += load_float(f.sums + thread * f.step + 8 * c)
            product += load_float(f.sums + thread * f.step + 8 * c + 4)
        if t.part == 0:
            store_float(f.beta_gradient + 4 * c, F32(plain))
            store_float(f.gamma_gradient + 4 * c, F32(product * inverse))
        scale = load_float(f.gamma + 4 * c) * inverse
        slope = -scale * product * inverse * inverse / count
        place = table + 20 * c
        store_float(place, F32(scale))
        store_float(place + 4, F32(slope))
        store_float(place + 8, F32(-scale * plain / count - slope * mean))
        narrow = load_float(f.gamma + 4 * c) * load_float(f.kept + 8 * c + 4)  # exactly as in batch_norm_sums
        store_float(place + 12, narrow)
        store_float(place + 16, F32(load_float(f.beta + 4 * c) - load_float(f.kept + 8 * c) * narrow))
    begin, end = pieces(f.height, t)
    for line in range(begin * f.channels, end * f.channels):
        factors = table + line % f.channels * 20
        images = first_lanes(_lanes(line // (f.height * f.channels), t))
        of_gradient, of_x = splat(load_float(factors)) * images, splat(load_float(factors + 4)) * images
        constant = splat(load_float(factors + 8)) * images
        scales, shifts = splat(load_float(factors + 12)), splat(load_float(factors + 16))
        for place in range(line * f.width * VECTOR_BYTES, (line + 1) * f.width * VECTOR_BYTES, VECTOR_BYTES):
            value, gradient = load(f.x + place), load(f.dy + place)
            if f.relu and not f.residual:
                gradient = where_positive(fma(value, scales, shifts), gradient, zeros())
            result = fma(of_gradient, gradient, fma(of_x, value, constant))
            if f.accumulate:
                result = result + load(f.dx + place)
            store(f.dx + place, result)


class BatchNorm(Node):
    """Batch normalisation of each channel; the plan may fuse an addition and a ReLU into it."""

    learns = True

    def __init__(
        self, x: Value, y: Value, arrays: dict[str, Parameter], momentum: float, epsilon: float
    ) -> None:
        self.inputs, self.output = (x,), y
        self.arrays, self.momentum, self.epsilon = arrays, float(momentum), float(epsilon)
        self.relu = False
        self.residual: Value | None = None
        self.kept = Buffer(8 * x.size[0])

    def fuse_add(self, residual: Value, y: Value) -> None:
        """From now on computes y = norm(x) + residual."""
        self.residual, self.output = residual, y
        self.inputs = (*self.inputs, residual)

    def forward(self, plan: Plan) -> None:
        x, a = self.inputs[0], self.arrays
        sums, step = plan.scratch(8 * x.size[0])
        scales, _ = plan.scratch(8 * x.size[0])
        row = BatchNormRow(
            x.buffer, self.output.buffer, self.residual.buffer if self.residual else 0, a["gamma"].values,
            a["beta"].values, a["running_mean"].values, a["running_variance"].values, self.kept, sums, scales,
            step, *x.size, int(self.relu), int(plan.training), self.momentum, self.epsilon,
        )  # fmt: skip
        if plan.training:
            plan.emit(batch_statistics, row)
        plan.emit(normalise, row)
        if plan.training:
            plan.emit(keep_running, row)

    def backward(self, plan: Plan) -> None:
        x, y, a = self.inputs[0], self.output, self.arrays
        dy = plan.gradient_of(y)
        dx, add = (dy, False) if self.residual is None and x.gradient is None else plan.contribute(x)
        sums, step = plan.scratch(20 * x.size[0])
        scales, _ = plan.scratch(20 * x.size[0])
        row = BatchNormGradientRow(
            x.buffer, y.buffer, dy, dx, a["gamma"].values, a["beta"].values, a["gamma"].gradient,
            a["beta"].gradient, self.kept, sums, scales, step, *x.size, int(self.relu),
            int(self.residual is not None), int(add),
        )  # fmt: skip
        plan.emit(batch_norm_sums, row)
        plan.emit(batch_norm_backward, row)
        if self.residual is not None:
            plan.hand_on(self.residual, dy)
        elif x.gradient is None:
            x.gradient = dy
