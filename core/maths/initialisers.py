"""How learned arrays start. Each formula gives float64 numbers; the caller casts them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.maths.arrays import Parameter

Start = Callable[[Parameter, np.random.Generator], NDArray[Any]]


def pytorch(spec: Parameter, rng: np.random.Generator) -> NDArray[Any]:
    """Uniform in ±1/√fan_in: what torch.nn.Conv2d and torch.nn.Linear use for weights and biases."""
    bound = 1 / math.sqrt(spec.fan_in)
    return rng.uniform(-bound, bound, spec.shape)


def he(spec: Parameter, rng: np.random.Generator) -> NDArray[Any]:
    """Normal with variance 2/fan_in (He et al. 2015, arXiv:1502.01852, equation 10): made for ReLU."""
    return rng.normal(0.0, math.sqrt(2 / spec.fan_in), spec.shape)


def glorot(spec: Parameter, rng: np.random.Generator) -> NDArray[Any]:
    """Uniform in ±√(6/(fan_in + fan_out)) (Glorot and Bengio 2010, equation 16): made for tanh."""
    bound = math.sqrt(6 / (spec.fan_in + spec.fan_out))
    return rng.uniform(-bound, bound, spec.shape)


def zeros(spec: Parameter, rng: np.random.Generator) -> NDArray[Any]:
    return np.zeros(spec.shape)


def ones(spec: Parameter, rng: np.random.Generator) -> NDArray[Any]:
    return np.ones(spec.shape)


INITIALISERS: dict[str, Start] = {f.__name__: f for f in (pytorch, he, glorot, zeros, ones)}
