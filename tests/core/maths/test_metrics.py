"""What counts as a hit: ties by a stated rule, and never a score that is no number."""

from __future__ import annotations

import numpy as np
import pytest

from core.maths import metrics


@pytest.mark.parametrize("k", [1, 2, 5])
def test_of_equal_scores_no_more_than_k_classes_are_hits(k: int) -> None:
    scores = np.zeros((10, 10), np.float32)
    assert metrics.top_k(scores, np.arange(10), k) == pytest.approx(k / 10)
    assert metrics.top_k(scores, np.zeros(10, int), k) == 1.0  # the first of them is one


def test_a_tie_is_decided_by_the_class_number() -> None:
    scores = np.array([[1, 3, 3, 3, 0]] * 5, np.float32)
    hits = [metrics.top_k(scores[:1], np.array([label]), 2) for label in range(5)]
    assert hits == [0, 1, 1, 0, 0]


@pytest.mark.parametrize("k", [1, 3, 5])
def test_without_ties_it_is_the_rank_that_counts(k: int) -> None:
    rng = np.random.default_rng(0)
    scores, labels = rng.standard_normal((200, 9)).astype(np.float32), rng.integers(0, 9, 200)
    best = np.argsort(-scores, axis=1)[:, :k]
    assert metrics.top_k(scores, labels, k) == pytest.approx((best == labels[:, None]).any(axis=1).mean())


def test_the_first_class_of_all_is_the_one_that_accuracy_takes() -> None:
    scores = np.round(np.random.default_rng(0).standard_normal((300, 4))).astype(np.float32)
    labels = np.arange(300) % 4
    assert metrics.accuracy(scores, labels) == pytest.approx(metrics.top_k(scores, labels, 1))


def test_a_score_that_is_no_number_is_no_hit() -> None:
    scores, labels = np.full((4, 3), np.nan, np.float32), np.array([0, 1, 2, 0])
    assert metrics.accuracy(scores, labels) == 0
    assert metrics.top_k(scores, labels) == 0
    assert metrics.binary_accuracy(scores, np.zeros((4, 3))) == 0
    scores[:, 1:] = 0
    assert metrics.top_k(scores, np.array([1, 1, 2, 0]), 1) == 0  # what it is beside isn't known to be higher
