"""Optimisers in two passes over the flat buffers; the formulas are those of core/maths/optim.py.

The first pass looks for numbers that aren't finite and measures the gradient's length, before anything is
changed; the second clips and makes the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.machine.arena import Fixed, Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Fields, Kernel, Task, helper, operation, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    WIDTH,
    absolute,
    fma,
    lane_of,
    load,
    load_float,
    maximum,
    minimum,
    splat,
    sqrt,
    store,
    store_float,
    total,
    zeros,
)
from core.maths.optim import NORM_EPSILON, SGD, Adam, AdamW, Optimizer, OptimizerState, RMSprop

F32 = np.float32


class UpdateRow(NamedTuple):
    """`numbers` are the optimiser's settings for this step, float32, in the order its operation reads
    them; `found` and `limits` are those of the CheckRow before. `left`: a float for each thread, NaN where
    its part of the step has left a number that isn't finite."""

    values: Operand
    gradients: Operand
    first_slot: Operand
    second_slot: Operand
    numbers: Operand
    found: Operand
    limits: Operand
    left: Operand
    size: int


class CheckRow(NamedTuple):
    """`found`: two floats for each thread, NaN where it met a number that isn't finite, else 0; and the sum
    of the squares of its clipped gradients. `limits`: the clipping's value and norm, float32."""

    gradients: Operand
    losses: Operand
    found: Operand
    limits: Operand
    size: int


_CHUNK = 256
"""Vectors whose squares are added up in float32; their sums are added in float64."""


@operation
def check_gradients(row: int, task: int) -> None:
    """Looks through the losses and the gradients before anything is changed."""
    f, t = read(CheckRow, row), read(Task, task)
    sign, squares = F32(0), 0.0
    for image in range(t.samples):
        sign += load_float(f.losses + 4 * image) * F32(0)
    begin, end = share(f.size, t)
    limit = load_float(f.limits)
    highest = splat(limit)
    vectors = (end - begin) // WIDTH
    for first in range(0, vectors, _CHUNK):
        signs, sums = zeros(), zeros()
        for index in range(first, min(first + _CHUNK, vectors)):
            gradient = load(f.gradients + 4 * begin + VECTOR_BYTES * index)
            signs = fma(gradient, zeros(), signs)
            size = minimum(absolute(gradient), highest)
            sums = fma(size, size, sums)
        sign += total(signs)
        squares += total(sums)
    for index in range(begin + vectors * WIDTH, end):
        gradient = load_float(f.gradients + 4 * index)
        sign += gradient * F32(0)
        clipped = min(max(gradient, -limit), limit)
        squares += clipped * clipped
    store_float(f.found + 8 * t.part, sign)
    store_float(f.found + 8 * t.part + 4, F32(squares))


@helper
def _scale(f: Fields, threads: int) -> Any:
    """What each clipped gradient is multiplied by; NaN where something isn't finite, and so nothing may be
    changed."""
    sign, squares, limit = F32(0), 0.0, load_float(f.limits + 4)
    for thread in range(threads):
        sign += load_float(f.found + 8 * thread)
        squares += load_float(f.found + 8 * thread + 4)
    if limit == math.inf:
        return sign + F32(1)
    return sign + F32(min(1.0, limit / (math.sqrt(squares) + NORM_EPSILON)))


@helper
def _places(f: Fields, t: Task) -> tuple[int, int, int]:
    """Where this thread's part begins, in bytes, how many vectors it has, and how many pieces: the vectors,
    then single values for the rest."""
    begin, end = share(f.size, t)
    vectors = (end - begin) // WIDTH
    return 4 * begin, vectors, end - begin - vectors * (WIDTH - 1)


@helper
def _place(begin: int, vectors: int, piece: int) -> int:
    """Where a piece lies, in bytes."""
    return begin + VECTOR_BYTES * min(piece, vectors) + 4 * max(0, piece - vectors)


@helper
def _get(address: int, whole: bool) -> Any:
    """A vector, or a single value in all its lanes."""
    return load(address) if whole else splat(load_float(address))


@helper
def _put(address: int, value: Any, whole: bool) -> None:
    if whole:
        store(address, value)
    else:
        store_float(address, lane_of(value, 0))


@helper
def _gradient(f: Fields, at: int, whole: bool, scale: float) -> Any:
    """Clipped gradients."""
    limit = load_float(f.limits)
    return minimum(maximum(_get(f.gradients + at, whole), splat(-limit)), splat(limit)) * scale


@operation
def sgd(row: int, task: int) -> None:
    f, t = read(UpdateRow, row), read(Task, task)
    scale = _scale(f, t.parts)
    if math.isnan(scale):
        return
    rate, momentum = load_float(f.numbers), load_float(f.numbers + 4)
    decay, nesterov = load_float(f.numbers + 8), load_float(f.numbers + 12)
    begin, vectors, pieces = _places(f, t)
    signs = zeros()
    for piece in range(pieces):
        at, whole = _place(begin, vectors, piece), piece < vectors
        value = _get(f.values + at, whole)
        gradient = _gradient(f, at, whole, scale) + value * decay
        velocity = _get(f.first_slot + at, whole) * momentum + gradient
        _put(f.first_slot + at, velocity, whole)
        if nesterov != 0:
            velocity = gradient + velocity * momentum
        value = value - velocity * rate
        _put(f.values + at, value, whole)
        signs = fma(value, zeros(), fma(velocity, zeros(), signs))
    store_float(f.left + 4 * t.part, total(signs))


