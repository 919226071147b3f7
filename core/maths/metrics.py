"""How good predictions are, in numbers that people read: each is a mean over the batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.maths.arrays import Array

TOP = 5
"""Among so many of the likeliest classes `top_k` looks as a rule; that tells nothing of no more classes."""


def accuracy(scores: Array, labels: NDArray[np.integer[Any]]) -> float:
    """The share of samples whose highest score (N, K), the first of several, is at their label (N,).

    A score that is NaN is never a hit, here and below.
    """
    hits = scores.argmax(axis=1) == labels
    if np.isnan(scores.sum()):
        hits &= ~np.isnan(scores[np.arange(len(scores)), labels])
    return float(np.count_nonzero(hits) / len(hits))


def top_k(scores: Array, labels: NDArray[np.integer[Any]], k: int = TOP) -> float:
    """The share of samples whose label is among the `k` highest scores (N, K).

    Of equal scores the one of the lower class number counts as the higher: no more than `k` classes are hits.
    """
    samples, classes = scores.shape
    own = scores[np.arange(samples), labels][:, None]
    reached = (scores <= own).sum(axis=1)  # itself too; none where it is NaN
    equal = scores == own
    if np.count_nonzero(equal) > samples:
        reached -= (equal & (np.arange(classes) < labels[:, None])).sum(axis=1)
    return float(np.count_nonzero(reached > classes - min(k, classes)) / samples)


def binary_accuracy(logits: Array, target: Array) -> float:
    """The share of all numbers of (N, F) where the probability is on the target's side of 0.5.

    A probability of exactly 0.5 says no, and so does a target.
    """
    return float((((logits > 0) == (target > 0.5)) & ~np.isnan(logits)).mean())


def mean_absolute_error(values: Array, target: Array) -> float:
    """mean(|value - target|) over all numbers of (N, F)."""
    return float(np.abs(values - target).mean())


def confusion(
    predicted: NDArray[np.integer[Any]], labels: NDArray[np.integer[Any]], classes: int
) -> NDArray[np.int64]:
    """Counts (classes, classes): row = true class, column = predicted class."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts
