"""Arrays as people give them, checked before anything is computed with them."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import DataError
from core.maths.arrays import Array, Shape
from core.schema.written import shape_text


def numbers(given: object, what: str) -> NDArray[Any]:
    """An array of what can be one: lists and tensors, too. Raises DataError for anything but numbers."""
    try:
        found: NDArray[Any] = np.asarray(given)
    except (ValueError, TypeError) as error:
        unequal = "inhomogeneous" in str(error)
        reason = "they aren't all of one shape" if unequal else str(error).rstrip(".")
        raise DataError(f"The {what} make no array: {reason}.", f"Give the {what} as one array.") from None
    if found.dtype.kind not in "biuf":
        raise DataError(f"Expected numbers as {what}, got {found.dtype}.", f"Give the {what} as numbers.")
    return found


def batch(x: ArrayLike, shape: Shape) -> tuple[Array, bool]:
    """Samples as the network takes them, (N, *shape) in float32, and whether `x` was a single one.

    Bytes are scaled to 0 … 1, as in a data set. Raises DataError for another shape, with what would mend it.
    """
    given = numbers(x, "samples")
    single = given.shape == shape
    if single:
        given = given[None]
    check_shape(given, shape)
    made = given.astype(np.float32)
    if given.dtype == np.uint8:
        made /= 255
    if not np.isfinite(made).all():
        raise DataError("The samples hold numbers that aren't finite.", "Replace or remove them.")
    return made, single


def check_shape(given: NDArray[Any], shape: Shape) -> None:
    """Raises DataError unless these are samples of this shape: (N, *shape), one at least."""
    if given.shape[1:] == shape and len(given):
        return
    expected = f"Expected samples of {shape_text(shape)}, as an array (N, {', '.join(map(str, shape))})"
    got = "no sample" if given.shape[1:] == shape else f"an array of {given.shape}"
    raise DataError(f"{expected}, got {got}.", _remedy(given.shape, shape))


def _remedy(given: Shape, shape: Shape) -> str:
    """How an array of the one shape becomes samples of the other, where that can be told."""
    if len(shape) == 3:
        if given == shape[1:] and shape[0] == 1:
            return "Add the axis of the channel: x[None]."
        if given[1:] == shape[1:] and shape[0] == 1 and len(given) == 3:
            return "Add the axis of the channel: x[:, None]."
        if len(given) == 4 and (given[3], *given[1:3]) == shape:
            return "Put the channels first: x.transpose(0, 3, 1, 2)."
        if len(given) == 3 and (given[2], *given[:2]) == shape:
            return "Put the channels first: x.transpose(2, 0, 1)."
    if len(given) > 1 and prod(given[1:]) == prod(shape):
        return f"Give the samples this shape: x.reshape(-1, {', '.join(map(str, shape))})."
    return "Give other samples, or change the shape at the network's entry."
