"""What the viewers ask to see of a network, and what they get: feature maps, and statistics of a probe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.maths.arrays import Array
from core.running.program import Probe, Program


@dataclass(frozen=True, eq=False)
class Tap:
    """A wish: the outputs of these blocks for one sample `(C, H, W)` or `(F,)`, numbers as in a batch."""

    blocks: frozenset[str]
    sample: Array


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The answer: one read-only array without a batch dimension a block, as it was after `step` steps.

    `prediction` is what the output block shows for the sample: probabilities or values `(K,)`, or an image
    `(C, H, W)`.
    """

    step: int
    maps: Mapping[str, Array]
    prediction: Array


def snapshot(program: Program, tap: Tap, step: int) -> Snapshot:
    """Takes the outputs in evaluation mode; training state isn't touched. Unknown blocks are left out."""
    wanted = {block for block in tap.blocks if block in program.shapes} | {program.output.id}
    found = program.outputs(np.asarray(tap.sample, program.dtype)[None], wanted)
    for array in found.values():
        array.flags.writeable = False
    prediction = program.output_layer.predict(found[program.output.id])[0]
    return Snapshot(step, {block: found[block][0] for block in wanted}, prediction)


BINS = 40


@dataclass(frozen=True, eq=False)
class Statistics:
    """Of the finite numbers of an array: `zeros` is the share of them that is 0, `finite` their share of all.

    `counts` (BINS,) is the histogram between `low` and `high`, in bins of equal width.
    """

    mean: float
    deviation: float
    low: float
    high: float
    zeros: float
    finite: float
    counts: NDArray[np.int64]


def statistics(array: Array) -> Statistics:
    """The statistics of an array of any shape; all 0 where none of its numbers is finite."""
    numbers = array[np.isfinite(array)].astype(np.float64)
    if not numbers.size:
        return Statistics(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, np.zeros(BINS, np.int64))
    low, high = float(numbers.min()), float(numbers.max())
    counts, _ = np.histogram(numbers, BINS, (low, high))
    zeros, finite = float((numbers == 0).mean()), numbers.size / array.size
    return Statistics(float(numbers.mean()), float(numbers.std()), low, high, zeros, finite, counts)


@dataclass(frozen=True, eq=False)
class ProbeStatistics:
    """The statistics of a probe, under its names."""

    loss: float
    outputs: Mapping[str, Statistics]
    gradients: Mapping[str, Statistics]
    parameters: Mapping[str, Statistics]


def probe_statistics(probe: Probe) -> ProbeStatistics:
    """What a viewer shows of a probe in a few numbers a block."""
    parts = (probe.outputs, probe.gradients, probe.parameters)
    found = ({name: statistics(array) for name, array in part.items()} for part in parts)
    return ProbeStatistics(probe.loss, *found)
