"""How fast a run goes and how long it will take, from the moments at which its steps were seen."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW: Final = 10.0
"""Seconds over which the speed is taken: long enough to be calm, short enough to follow a change."""


class Pace:
    """Call `see` for every news of the run, `hold` where it stands still; that time doesn't count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._before = 0.0
        self._since: float | None = None

    def begin(self, seconds: float = 0.0) -> None:
        """A run begins, or goes on after it has taken `seconds`."""
        self._seen.clear()
        self._before, self._since = seconds, None

    def see(self, step: int) -> None:
        """The run goes, and has made `step` steps."""
        now = self._clock()
        if self._since is None:
            self._since = now
        self._seen.append((now, step))
        while len(self._seen) > 2 and now - self._seen[1][0] > WINDOW:
            self._seen.popleft()

    def hold(self) -> None:
        """The run stands still."""
        self._before, self._since = self.elapsed, None
        self._seen.clear()

    @property
    def elapsed(self) -> float:
        """Seconds that the run has taken."""
        return self._before + (self._clock() - self._since if self._since is not None else 0.0)

    @property
    def steps_per_second(self) -> float | None:
        """The speed of the last seconds; None where too little was seen."""
        if len(self._seen) < 2:
            return None
        (begin, first), (end, last) = self._seen[0], self._seen[-1]
        return (last - first) / (end - begin) if end > begin and last > first else None

    def remaining(self, steps: int) -> float | None:
        """Seconds that so many more steps will take."""
        rate = self.steps_per_second
        return None if rate is None else steps / rate
