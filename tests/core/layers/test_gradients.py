"""Every hand-written gradient against central differences in float64, along random directions.

If the gradients are right, the derivative of r·f(x + t·d) at t = 0 is d·gradient, for any r and any d.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.design.graph import Graph
from core.layers import Mode, Output
from core.layers.activation import Tanh
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.merge import Add, Concatenate
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.pooling import AveragePool, GlobalAveragePool
from core.maths.arrays import Array
from core.running.reference import ReferenceProgram
from tests.core.designs import Builder
from tests.core.layers.layer_cases import HIDDEN, MODES, OUTPUTS, Case

STEP = 1e-5
TOLERANCE = 1e-6


def _check(value: Callable[[], float], array: Array, gradient: Array) -> None:
    """Compares `gradient` with the change of `value()` as `array` changes."""
    assert gradient.shape == array.shape
    rng = np.random.default_rng(3)
    before = array.copy()
    for _ in range(2):
        direction = rng.uniform(-1, 1, array.shape)
        array[...] = before + STEP * direction
        above = value()
        array[...] = before - STEP * direction
        below = value()
        array[...] = before
        measured, claimed = (above - below) / (2 * STEP), float((gradient * direction).sum())
        assert abs(measured - claimed) <= TOLERANCE * max(abs(measured), abs(claimed), 1e-3)


@pytest.mark.parametrize("mode", list(MODES.values()), ids=list(MODES))
@pytest.mark.parametrize("case", HIDDEN, ids=str)
def test_layer(case: Case, mode: Mode) -> None:
    inputs, params = case.inputs(), case.arrays()
    kept = {name: array.copy() for name, array in params.items()}
    y, saved = case.layer.forward(params, mode, *inputs)
    weights = np.random.default_rng(4).normal(size=y.shape)
    into_inputs, into_params = case.layer.backward(params, saved, weights)

    def value() -> float:
        for name, spec in case.parameters.items():
            if not spec.trainable:
                params[name][...] = kept[name]
        return float((weights * case.layer.forward(params, mode, *inputs)[0]).sum())

    for x, gradient in zip(inputs, into_inputs, strict=True):
        _check(value, x, gradient)
    for name, gradient in into_params.items():
        _check(value, params[name], gradient)


@pytest.mark.parametrize("case", OUTPUTS, ids=str)
def test_loss(case: Case) -> None:
    layer, (x,) = case.layer, case.inputs()
    assert isinstance(layer, Output)
    rng = np.random.default_rng(5)
    target = rng.integers(0, x.shape[1], len(x)) if layer.target == "class" else rng.normal(size=x.shape)
    _check(lambda: layer.loss(x, target)[0], x, layer.loss(x, target)[1])


def _branching() -> Graph:
    """A residual connection, a concatenation, an input used twice, and noise."""
    build = Builder((2, 6, 6))
    first = build(Conv2D(filters=4, padding="same"), build.input)
    normal = build(BatchNorm(), first)
    curve = build(Tanh(), normal)
    second = build(Conv2D(filters=4, padding="same", groups=2), curve)
    added = build(Add(), second, first, first)
    pooled = build(AveragePool(), added)
    joined = build(Concatenate(), pooled, build(Conv2D(filters=3, stride=(2, 2), padding="same"), curve))
    vector = build(GlobalAveragePool(), build(Dropout(share=0.3), joined))
    build(Classification(), build(Dense(units=3), vector))
    return build.graph


def test_network_with_branches() -> None:
    program = ReferenceProgram(_branching(), dtype=np.float64)
    rng = np.random.default_rng(6)
    x, target = rng.normal(size=(5, 2, 6, 6)), rng.integers(0, 3, 5)
    _, outputs = program.gradients(x, target, step=9)
    gradient = program.parameters.gradients.copy()
    assert np.count_nonzero(gradient) > 0.95 * gradient.size
    _check(lambda: program.gradients(x, target, step=9)[0], program.parameters.values, gradient)
    _check(lambda: program.gradients(x, target, step=9)[0], x, outputs[program.input.id])


def test_gradients_of_a_network_leave_its_parameters_alone() -> None:
    program = ReferenceProgram(_branching(), dtype=np.float64)
    before = program.parameters.save()
    program.gradients(np.random.default_rng(7).normal(size=(5, 2, 6, 6)), np.zeros(5, int))
    after = program.parameters.save()
    assert all(np.array_equal(before[name], after[name]) for name in before)
