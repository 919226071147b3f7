"""What a network is given, checked before any of it is read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.design.graph import Block
from core.errors import DataError, UsageError
from core.layers.base import Target
from core.maths.arrays import Array, Shape
from core.schema.written import counted_text

_NUMBERS = "biuf"
"""Kinds of dtypes that are numbers: true and false, whole ones with and without a sign, and others."""


def samples(block: Block, shape: Shape, x: Any, dtype: DTypeLike) -> Array:
    """`x` as a batch (N, *shape) of `dtype` for the Input `block`.

    Raises UsageError for everything else, bytes too: whether they are to be scaled, only a data set says.
    """
    if isinstance(x, np.ndarray) and x.dtype == dtype and x.shape[1:] == shape and len(x):
        return x  # as a rule, and at once
    wanted, rank = _batch(shape), len(shape) + 1
    if isinstance(x, list | tuple) and x and all(np.ndim(part) == rank for part in x):
        raise UsageError(
            f"{block.name} is the network's only input and takes one array {wanted}; "
            f"got {counted_text(len(x), 'array')}.",
            "Give one array with all samples, as numpy.concatenate makes it.",
            block=block.id,
        )
    found = _array(block, wanted, x)
    if found.shape[:1] == (0,):
        raise UsageError(
            f"{block.name} expects samples as an array {wanted}; got one without samples, {found.shape}.",
            "Give at least one sample.",
            block=block.id,
        )
    if found.shape[1:] != shape or found.ndim != rank:
        raise UsageError(
            f"{block.name} expects samples as an array {wanted}; got one of shape {found.shape}.",
            _way_to(shape, found.shape),
            block=block.id,
        )
    if found.dtype == np.uint8 and np.dtype(dtype) != np.uint8:
        raise UsageError(
            f"{block.name} expects numbers as the network was trained with; got bytes from 0 to 255.",
            "Divide them by 255, as a data set does: x / numpy.float32(255).",
            block=block.id,
        )
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is found like that
        return np.asarray(found, dtype)


def targets(block: Block, kind: Target, shape: Shape, target: Any, count: int) -> NDArray[Any]:
    """`target` as what `count` samples are compared with at the output `block`, whose values are (N, *shape).

    Class numbers (N,), values (N, F), or (N,) where there is one, or images. Raises UsageError.
    """
    if count == 0:
        raise UsageError(
            f"{block.name} got a batch without samples.", "Give at least one sample.", block=block.id
        )
    plain = isinstance(target, np.ndarray) and target.shape == (count,) and target.dtype.kind in "iu"
    if plain and kind == "class":
        return target  # type: ignore[no-any-return]  # as a rule, and at once
    wanted = "class numbers (N,)" if kind == "class" else f"targets {_batch(shape)}"
    fitting: list[Shape] = [()] if kind == "class" else [shape, ()] if shape == (1,) else [shape]
    found = _array(block, wanted, target)
    if found.ndim == 0 or found.shape[1:] not in fitting:
        raise UsageError(
            f"{block.name} expects {wanted}; got an array of shape {found.shape}.",
            _way_to_classes(shape, found)
            if kind == "class"
            else "Give each sample one row of what the network is to make of it.",
            block=block.id,
        )
    if len(found) != count:
        raise UsageError(
            f"{block.name} expects a target for each sample; got {counted_text(count, 'sample')} and "
            f"{counted_text(len(found), 'target')}.",
            "Give as many targets as samples, in the same order.",
            block=block.id,
        )
    if kind == "class" and found.dtype.kind not in "iu":
        raise UsageError(
            f"{block.name} expects class numbers as whole numbers; got an array of {found.dtype}.",
            _way_to_classes(shape, found),
            block=block.id,
        )
    if kind == "value" and found.dtype.kind == "f" and not np.isfinite(found).all():
        number = int(np.flatnonzero(~np.isfinite(found.reshape(count, -1)).all(axis=1))[0])
        raise UsageError(
            f"{block.name}: the target of sample {number} of the batch isn't a finite number.",
            "Replace it, or leave the sample out.",
            block=block.id,
        )
    return found


def data_samples(block: Block, shape: Shape, images: NDArray[Any]) -> None:
    """Raises DataError where the samples of a data set aren't numbers (N, *shape) for the Input `block`."""
    if images.shape[:1] == (0,):
        raise DataError(
            f"{block.name} takes samples of numbers {_batch(shape)}; the data has none, only an array of "
            f"shape {images.shape}.",
            "Give at least one sample.",
            block=block.id,
        )
    if images.dtype.kind not in _NUMBERS or images.shape[1:] != shape:
        raise DataError(
            f"{block.name} takes samples of numbers {_batch(shape)}; the data has an array of {images.dtype} "
            f"and shape {images.shape}.",
            _way_to(shape, images.shape),
            block=block.id,
        )


