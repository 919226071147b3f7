"""Fair times on a machine that isn't quiet: what is compared runs in turns, and medians are compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

SETTLE = 0.05
"""Seconds after which the other side's threads have fallen asleep, and one's own have a core each."""


class Times(NamedTuple):
    """Milliseconds of one call."""

    fastest: float
    lower_quartile: float
    median: float


def alternate(
    calls: Mapping[str, Callable[[], object]],
    seconds: float,
    inner: int = 3,
    settle: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Times]:
    """Runs the calls in turns for about `seconds`, each `inner` times after one run to get its caches back.

    `settle` makes that at least so many seconds of runs: threads of the call before may still be looking for
    work, and keep a core busy. `clock` may be `time.thread_time` for calls that use one thread alone: what
    other programs do to the machine then counts for little.
    """
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or min(map(len, samples.values())) < 3 * inner:
        for name, call in calls.items():
            settled = time.perf_counter() + settle
            call()
            while time.perf_counter() < settled:
                call()
            for _ in range(inner):
                start = clock()
                call()
                samples[name].append(1e3 * (clock() - start))
    return {name: _summary(values) for name, values in samples.items()}


def _summary(values: list[float]) -> Times:
    lower, middle, _ = statistics.quantiles(values, n=4)
    return Times(min(values), lower, middle)
