"""An array in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.maths.arrays import Array


@dataclass(frozen=True, eq=False)
class Statistics:
    """Of the finite numbers of an array: `zeros` is the share of them that is 0, `finite` their share of all.

    `counts` (bins,) is the histogram between `low` and `high`, in bins of equal width.
    """

    mean: float
    deviation: float
    low: float
    high: float
    zeros: float
    finite: float
    counts: NDArray[np.int64]


def statistics(array: Array, bins: int) -> Statistics:
    """The statistics of an array of any shape; all 0 where none of its numbers is finite."""
    numbers = array[np.isfinite(array)].astype(np.float64)
    if not numbers.size:
        return Statistics(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, np.zeros(bins, np.int64))
    low, high = float(numbers.min()), float(numbers.max())
    counts, _ = np.histogram(numbers, bins, (low, high))
    zeros, finite = float((numbers == 0).mean()), numbers.size / array.size
    return Statistics(float(numbers.mean()), float(numbers.std()), low, high, zeros, finite, counts)
