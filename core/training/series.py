"""Numbers by step, of runs of any length: as they are at first, then by ever wider spans.

A span keeps the least, the greatest and the mean of its numbers, so that no spike gets lost, a curve of 30
million steps takes as much memory as one of a hundred thousand, and is drawn as fast.
"""

from __future__ import annotations

import math
import warnings
from contextlib import suppress
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST: Final = 1 << 17
"""Spans that a series keeps; one more, and each two become one."""

_ROOM: Final = 64
"""Spans that there is room for at first."""
_TOGETHER: Final = 256

Numbers = NDArray[np.float64]


class Spans(NamedTuple):
    """Consecutive spans of `width` steps each but the last, which may be shorter; arrays are (number,).

    A number that isn't known is NaN, and so is what would be said of a span where none is known.
    """

    width: int
    least: Numbers
    greatest: Numbers
    mean: Numbers

    @property
    def steps(self) -> NDArray[np.int64]:
        """The number of steps before each span."""
        return np.arange(len(self.mean), dtype=np.int64) * self.width


class Series:
    """Grows by numbers at its end; `len` is how many it has got."""

    def __init__(self, most: int = MOST) -> None:
        if most < 2 or most % 2:
            raise ValueError(f"an even number of spans is needed, got {most}")
        self._most = most
        self._width = 1
        self._count = 0
        """Whole spans."""
        self._kept = np.empty((3, min(most, _ROOM)))
        self._open = np.empty(0)
        """What the span after the last whole one has got."""
        self._new: list[float] = []
        """Numbers that came one by one, and wait to be taken together: that is what makes them cheap."""
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def width(self) -> int:
        """The steps of a span: 1, 2, 4 and so on."""
        self._take_new()
        return self._width

    @property
    def last(self) -> float:
        """The last number; NaN before the first."""
        if self._new:
            return self._new[-1]
        if len(self._open):
            return float(self._open[-1])
        return float(self._kept[2, self._count - 1]) if self._count else math.nan

    def append(self, number: float) -> None:
        """Adds the number of one step."""
        self._new.append(number)
        self._length += 1
        if len(self._new) >= _TOGETHER:
            with suppress(MemoryError):  # then it waits on: other series have this step, too
                self._take_new()

    def extend(self, numbers: ArrayLike) -> None:
        """Adds the numbers of some steps, (steps,)."""
        self._take_new()
        added = np.array(numbers, np.float64, ndmin=1)
        self._add(added)
        self._length += len(added)

    def cut(self, length: int) -> None:
        """Forgets what came after the first `length` numbers. Where that is within a wide span, the numbers
        of the span before it aren't known any more."""
        self._take_new()
        if length >= self._length:
            return
        self._count, self._open = length // self._width, np.full(length % self._width, np.nan)
        self._length = length

    def copy(self) -> Series:
        """The same numbers, which don't grow with these."""
        width, whole, rest = self.state()
        return Series.restored(width, whole, rest, self._most)

    def state(self) -> tuple[int, Numbers, Numbers]:
        """The width, the whole spans as least, greatest and mean, (3, spans), and the numbers after them."""
        self._take_new()
        return self._width, self._kept[:, : self._count].copy(), self._open.copy()

    @staticmethod
    def restored(width: int, whole: Numbers, rest: Numbers, most: int = MOST) -> Series:
        """The series that had this state. Raises ValueError where none could have it."""
        series = Series(most)
        fits = whole.ndim == 2 and whole.shape[0] == 3 and whole.shape[1] < most
        if not fits or width < 1 or width & (width - 1) or rest.ndim != 1 or len(rest) >= width:
            raise ValueError("no state of a series")
        series._width, series._count = width, whole.shape[1]
        series._make_room(series._count)
        series._kept[:, : series._count] = whole
        series._open = rest.astype(np.float64)
        series._length = width * series._count + len(rest)
        return series

    def spans(self) -> Spans:
        """What is kept, as a copy."""
        self._take_new()
        kept = self._kept[:, : self._count]
        if len(self._open):
            kept = np.hstack([kept, _summary(self._open[None])])
        return Spans(self._width, *kept.copy())

    def _take_new(self) -> None:
        if self._new:
            self._add(np.array(self._new, np.float64))
            self._new = []

    def _add(self, left: Numbers) -> None:
        while len(left):
            room = self._width * (self._most - self._count) - len(self._open)
            self._take(left[:room])
            left = left[room:]
            if self._count == self._most:
                self._widen()

    def _take(self, numbers: Numbers) -> None:
        """At most as many as there is room for."""
        found = np.concatenate([self._open, numbers]) if len(self._open) else numbers
        whole = len(found) // self._width
        spans = _summary(found[: whole * self._width].reshape(whole, self._width))
        rest = found[whole * self._width :].copy()
        self._make_room(self._count + whole)
        self._kept[:, self._count : self._count + whole] = spans
        self._count, self._open = self._count + whole, rest

    def _make_room(self, count: int) -> None:
        """Short runs take little memory."""
        if count > self._kept.shape[1]:
            kept = np.empty((3, min(self._most, 2 * count)))
            kept[:, : self._kept.shape[1]] = self._kept
            self._kept = kept

    def _widen(self) -> None:
        least, greatest, mean = self._kept[:, : self._most].reshape(3, self._most // 2, 2)
        half = self._most // 2
        self._kept[:, :half] = np.stack([np.fmin(*least.T), np.fmax(*greatest.T), _mean_of_known(mean)])
        self._width, self._count = 2 * self._width, half


def _summary(spans: Numbers) -> Numbers:
    """Least, greatest and mean, (3, spans), of the numbers of spans, (spans, width)."""
    if not len(spans) or spans.shape[1] == 1:
        return np.repeat(spans.reshape(1, -1), 3, axis=0)
    return np.stack([np.fmin.reduce(spans, 1), np.fmax.reduce(spans, 1), _mean_of_known(spans)])


def _mean_of_known(numbers: Numbers) -> Numbers:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NaN where nothing is known, and inf - inf
        return np.asarray(np.nanmean(numbers, axis=1))
