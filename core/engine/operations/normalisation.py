"""Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167), with a fused addition and ReLU.

Lanes past the batch's last image are no images: they don't count in the statistics and get no gradient.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import clear, pieces
from core.engine.machine.operation import Fields, Scope, Task, blockwise, finishing, gathering, helper, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    WIDTH,
    first_lanes,
    fma,
    load,
    load_float,
    load_integer,
    maximum,
    splat,
    store,
    store_float,
    store_integer,
    total,
    where_positive,
    zeros,
)
from core.engine.tape import Learned, Node, Tape, Value

F32 = np.float32


BATCH, RUNNING, KEPT = range(3)
"""Where mean and variance come from: this batch's sums, the running statistics, or what was kept."""


class BatchNormRow(NamedTuple):
    """`sums` and `scales` are scratch of `copies` threads, `step` bytes from one thread's to the next's.

    `kept` keeps mean and 1 / σ for the backward pass, for each thread; `residual` may be 0.
    """

    x: Operand
    y: Operand
    residual: Operand | int
    gamma: Operand
    beta: Operand
    running_mean: Operand
    running_variance: Operand
    kept: Operand
    kept_step: int
    sums: Operand
    scales: Operand
    step: int
    copies: int
    channels: int
    height: int
    width: int
    relu: int
    source: int
    momentum: float
    epsilon: float


_HEADER, _SUMS = 16, 12
"""Bytes of a thread's count, and of each channel's origin and sums."""


@helper
def _lanes(block: int, t: Task) -> int:
    """How many lanes of a block are images."""
    return min(WIDTH, t.samples - block * WIDTH)