def data_targets(block: Block, kind: Target, shape: Shape, found: NDArray[Any]) -> None:
    """Raises DataError where targets of a data set can't be compared with values (N, *shape) at `block`."""
    if kind == "class" and (found.ndim != 1 or found.dtype.kind not in "iu"):
        raise DataError(
            f"{block.name} takes class numbers (N,); the data has targets of {found.dtype} and shape "
            f"{found.shape}.",
            _way_to_classes(shape, found),
            block=block.id,
        )
    if kind == "value" and (found.dtype.kind not in _NUMBERS or (*found.shape[1:], 1)[:1] != shape):
        raise DataError(
            f"{block.name} takes targets {_batch(shape)}; the data has targets of {found.dtype} and shape "
            f"{found.shape}.",
            "Give the last layer one output for each number of a target.",
            block=block.id,
        )


def _array(block: Block, wanted: str, given: Any) -> NDArray[Any]:
    """What is given as an array of numbers."""
    try:
        found = np.asarray(given)
    except ValueError:  # rows of unequal length
        kind = "rows of unequal length"
    else:
        if found.dtype.kind in _NUMBERS:
            return found
        kind = f"an array of {found.dtype}"
    raise UsageError(
        f"{block.name} expects numbers, {wanted}; got {kind}.",
        "Make it an array of numbers: numpy.array(…, numpy.float32).",
        block=block.id,
    )


def _batch(shape: Shape) -> str:
    """The shape of a batch in words: `(N, 1, 28, 28)`."""
    return f"(N, {', '.join(map(str, shape))})"


def _way_to_classes(shape: Shape, found: NDArray[Any]) -> str:
    """How targets of another form become class numbers."""
    if found.shape[1:] == shape:
        return "One-hot rows become class numbers by y.argmax(axis=1)."
    if found.ndim == 1 and found.dtype.kind == "f" and np.array_equal(found, np.round(found)):
        return "Convert them with y.astype(int)."
    return "Give each sample the number of its class, or end with Regression."


def _way_to(shape: Shape, found: Shape) -> str:
    """How an array of another shape becomes a batch of samples of `shape`."""
    if found == shape:
        return "One sample is a batch, too: x[None]."
    if len(shape) == 3:
        last = (*shape[1:], shape[0])
        if found[1:] == last:
            return "Its channels are last, and have to come first: x.transpose(0, 3, 1, 2)."
        if found == last:
            return "Its channels are last, and it lacks the number of samples: x.transpose(2, 0, 1)[None]."
        if shape[0] == 1 and found == shape[1:]:
            return "One image is a batch of one channel, too: x[None, None]."
        if shape[0] == 1 and found[1:] == shape[1:]:
            return "It lacks the axis of the channel: x[:, None]."
    if len(found) > 1 and math.prod(found[1:]) == math.prod(shape):
        sizes = ", ".join(map(str, shape))
        return f"The numbers of a sample are as many: x.reshape(-1, {sizes}), if their order is this one."
    if len(found) == 1 and shape == (1,):
        return "Each sample needs a row: x[:, None]."
    return "Give samples of this shape, or set the shape of the Input block to theirs and train again."
