"""Optimisers in one pass over the flat buffers; the formulas are those of core/optim.py."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.arena import Fixed, Operand
from core.engine.helpers import share
from core.engine.operation import Kernel, Task, helper, operation, read
from core.engine.vectors import VECTOR_BYTES, WIDTH, fma, load, load_float, store_float, total, zeros
from core.optim import SGD, Adam, AdamW, Optimizer, OptimizerState, RMSprop

F32 = np.float32


class UpdateRow(NamedTuple):
    """`numbers` are the optimiser's settings for this step, float32, in the order its operation reads
    them."""

    values: Operand
    gradients: Operand
    first_slot: Operand
    second_slot: Operand
    numbers: Operand
    signs: Operand
    size: int


class CheckRow(NamedTuple):
    """`signs`: a float for each thread, NaN where it met a number that isn't finite."""

    gradients: Operand
    losses: Operand
    signs: Operand
    size: int


@operation
def check_finite(row: int, task: int) -> None:
    """Looks through the losses and the gradients before anything is changed."""
    f, t = read(CheckRow, row), read(Task, task)
    sign = F32(0)
    for image in range(t.samples):
        sign += load_float(f.losses + 4 * image) * F32(0)
    begin, end = share(f.size, t)
    lanes = zeros()
    vectors = (end - begin) // WIDTH
    for index in range(vectors):
        lanes = fma(load(f.gradients + 4 * begin + VECTOR_BYTES * index), zeros(), lanes)
    for index in range(begin + vectors * WIDTH, end):
        sign += load_float(f.gradients + 4 * index) * F32(0)
    store_float(f.signs + 4 * t.part, sign + total(lanes))


@helper
def _diverged(signs: int, threads: int) -> bool:
    """Whether something isn't finite; then the parameters stay as they are."""
    sign = F32(0)
    for thread in range(threads):
        sign += load_float(signs + 4 * thread)
    return math.isnan(sign)


@operation
def sgd(row: int, task: int) -> None:
    f, t = read(UpdateRow, row), read(Task, task)
    if _diverged(f.signs, t.parts):
        return
    rate, momentum = load_float(f.numbers), load_float(f.numbers + 4)
    decay, nesterov = load_float(f.numbers + 8), load_float(f.numbers + 12)
    begin, end = share(f.size, t)
    for at in range(4 * begin, 4 * end, 4):
        value = load_float(f.values + at)
        gradient = load_float(f.gradients + at) + decay * value
        velocity = momentum * load_float(f.first_slot + at) + gradient
        store_float(f.first_slot + at, velocity)
        step = gradient + momentum * velocity if nesterov != 0 else velocity
        store_float(f.values + at, value - rate * step)


@operation
def rmsprop(row: int, task: int) -> None:
    f, t = read(UpdateRow, row), read(Task, task)
    if _diverged(f.signs, t.parts):
        return
    rate, alpha = load_float(f.numbers), load_float(f.numbers + 4)
    epsilon, decay = load_float(f.numbers + 8), load_float(f.numbers + 12)
    begin, end = share(f.size, t)
    for at in range(4 * begin, 4 * end, 4):
        value = load_float(f.values + at)
        gradient = load_float(f.gradients + at) + decay * value
        square = alpha * load_float(f.first_slot + at) + (F32(1) - alpha) * gradient * gradient
        store_float(f.first_slot + at, square)
        store_float(f.values + at, value - rate * gradient / (F32(math.sqrt(square)) + epsilon))


@operation
def adam(row: int, task: int) -> None:
    f, t = read(UpdateRow, row), read(Task, task)
    if _diverged(f.signs, t.parts):
        return
    rate, epsilon = load_float(f.numbers), load_float(f.numbers + 4)
    beta1, rest1 = load_float(f.numbers + 8), load_float(f.numbers + 12)
    beta2, rest2 = load_float(f.numbers + 16), load_float(f.numbers + 20)
    correction = load_float(f.numbers + 24)
    decay, shrink = load_float(f.numbers + 28), load_float(f.numbers + 32)
    begin, end = share(f.size, t)
    for at in range(4 * begin, 4 * end, 4):
        value = load_float(f.values + at)
        gradient = load_float(f.gradients + at) + decay * value
        mean = beta1 * load_float(f.first_slot + at) + rest1 * gradient
        square = beta2 * load_float(f.second_slot + at) + rest2 * gradient * gradient
        store_float(f.first_slot + at, mean)
        store_float(f.second_slot + at, square)
        divisor = F32(math.sqrt(square)) * correction + epsilon
        store_float(f.values + at, value * shrink - rate * mean / divisor)


def _sgd_numbers(o: Optimizer, step: int) -> list[float]:
    assert isinstance(o, SGD)
    return [o.learning_rate, o.momentum, o.weight_decay, float(o.nesterov)]


def _rmsprop_numbers(o: Optimizer, step: int) -> list[float]:
    assert isinstance(o, RMSprop)
    return [o.learning_rate, o.alpha, o.epsilon, o.weight_decay]


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

    def __init__(
        self,
        state: OptimizerState,
        values: NDArray[np.float32],
        gradients: NDArray[np.float32],
        signs: Operand,
    ) -> None:
        self.slots = list(state.slots.values())
        self._kind = type(state.optimizer)
        kernel, self._compute = _OPERATIONS[self._kind]
        self._numbers = np.zeros(16, F32)
        first, second = [Fixed(slot) for slot in [*self.slots, *self.slots][:2]]
        fields = UpdateRow(
            Fixed(values), Fixed(gradients), first, second, Fixed(self._numbers), signs, values.size
        )
        self.row = (kernel, fields)

    @staticmethod
    def supports(state: OptimizerState) -> bool:
        """Whether there is an operation for this optimiser."""
        return type(state.optimizer) in _OPERATIONS

    def fits(self, state: OptimizerState) -> bool:
        """Whether the row is for this state's buffers."""
        slots = state.slots.values()
        same = all(own is other for own, other in zip(self.slots, slots, strict=False))
        return type(state.optimizer) is self._kind and len(slots) == len(self.slots) and same

    def prepare(self, state: OptimizerState) -> None:
        """Takes over the settings for the step to come."""
        numbers = self._compute(state.optimizer, state.step + 1)
        self._numbers[: len(numbers)] = numbers
