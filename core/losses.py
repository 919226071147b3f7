"""Losses: how far predictions are from their targets, as the mean over the batch, with the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.layers.base import Array


def softmax(x: Array) -> Array:
    """Softmax over axis 1 of (N, K, …); the largest value is subtracted first, so nothing overflows."""
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    result: Array = powers / powers.sum(axis=1, keepdims=True)
    return result


def softmax_cross_entropy(x: Array, labels: NDArray[np.integer[Any]]) -> tuple[float, Array]:
    """-mean(log softmax(x)[label]) for logits `x` (N, K) and class numbers (N,).

    The gradient is (softmax(x) - one-hot) / N (Bishop 2006, equation 4.109).
    """
    rows = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1))
    loss = float((log_total - shifted[rows, labels]).mean())
    gradient = softmax(x)
    gradient[rows, labels] -= 1
    return loss, gradient / x.dtype.type(len(x))


def mean_squared_error(x: Array, target: Array) -> tuple[float, Array]:
    """mean((x - target)²) over all numbers of (N, F), as torch.nn.MSELoss."""
    difference = x - target
    return float((difference**2).mean()), difference * x.dtype.type(2 / difference.size)


def huber(x: Array, target: Array, delta: float) -> tuple[float, Array]:
    """Squared within ±delta, linear beyond (Huber 1964), mean over all numbers, as torch.nn.HuberLoss."""
    difference = x - target
    near = np.abs(difference) <= delta
    far = delta * (np.abs(difference) - 0.5 * delta)
    loss = float(np.where(near, 0.5 * difference**2, far).mean())
    return loss, np.clip(difference, -delta, delta) * x.dtype.type(1 / difference.size)
