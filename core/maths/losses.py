"""Losses: how far predictions are from their targets, as the mean over the batch, with the gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.maths.arrays import Array


def softmax(x: Array) -> Array:
    """Softmax over axis 1 of (N, K, …); the largest value is subtracted first, so nothing overflows."""
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    result: Array = powers / powers.sum(axis=1, keepdims=True)
    return result


def softmax_cross_entropy(
    x: Array, labels: NDArray[np.integer[Any]], smoothing: float = 0.0, weights: Sequence[float] = ()
) -> tuple[float, Array]:
    """-Σ_n Σ_k t_nk · log softmax(x)_nk / Σ_n w_label for logits `x` (N, K) and class numbers (N,).

    The target t_nk is w_k times 1 - smoothing at the label plus smoothing / K everywhere (Szegedy et al.
    2016, arXiv:1512.00567, section 7); the weights w (K,) are 1 where none are given. As
    torch.nn.CrossEntropyLoss, but loss and gradient are 0 where the labels weigh nothing. The gradient is
    (softmax(x) · Σ_k t_k - t) / Σ_n w_label (Bishop 2006, equation 4.109).
    """
    rows = np.arange(len(x))
    each = np.asarray(weights or np.ones(x.shape[1]), x.dtype)
    target = np.zeros_like(x)
    target[rows, labels] = 1 - smoothing
    target = (target + x.dtype.type(smoothing / x.shape[1])) * each
    total = each[labels].sum()
    if total == 0:
        return 0.0, np.zeros_like(x)
    shifted = x - x.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -float((target * logarithms).sum() / total)
    return loss, (softmax(x) * target.sum(axis=1, keepdims=True) - target) / total


def binary_cross_entropy(x: Array, target: Array) -> tuple[float, Array]:
    """-mean(t · log σ(x) + (1 - t) · log(1 - σ(x))) over all numbers of the logits `x` (N, F), 0 ≤ t ≤ 1.

    Written as max(x, 0) - x · t + log(1 + e^-|x|), which never overflows; as torch.nn.BCEWithLogitsLoss.
    """
    losses = np.maximum(x, 0) - x * target + np.log1p(np.exp(-np.abs(x)))
    return float(losses.mean()), (sigmoid(x) - target) / x.dtype.type(x.size)


def sigmoid(x: Array) -> Array:
    """1 / (1 + e⁻ˣ), from e⁻ˡˣˡ, which never overflows and keeps the digits of both tails."""
    power = np.exp(-np.abs(x))
    result: Array = np.where(x > 0, x.dtype.type(1), power) / (1 + power)
    return result


def sigmoid_slope(x: Array) -> Array:
    """The derivative of `sigmoid`, which σ(x) · (1 - σ(x)) gives only where σ(x) isn't near 1."""
    power = np.exp(-np.abs(x))
    result: Array = power / (1 + power) ** 2
    return result


def mean_squared_error(x: Array, target: Array) -> tuple[float, Array]:
    """mean((x - target)²) over all numbers of (N, F), as torch.nn.MSELoss."""
    difference = x - target
    return float((difference**2).mean()), difference * x.dtype.type(2 / difference.size)


def mean_absolute_error(x: Array, target: Array) -> tuple[float, Array]:
    """mean(|x - target|) over all numbers of (N, F), as torch.nn.L1Loss; the gradient at 0 is 0."""
    difference = x - target
    return float(np.abs(difference).mean()), np.sign(difference) * x.dtype.type(1 / difference.size)


def huber(x: Array, target: Array, delta: float) -> tuple[float, Array]:
    """Squared within ±delta, linear beyond (Huber 1964), mean over all numbers, as torch.nn.HuberLoss."""
    difference = x - target
    near = np.abs(difference) <= delta
    far = delta * (np.abs(difference) - 0.5 * delta)
    loss = float(np.where(near, 0.5 * difference**2, far).mean())
    return loss, np.clip(difference, -delta, delta) * x.dtype.type(1 / difference.size)
