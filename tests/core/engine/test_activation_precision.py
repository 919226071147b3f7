"""Activations and their slopes keep their digits over the whole range of float32, on both executors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

from core.engine.executor import FEW, EngineProgram
from core.layers import Layer
from core.layers.activation import ELU, GELU, Sigmoid, SiLU, Softmax, Tanh
from core.layers.output import Regression
from core.running.program import Program
from core.running.reference import ReferenceProgram
from tests.core.designs import chain

Numbers: TypeAlias = NDArray[np.float64]
EXECUTORS = (EngineProgram, ReferenceProgram)

_MAGNITUDES = np.concatenate([np.logspace(-44, 38, 256), np.linspace(0.01, 110, 256)])
GRID = np.concatenate([-_MAGNITUDES, _MAGNITUDES]).astype(np.float32)
SUBNORMAL = 2.0**-149
"""The distance of the smallest numbers: nothing can be nearer to the truth."""
SMALLEST = 2.0**-126
ULPS = 8 * 2.0**-23


def _gate(x: Numbers) -> tuple[Numbers, Numbers]:
    """sigmoid(x) and 1 - sigmoid(x)."""
    power = np.exp(-np.abs(x))
    large, small = 1 / (1 + power), power / (1 + power)
    return np.where(x > 0, large, small), np.where(x > 0, small, large)


def _sigmoid(x: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    share, rest = _gate(x)
    return share, share * rest, np.ones_like(x)


def _tanh(x: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    share, rest = _gate(2 * x)
    return np.tanh(x), 4 * share * rest, np.ones_like(x)


def _elu(x: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    below = np.minimum(x, 0)
    return np.where(x > 0, x, 2 * np.expm1(below)), np.where(x > 0, 1, 2 * np.exp(below)), np.ones_like(x)


def _silu(x: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    share, rest = _gate(x)
    return x * share, share * (1 + x * rest), 1 + np.abs(x)


def _gelu(x: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    near = np.clip(x, -1e3, 1e3)
    inner = 2 * (2 / np.pi) ** 0.5 * (near + 0.044715 * near**3)
    share, rest = _gate(inner)
    inner_slope = 2 * (2 / np.pi) ** 0.5 * (1 + 3 * 0.044715 * near**2)
    return x * share, share + near * share * rest * inner_slope, 1 + np.abs(inner)


CURVES: dict[str, tuple[Layer, Callable[[Numbers], tuple[Numbers, Numbers, Numbers]]]] = {
    "sigmoid": (Sigmoid(), _sigmoid),
    "tanh": (Tanh(), _tanh),
    "elu": (ELU(alpha=2.0), _elu),
    "silu": (SiLU(), _silu),
    "gelu": (GELU(), _gelu),
}
"""Each layer, and its value, its slope and how much a rounded argument of its exponential counts in both."""


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("samples", [FEW, 2 * FEW], ids=["one by one", "in lanes"])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_values_keep_their_digits(executor: type[Program], samples: int, curve: str) -> None:
    layer, truth = CURVES[curve]
    program = executor(chain((len(GRID),), layer, Regression()))
    x = np.repeat(GRID[None], samples, axis=0)
    expected, _, sensitivity = truth(GRID.astype(np.float64))
    allowed = ULPS * sensitivity * np.abs(expected) + SUBNORMAL * (1 + np.abs(GRID))
    for found in program.scores(x):
        assert (np.abs(found - expected) <= allowed).all(), _worst(found, expected)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("executor", EXECUTORS)
def test_slopes_keep_their_digits(executor: type[Program], curve: str) -> None:
    layer, truth = CURVES[curve]
    graph = chain((len(GRID),), layer, Regression(loss_function="mean absolute error"))
    x = np.repeat(GRID[None], 16, axis=0)
    target = np.full_like(x, np.finfo(np.float32).min)  # the loss has a slope of 1 everywhere
    found = executor(graph).inspect(x, target, (), ["input_1"]).gradients["input_1"]
    slope, (_, expected, sensitivity) = found[-1].astype(np.float64) * x.size, truth(GRID.astype(np.float64))
    # Near SiLU's and GELU's lowest point the slope is a small difference of terms of about 1.
    least = np.where(np.abs(GRID) < 3, 1.0, 0.0) * (sensitivity - 1).clip(0, 1)
    allowed = ULPS * sensitivity * np.maximum(np.abs(expected), least)
    fits = np.abs(expected) / x.size >= SMALLEST  # smaller ones are rounded by the division into shares
    assert (np.abs(slope - expected) <= allowed)[fits].all(), _worst(slope[fits], expected[fits])
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("samples", [FEW, 2 * FEW], ids=["one by one", "in lanes"])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_small_probabilities_keep_their_digits(executor: type[Program], samples: int) -> None:
    logits = np.array([0, -1e-3, -20, -60, -86, -95, -100, -200], np.float32)
    found = executor(chain((8,), Softmax(), Regression())).scores(np.repeat(logits[None], samples, axis=0))
    powers = np.exp(logits.astype(np.float64))
    expected = powers / powers.sum()
    for row in found:
        assert (np.abs(row - expected) <= ULPS * expected + SUBNORMAL).all(), _worst(row, expected)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("curve", [*CURVES, "softmax"])
def test_what_is_no_number_stays_visible(curve: str, executor: type[Program]) -> None:
    layer = Softmax() if curve == "softmax" else CURVES[curve][0]
    program = executor(chain((3,), layer, Regression()))
    x = np.array([[np.nan, 0, 1]] * (2 * FEW), np.float32)
    assert np.isnan(program.scores(x)[:, 0]).all()
    assert np.isnan(program.scores(x[:1])[:, 0]).all()


def _worst(found: NDArray[np.floating], expected: Numbers) -> str:
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.abs(found - expected) / np.abs(expected)
    at = int(np.nanargmax(errors))
    return f"{found[at]} instead of {expected[at]}"
