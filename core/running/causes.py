"""Why numbers are no longer finite: the data, what was learned, or the learning rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.design.graph import Block
from core.errors import DataError, DivergedError, LayerError
from core.maths.arrays import Array
from core.schema.written import short_text

LARGE = 1e3
"""Samples with larger numbers weren't scaled: networks are made for numbers of about 1."""
SLOWER = "Lower the learning rate (a tenth is a good try), then start again."
"""What helps as a rule where a training diverges; `core.repair.plans` offers just that."""


def in_samples(block: Block, x: Array, numbers: Any = None) -> DataError | None:
    """The first sample of a batch (N, *shape) that isn't finite; None where all are.

    `numbers` are those of the samples in their data set.
    """
    if np.isfinite(x).all():
        return None
    place = tuple(int(i) for i in np.argwhere(~np.isfinite(x))[0])
    value = "NaN, which is no number" if np.isnan(x[place]) else "an infinite number"
    if numbers is None:
        sample = f"sample {place[0]} of the batch"
    else:
        sample = f"sample {int(numbers[place[0]])} of the data set"
    where = f"feature {place[1]}" if x.ndim == 2 else "channel {}, row {}, column {}".format(*place[1:])
    return DataError(
        f"{block.name}: {sample} has {value}, at {where}.",
        "Replace it, or leave the sample out; float32 holds numbers up to 3.4e38.",
        block=block.id,
    )


def in_block(block: Block, phase: str, x: Array, step: int) -> LayerError:
    """A block whose output or gradient isn't finite for the batch `x`, after `step` steps."""
    what = "output" if phase == "forward" else "gradient"
    largest = float(np.abs(x).max())
    unscaled, numbers = largest > LARGE, f"The samples have numbers up to {short_text(largest, 3)}"
    if step and not unscaled:
        hint = SLOWER
    elif step:
        hint = f"{numbers}: scale them, or lower the learning rate."
    elif unscaled:
        hint = f"{numbers}: scale them to about 1."
    else:
        hint = "Choose another initialiser, or normalise before this block."
    if step:
        return DivergedError(
            f"{block.name}: the {what} is no longer finite; the training has diverged.",
            hint,
            block=block.id,
            phase=phase,
            parameter="learning_rate",
        )
    return LayerError(
        f"{block.name}: the {what} is no longer finite in the optimiser's first step.",
        hint,
        block=block.id,
        phase=phase,
    )


def in_learned(block: Block, name: str, step: int) -> LayerError:
    """A block whose learned array `name` isn't finite, whatever the batch."""
    message = f"{block.name}: its {name} is no longer finite."
    if step:
        return DivergedError(message, SLOWER, block=block.id, phase="update", parameter="learning_rate")
    return LayerError(
        message,
        "The network came like this: take an earlier one, or start its training anew.",
        block=block.id,
        phase="update",
    )


def in_slot(block: Block, name: str, slot: str) -> DivergedError:
    """A block for whose learned array `name` an optimiser's buffer isn't finite after its step."""
    return DivergedError(
        f"{block.name}: the optimiser's {slot} of its {name} is no longer finite.",
        SLOWER,
        block=block.id,
        phase="update",
        parameter="learning_rate",
    )


def in_loss(block: Block, loss: float, expected: float) -> DivergedError:
    """An output block whose loss has exploded; `expected` is that of a network which knows nothing."""
    return DivergedError(
        f"{block.name}: the loss has risen to {short_text(loss, 3)}, where {short_text(expected, 3)} is that "
        "of a network which knows nothing; the training has diverged.",
        SLOWER,
        block=block.id,
        phase="forward",
        parameter="learning_rate",
    )
