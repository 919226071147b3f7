"""Arrays as people give them, checked before anything is computed with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.design.graph import Block
from core.errors import DataError
from core.maths.arrays import Array, Shape
from core.running.checks import data_samples


def numbers(given: object, what: str) -> NDArray[Any]:
    """An array of what can be one: lists and tensors, too. Raises DataError for anything but numbers."""
    parts = given if isinstance(given, (list, tuple)) else (given,)
    if any(np.ma.is_masked(part) for part in parts):
        raise DataError(
            f"The {what} are a masked array, and some of its numbers are masked.",
            "Leave those samples out, or fill them: x.filled(0).",
        )
    try:
        found: NDArray[Any] = np.asarray(given)
    except (ValueError, TypeError) as error:
        unequal = "inhomogeneous" in str(error)
        reason = "they aren't all of one shape" if unequal else str(error).rstrip(".")
        raise DataError(f"The {what} make no array: {reason}.", f"Give the {what} as one array.") from None
    if found.dtype.kind not in "biuf":
        raise DataError(f"Expected numbers as {what}, got {found.dtype}.", f"Give the {what} as numbers.")
    return found


def many(given: object, what: str) -> NDArray[Any]:
    """`numbers` that are several: (N, …). Raises DataError for a single one, too."""
    found = numbers(given, what)
    if found.ndim == 0:
        raise DataError(
            f"Expected an array (N, …) as {what}, got a single number.", "Give the numbers of all samples."
        )
    return found


def batch(block: Block, x: ArrayLike, shape: Shape) -> tuple[Array, bool]:
    """Samples as the Input `block` takes them, (N, *shape) in float32, and whether `x` was a single one.

    Bytes are scaled to 0 … 1, as in a data set. Raises DataError for another shape, with what would mend it.
    """
    given = numbers(x, "samples")
    single = given.shape == shape
    if single:
        given = given[None]
    data_samples(block, shape, given)
    made = given.astype(np.float32)
    if given.dtype == np.uint8:
        made /= 255
    if not np.isfinite(made).all():
        raise DataError("The samples hold numbers that aren't finite.", "Replace or remove them.")
    return made, single
