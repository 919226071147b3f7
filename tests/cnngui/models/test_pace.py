"""Speed, elapsed and remaining time, by a clock that the test turns."""

from __future__ import annotations

import pytest

from cnngui.models.pace import WINDOW, Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_speed_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin()
    assert pace.steps_per_second is None
    for step in range(0, 50, 5):  # five steps a second, then twenty
        pace.see(step)
        clock.now += 1
    assert pace.steps_per_second == pytest.approx(5)
    for step in range(50, 50 + 20 * int(2 * WINDOW), 20):
        pace.see(step)
        clock.now += 1
    assert pace.steps_per_second == pytest.approx(20)
    assert pace.remaining(100) == pytest.approx(5)


def test_time_in_which_the_run_stands_still_does_not_count() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin(seconds=7)
    pace.see(0)
    clock.now += 3
    pace.hold()
    clock.now += 1000
    assert pace.elapsed == 10
    assert pace.steps_per_second is None
    pace.see(5)
    clock.now += 2
    pace.see(6)
    assert pace.elapsed == 12
    assert pace.steps_per_second == pytest.approx(0.5)


def test_a_run_that_makes_no_step_has_no_speed() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin()
    pace.see(4)
    clock.now += 1
    pace.see(4)
    assert pace.steps_per_second is None
    assert pace.remaining(10) is None