@operation
def rmsprop(row: int, task: int) -> None:
    f, t = read(UpdateRow, row), read(Task, task)
    scale = _scale(f, t.parts)
    if math.isnan(scale):
        return
    rate, epsilon = load_float(f.numbers), load_float(f.numbers + 4)
    alpha, rest = load_float(f.numbers + 8), load_float(f.numbers + 12)
    decay = load_float(f.numbers + 16)
    begin, vectors, pieces = _places(f, t)
    signs = zeros()
    for piece in range(pieces):
        at, whole = _place(begin, vectors, piece), piece < vectors
        value = _get(f.values + at, whole)
        gradient = _gradient(f, at, whole, scale) + value * decay
        square = _get(f.first_slot + at, whole) * alpha + gradient * gradient * rest
        _put(f.first_slot + at, square, whole)
        value = value - gradient * rate / (sqrt(square) + epsilon)
        _put(f.values + at, value, whole)
        signs = fma(value, zeros(), fma(square, zeros(), signs))
    store_float(f.left + 4 * t.part, total(signs))


@operation
def adam(row: int, task: int) -> None:
    f, t = read(UpdateRow, row), read(Task, task)
    scale = _scale(f, t.parts)
    if math.isnan(scale):
        return
    rate, epsilon = load_float(f.numbers), load_float(f.numbers + 4)
    beta1, rest1 = load_float(f.numbers + 8), load_float(f.numbers + 12)
    beta2, rest2 = load_float(f.numbers + 16), load_float(f.numbers + 20)
    correction = load_float(f.numbers + 24)
    decay, shrink = load_float(f.numbers + 28), load_float(f.numbers + 32)
    begin, vectors, pieces = _places(f, t)
    signs = zeros()
    for piece in range(pieces):
        at, whole = _place(begin, vectors, piece), piece < vectors
        value = _get(f.values + at, whole)
        gradient = _gradient(f, at, whole, scale) + value * decay
        mean = _get(f.first_slot + at, whole) * beta1 + gradient * rest1
        square = _get(f.second_slot + at, whole) * beta2 + gradient * gradient * rest2
        _put(f.first_slot + at, mean, whole)
        _put(f.second_slot + at, square, whole)
        divisor = sqrt(square) * correction + epsilon
        value = value * shrink - mean * rate / divisor
        _put(f.values + at, value, whole)
        signs = fma(value, zeros(), fma(square, zeros(), signs))
    store_float(f.left + 4 * t.part, total(signs))


def _sgd_numbers(o: Optimizer, step: int) -> list[float]:
    assert isinstance(o, SGD)
    return [o.learning_rate, o.momentum, o.weight_decay, float(o.nesterov)]


def _rmsprop_numbers(o: Optimizer, step: int) -> list[float]:
    assert isinstance(o, RMSprop)
    return [o.learning_rate, o.epsilon, o.alpha, 1 - o.alpha, o.weight_decay]


def _adam_numbers(o: Optimizer, step: int) -> list[float]:
    assert isinstance(o, Adam | AdamW)
    rate = o.learning_rate / (1 - o.beta1**step)
    correction = (1 - o.beta2**step) ** -0.5
    apart = isinstance(o, AdamW)  # the decay acts on the value itself
    decay, shrink = (0.0, 1 - o.learning_rate * o.weight_decay) if apart else (o.weight_decay, 1.0)
    return [rate, o.epsilon, o.beta1, 1 - o.beta1, o.beta2, 1 - o.beta2, correction, decay, shrink]


_OPERATIONS: dict[type[Optimizer], tuple[Kernel, Callable[[Optimizer, int], list[float]]]] = {
    SGD: (sgd, _sgd_numbers),
    RMSprop: (rmsprop, _rmsprop_numbers),
    Adam: (adam, _adam_numbers),
    AdamW: (adam, _adam_numbers),
}


class Updater:
    """The row for one optimiser's buffers, and its settings, which may change at each step."""

    def __init__(self, state: OptimizerState, values: NDArray[np.float32], check: CheckRow) -> None:
        self.slots = list(state.slots.values())
        self._kind = type(state.optimizer)
        kernel, self._compute = _OPERATIONS[self._kind]
        self._numbers = np.zeros(16, F32)
        assert isinstance(check.found, Fixed)
        self._left = np.zeros(len(check.found.array), F32)
        first, second = [Fixed(slot) for slot in [*self.slots, *self.slots][:2]]
        fields = UpdateRow(
            Fixed(values), check.gradients, first, second, Fixed(self._numbers), check.found, check.limits,
            Fixed(self._left), values.size,
        )  # fmt: skip
        self.row = (kernel, fields)

    @staticmethod
    def kernels(state: OptimizerState) -> list[Kernel]:
        """What has to be compiled for a step."""
        return [_OPERATIONS[type(state.optimizer)][0]] if Updater.supports(state) else []

    @staticmethod
    def supports(state: OptimizerState) -> bool:
        """Whether there is an operation for this optimiser."""
        return type(state.optimizer) in _OPERATIONS

    def fits(self, state: OptimizerState) -> bool:
        """Whether the row is for this state's buffers."""
        slots = state.slots.values()
        same = all(own is other for own, other in zip(self.slots, slots, strict=False))
        return type(state.optimizer) is self._kind and len(slots) == len(self.slots) and same

    @property
    def is_finite(self) -> bool:
        """Whether the last step has left finite numbers alone."""
        return not np.isnan(self._left).any()

    def prepare(self, state: OptimizerState) -> None:
        """Takes over the settings for the step to come."""
        numbers = self._compute(state.optimizer, state.step + 1)
        self._numbers[: len(numbers)] = numbers