@blockwise
def batch_statistics(row: int, task: int) -> None:
    """Per thread its count, and per channel Σ (x - x₀) and Σ (x - x₀)²: x₀, its first value, is against
    cancellation."""
    f, t = read(BatchNormRow, row), read(Task, task)
    sums = f.sums + t.thread * f.step
    if t.fresh:
        clear(sums, _HEADER + _SUMS * f.channels)
    begin, end = pieces(f.height, t)
    count = load_integer(sums)
    if count == 0 and begin < end:
        for c in range(f.channels):
            first = f.x + (begin * f.channels + c) * f.width * VECTOR_BYTES
            store_float(sums + _HEADER + _SUMS * c, load_float(first))
    for piece in range(begin, end):
        lanes = _lanes(piece // f.height, t)
        count += lanes * f.width
        images = first_lanes(lanes)
        for c in range(f.channels):
            place = sums + _HEADER + _SUMS * c
            origin = splat(load_float(place))
            line = f.x + (piece * f.channels + c) * f.width * VECTOR_BYTES
            plain, square, odd_plain, odd_square = zeros(), zeros(), zeros(), zeros()
            for j in range(0, f.width - 1, 2):  # pairs: a sum waits for the one before
                value = (load(line + j * VECTOR_BYTES) - origin) * images
                odd = (load(line + (j + 1) * VECTOR_BYTES) - origin) * images
                plain, odd_plain = plain + value, odd_plain + odd
                square, odd_square = fma(value, value, square), fma(odd, odd, odd_square)
            if f.width % 2:
                value = (load(line + (f.width - 1) * VECTOR_BYTES) - origin) * images
                plain, square = plain + value, fma(value, value, square)
            store_float(place + 4, load_float(place + 4) + total(plain + odd_plain))
            store_float(place + 8, load_float(place + 8) + total(square + odd_square))
    store_integer(sums, count)


@helper
def _merge(f: Fields, c: int) -> tuple[float, float]:
    """A channel's mean and variance from all threads' sums (Chan, Golub and LeVeque 1983)."""
    count, mean = 0.0, 0.0
    for copy in range(f.copies):
        sums = f.sums + copy * f.step
        own = float(load_integer(sums))
        place = sums + _HEADER + _SUMS * c
        count += own
        mean += own * load_float(place) + load_float(place + 4)
    mean /= count
    squares = 0.0
    for copy in range(f.copies):
        sums = f.sums + copy * f.step
        own = float(load_integer(sums))
        if own > 0:
            place = sums + _HEADER + _SUMS * c
            plain = float(load_float(place + 4))
            apart = load_float(place) + plain / own - mean
            squares += load_float(place + 8) - plain * plain / own + own * apart * apart
    return mean, max(0.0, squares / count)


@helper
def _scale_and_shift(f: Fields, c: int, mean: float, inverse: float) -> Any:
    """Of y = x · scale + shift; the same bits in the forward and in the backward pass."""
    scale = load_float(f.gamma + 4 * c) * inverse
    return scale, F32(load_float(f.beta + 4 * c) - mean * scale)


@helper
def _prepare(f: Fields, t: Task, scales: int) -> None:
    """Each thread works out scale and shift of all channels for itself."""
    kept = f.kept + t.thread * f.kept_step
    for c in range(f.channels):
        if f.source == KEPT:
            mean, inverse = load_float(kept + 8 * c), load_float(kept + 8 * c + 4)
        else:
            if f.source == BATCH:
                exact_mean, variance = _merge(f, c)
            else:
                exact_mean = float(load_float(f.running_mean + 4 * c))
                variance = float(load_float(f.running_variance + 4 * c))
            mean, inverse = F32(exact_mean), F32(1.0 / math.sqrt(variance + f.epsilon))
            if f.source == BATCH:
                store_float(kept + 8 * c, mean)
                store_float(kept + 8 * c + 4, inverse)
        scale, shift = _scale_and_shift(f, c, mean, inverse)
        store_float(scales + 8 * c, scale)
        store_float(scales + 8 * c + 4, shift)


@finishing
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


@gathering
def normalise(row: int, task: int) -> None:
    """y = x · scale + shift (+ residual) (then ReLU)."""
    f, t = read(BatchNormRow, row), read(Task, task)
    scales = f.scales + t.thread * f.step
    if t.fresh:
        _prepare(f, t, scales)
    begin, end = pieces(f.height, t)
    row_bytes = f.width * VECTOR_BYTES
    for piece in range(begin, end):
        for c in range(f.channels):
            scale, shift = splat(load_float(scales + 8 * c)), splat(load_float(scales + 8 * c + 4))
            start = (piece * f.channels + c) * row_bytes
            for place in range(start, start + row_bytes, VECTOR_BYTES):
                value = fma(load(f.x + place), scale, shift)
                if f.residual:
                    value = value + load(f.residual + place)
                if f.relu:
                    value = maximum(value, zeros())
                store(f.y + place, value)


normalise_again = normalise.within(Scope.OWN_BLOCKS)


class BatchNormGradientRow(NamedTuple):
    """With a residual, ReLU is undone on dy in place, from y; without one, on the fly, from x, and y is 0.

    `sums` and `scales` as in BatchNormRow.
    """

    x: Operand
    y: Operand | int
    dy: Operand
    dx: Operand
    gamma: Operand
    beta: Operand
    gamma_gradient: Operand
    beta_gradient: Operand
    kept: Operand
    kept_step: int
    sums: Operand
    scales: Operand
    step: int
    copies: int
    channels: int
    height: int
    width: int
    relu: int
    residual: int
    accumulate: int


@blockwise
def batch_norm_sums(row: int, task: int) -> None:
    """Per thread and channel: Σ g and Σ g · (x - mean), g the gradient before ReLU."""
    f, t = read(BatchNormGradientRow, row), read(Task, task)
    sums, kept = f.sums + t.thread * f.step, f.kept + t.thread * f.kept_step
    if t.fresh:
        clear(sums, 8 * f.channels)
    begin, end = pieces(f.height, t)
    row_bytes = f.width * VECTOR_BYTES
    for piece in range(begin, end):
        for c in range(f.channels):
            mean, inverse = load_float(kept + 8 * c), load_float(kept + 8 * c + 4)
            scale, shift = _scale_and_shift(f, c, mean, inverse)
            scales, shifts, means = splat(scale), splat(shift), splat(mean)
            plain, product = zeros(), zeros()
            start = (piece * f.channels + c) * row_bytes
            for place in range(start, start + row_bytes, VECTOR_BYTES):
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


@helper
def _prepare_gradient(f: Fields, t: Task, table: int) -> None:
    """Per channel: the factors of g (the forward scale) and of x, a constant, and the forward shift."""
    count, kept = float(t.samples * f.height * f.width), f.kept + t.thread * f.kept_step
    for c in range(f.channels):
        mean, inverse = load_float(kept + 8 * c), load_float(kept + 8 * c + 4)
        plain, product = 0.0, 0.0
        for copy in range(f.copies):
            plain += load_float(f.sums + copy * f.step + 8 * c)
            product += load_float(f.sums + copy * f.step + 8 * c + 4)
        if t.thread == 0:
            store_float(f.beta_gradient + 4 * c, F32(plain))
            store_float(f.gamma_gradient + 4 * c, F32(product * inverse))
        scale, shift = _scale_and_shift(f, c, mean, inverse)
        slope = -float(scale) * product * inverse * inverse / count
        place = table + 16 * c
        store_float(place, scale)
        store_float(place + 4, F32(slope))
        store_float(place + 8, F32(-scale * plain / count - slope * mean))
        store_float(place + 12, shift)


@gathering
def batch_norm_backward(row: int, task: int) -> None:
    """dx = γ/σ · (g - mean(g) - x̂ · mean(g · x̂)), with x̂ = (x - mean) / σ."""
    f, t = read(BatchNormGradientRow, row), read(Task, task)
    table = f.scales + t.thread * f.step
    if t.fresh:
        _prepare_gradient(f, t, table)
    begin, end = pieces(f.height, t)
    row_bytes = f.width * VECTOR_BYTES
    for piece in range(begin, end):
        images = first_lanes(_lanes(piece // f.height, t))
        for c in range(f.channels):
            factors = table + 16 * c
            of_gradient, of_x = splat(load_float(factors)) * images, splat(load_float(factors + 4)) * images
            constant = splat(load_float(factors + 8)) * images
            scales, shifts = splat(load_float(factors)), splat(load_float(factors + 12))
            start = (piece * f.channels + c) * row_bytes
            for place in range(start, start + row_bytes, VECTOR_BYTES):
                value, gradient = load(f.x + place), load(f.dy + place)
                if f.relu and not f.residual:
                    gradient = where_positive(fma(value, scales, shifts), gradient, zeros())
                result = fma(of_gradient, gradient, fma(of_x, value, constant))
                if f.accumulate:
                    result = result + load(f.dx + place)
                store(f.dx + place, result)


class BatchNorm(Node):
    """Batch normalisation of each channel; the tape may fuse an addition and a ReLU into it."""

    learns = True

    def __init__(
        self, x: Value, y: Value, arrays: dict[str, Learned], momentum: float, epsilon: float
    ) -> None:
        self.inputs, self.output = (x,), y
        self.arrays, self.momentum, self.epsilon = arrays, float(momentum), float(epsilon)
        self.relu = False
        self.residual: Value | None = None
        self.kept: tuple[Buffer, int] | None = None

    def fuse_add(self, residual: Value, y: Value) -> None:
        """From now on computes y = norm(x) + residual."""
        self.residual, self.output = residual, y
        self.inputs = (*self.inputs, residual)

    def forward(self, tape: Tape) -> None:
        x, y, a = self.inputs[0], self.output, self.arrays
        sums, step = tape.scratch(_HEADER + _SUMS * x.size[0])
        scales, _ = tape.scratch(_HEADER + _SUMS * x.size[0])
        self.kept = tape.scratch(8 * x.size[0])
        row = BatchNormRow(
            x.buffer, y.buffer, self.residual.buffer if self.residual else 0, a["gamma"].values,
            a["beta"].values, a["running_mean"].values, a["running_variance"].values, *self.kept, sums,
            scales, step, tape.threads, *x.size, int(self.relu), BATCH if tape.training else RUNNING,
            self.momentum, self.epsilon,
        )  # fmt: skip
        if tape.training:
            tape.emit(batch_statistics, row)
        tape.emit(normalise, row)
        if tape.training:
            tape.emit(keep_running, row)

        def again(target: Buffer) -> None:
            residual = tape.recall(self.residual) if self.residual else 0
            tape.emit(
                normalise_again,
                row._replace(x=tape.recall(x), y=target, residual=residual, source=KEPT),
            )

        tape.repeatable(y, again, self.inputs)

    def backward(self, tape: Tape) -> None:
        x, y, a = self.inputs[0], self.output, self.arrays
        assert self.kept is not None  # by the forward pass
        dy = tape.gradient_of(y)
        masked = self.relu and self.residual is not None
        dx, add = (dy, False) if self.residual is None and x.gradient is None else tape.contribute(x)
        sums, step = tape.scratch(16 * x.size[0])
        scales, _ = tape.scratch(16 * x.size[0])
        row = BatchNormGradientRow(
            tape.recall(x), tape.recall(y) if masked else 0, dy, dx, a["gamma"].values, a["beta"].values,
            a["gamma"].gradient, a["beta"].gradient, *self.kept, sums, scales, step, tape.threads, *x.size,
            int(self.relu), int(self.residual is not None), int(add),
        )  # fmt: skip
        tape.emit(batch_norm_sums, row)
        tape.emit(batch_norm_backward, row._replace(y=0))
        if self.residual is not None:
            tape.hand_on(self.residual, dy)
        elif x.gradient is None:
            x.gradient = dy
