"""Numbers, shapes and times as the user reads them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngui.theme.formatting import (
    bytes_text,
    duration_text,
    measure_text,
    moment_text,
    number_text,
    percent_text,
    seconds_text,
    short_count_text,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (61_706, "61,706"),
        (99_999, "99,999"),
        (416_520, "417 k"),
        (999_499, "999 k"),
        (999_600, "1.0 M"),
        (1_240_000, "1.2 M"),
        (15_300_000, "15.3 M"),
        (138_600_000, "139 M"),
        (2_500_000_000, "2.5 G"),
        (7_000_000_000_000_000, "7,000 T"),
    ],
)
def test_large_counts_get_a_unit(count: int, text: str) -> None:
    assert short_count_text(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.001, "0.001"), (1e-5, "1e-5"), (2.5e-10, "2.5e-10"), (1e22, "1e22")]
)
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert number_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_number_reads_back_exactly(value: float) -> None:
    assert float(number_text(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.20245, "1.202"),
        (0.0431, "0.04310"),
        (0.0, "0.000"),
        (2.13e-5, "2.1e-5"),
        (-1.5, "−1.500"),
        (math.nan, "nan"),
    ],
)
def test_measured_values_have_four_digits(value: float, text: str) -> None:
    assert measure_text(value) == text


def test_shares_are_percentages() -> None:
    assert percent_text(0.98765) == "98.8 %"
    assert percent_text(math.nan) == "–"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (42.4, "0:42"), (59.7, "1:00"), (725, "12:05"), (3723, "1:02:03")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize("seconds", [math.inf, math.nan, -1.0])
def test_an_unknown_duration_is_a_dash(seconds: float) -> None:
    assert duration_text(seconds) == "–"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (84_321_000, "84 MB"), (999_600_000, "1.0 GB")],
)
def test_memory(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (9.96, "10 s"), (125, "2:05 min"), (3723, "1:02:03 h")]
)
def test_seconds(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_a_moment_is_that_of_the_clock_on_the_wall() -> None:
    now = datetime.now().astimezone().replace(hour=12, minute=5)
    assert moment_text(now.isoformat()) == "today, 12:05"
    assert moment_text((now - timedelta(days=1)).isoformat()) == "yesterday, 12:05"
    there = datetime(2001, 2, 3, 4, 5).astimezone()
    assert moment_text(there.astimezone(UTC).isoformat()) == "2001-02-03, 04:05"
    assert moment_text("long ago") == "long ago"
