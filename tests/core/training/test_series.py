"""Series of any length, against all their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose, assert_array_equal

from core.training.series import MOST, Series


def naive(numbers: list[float], width: int) -> list[tuple[float, float, float]]:
    parts = [np.array(numbers[i : i + width]) for i in range(0, len(numbers), width)]
    return [(float(part.min()), float(part.max()), float(part.mean())) for part in parts]


@given(
    some.lists(some.lists(some.floats(-1e6, 1e6, width=32), max_size=40), max_size=12),
    some.sampled_from([2, 4, 10]),
)
def test_each_span_says_what_its_numbers_were(parts: list[list[float]], most: int) -> None:
    series = Series(most)
    for part in parts:
        series.extend(part)
    numbers = [number for part in parts for number in part]
    found = series.spans()
    assert len(series) == len(numbers)
    assert len(found.mean) <= most
    assert found.width == series.width == 1 or len(numbers) > most * found.width / 2 - found.width
    expected = naive(numbers, found.width)
    assert_array_equal(found.steps, np.arange(len(expected)) * found.width)
    assert_allclose(
        np.stack([found.least, found.greatest, found.mean], 1),
        np.array(expected).reshape(-1, 3),
        rtol=1e-9,
        atol=1e-6,
    )


@given(some.lists(some.integers(0, 1000), max_size=200), some.lists(some.integers(1, 30), max_size=30))
def test_it_does_not_matter_in_which_portions_they_come(numbers: list[int], sizes: list[int]) -> None:
    one, many = Series(8), Series(8)
    one.extend(numbers)
    left = list(numbers)
    for size in sizes:
        many.extend(left[:size])
        left = left[size:]
    for number in left:
        many.append(number)
    for a, b in zip(one.spans(), many.spans(), strict=True):
        assert_array_equal(a, b)


def test_short_runs_are_kept_as_they_are() -> None:
    numbers = np.random.default_rng(0).normal(size=MOST)
    series = Series()
    series.extend(numbers[:-1])
    for kept in series.spans()[1:]:
        assert_array_equal(kept, numbers[:-1])


def test_what_is_not_known_spoils_nothing() -> None:
    series = Series(4)
    series.extend([np.nan, np.nan, np.nan, 2.0, 4.0, np.inf, 1.0, 3.0])
    found = series.spans()
    assert found.width == 4
    assert_array_equal(found.least, [2.0, 1.0])
    assert_array_equal(found.greatest, [2.0, np.inf])
    assert_array_equal(found.mean, [2.0, np.inf])


def test_a_day_at_a_booth_takes_little_memory_and_no_spike_is_lost() -> None:
    series = Series()
    for _ in range(30):
        series.extend(np.ones(1_000_000))
    series.append(17.0)
    series.extend(np.ones(999))
    found = series.spans()
    assert len(series) == 30_001_000
    assert sum(array.nbytes for array in found[1:]) <= 3 * 8 * MOST
    assert found.greatest.max() == 17.0
    assert found.greatest[:-5].max() == 1.0


@pytest.mark.parametrize("most", [0, 1, 3])
def test_the_number_of_spans_can_be_halved(most: int) -> None:
    with pytest.raises(ValueError, match="even number"):
        Series(most)


@given(some.lists(some.integers(0, 1000), max_size=200), some.lists(some.integers(0, 1000), max_size=50))
def test_it_goes_on_from_its_state(before: list[int], after: list[int]) -> None:
    one = Series(8)
    one.extend(before)
    other = Series.restored(*one.state(), most=8)
    for series in (one, other):
        series.extend(after)
    assert len(one) == len(other)
    for a, b in zip(one.spans(), other.spans(), strict=True):
        assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("width", "whole", "rest"),
    [(3, (3, 1), 0), (0, (3, 1), 0), (1, (2, 1), 0), (1, (3,), 0), (1, (3, 8), 0), (2, (3, 1), 2)],
)
def test_what_no_series_could_be_is_refused(width: int, whole: tuple[int, ...], rest: int) -> None:
    with pytest.raises(ValueError, match="no state"):
        Series.restored(width, np.ones(whole), np.ones(rest), most=8)
