"""Data as people give them: a name, a path, arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnngui.scripting.ends import Ends
from cnngui.scripting.samples import numbers
from core.data.dataset import Dataset, Source, class_numbers
from core.data.sources.base import load_source, named_sources
from core.errors import DataError, UsageError
from core.running.checks import data_samples, data_targets

Data: TypeAlias = Source | Dataset | str | os.PathLike[str] | ArrayLike | tuple[ArrayLike, ArrayLike]
"""A source, a data set, the name or the path of a source, samples, or samples with their targets."""


def data(
    source: Data,
    targets: ArrayLike | None = None,
    *,
    classes: int | Sequence[str] | None = None,
    test: tuple[ArrayLike, ArrayLike] | None = None,
) -> Source:
    """Data to learn from: `data("digits")`, `data("folder/of/mnist")`, `data("file.npz")` or `data(x, y)`.

    Of arrays, the samples are images (N, C, H, W) or (N, H, W), or vectors (N, F); bytes are scaled to 0 … 1,
    other numbers are taken as they are. Whole numbers (N,) as targets are classes, counted from 0; others,
    (N,) or (N, F), are values to predict. `classes` says how many there are, or their names; `test` are
    samples and targets to judge with.

    What comes has `train` and `test`: data sets with `images`, `targets` and `classes`.
    Raises DataError where the data can't be opened, or don't fit together.
    """
    if isinstance(source, (str, os.PathLike)):
        _no_others(targets, classes, test)
        return load_source(_spec(source))
    if isinstance(source, (Source, Dataset)):
        _no_others(targets, classes, test)
        return source if isinstance(source, Source) else Source("samples", "", source)
    x, y = _with_targets(source, targets)
    if y is None:
        raise UsageError("The samples have no targets.", "Give both: data(x, y).")
    found = numbers(y, "targets")
    names = _names(found, classes, None if test is None else numbers(test[1], "targets"))
    parts = [_dataset(x, found, names)]
    if test is not None:
        parts.append(_dataset(test[0], numbers(test[1], "targets"), names))
    return Source("arrays", "", *parts)


def for_network(given: Data, targets: ArrayLike | None, ends: Ends) -> Source:
    """The data for a network with these ends. Raises DataError with the remedy where they don't fit."""
    if isinstance(given, (str, os.PathLike, Source, Dataset)):
        found = data(given, targets)
    else:
        x, y = _with_targets(given, targets)
        wanted, names = _targets(y, len(numbers(x, "samples")), ends)
        found = Source("arrays", "", _dataset(x, wanted, names))
    data_samples(ends.entry, ends.shape, found.train.images[:1])
    return found


def _targets(given: object, samples: int, ends: Ends) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Targets for the output, and the names of the classes; for its own input, any do."""
    output, values = ends.output, ends.values
    if output.target == "image":
        return np.zeros(samples, np.float32), ()
    if given is None:
        raise UsageError("The samples have no targets.", "Give both, samples and targets: (x, y).")
    found = _column(numbers(given, "targets"))
    whole = found.ndim == 1 and found.dtype.kind in "biu"
    if whole and output.target == "class":
        return _in_range(found, values), tuple(map(str, range(values)))
    if whole and output.most_classes is not None and values == 1:
        return _in_range(found, output.most_classes), tuple(map(str, range(output.most_classes)))
    data_targets(ends.end, output.target, (values,), found)
    return found.astype(np.float32), ()


def _in_range(found: NDArray[Any], classes: int) -> NDArray[np.int64]:
    if found.size and not 0 <= found.min() <= found.max() < classes:
        wrong = found.min() if found.min() < 0 else found.max()
        raise DataError(
            f"The targets have the class number {wrong}; the network tells 0 … {classes - 1} apart.",
            "Number the classes from 0, or give the last layer one unit a class.",
        )
    return found.astype(np.int64)


def _names(
    found: NDArray[Any], given: int | Sequence[str] | None, others: NDArray[Any] | None
) -> tuple[str, ...]:
    """The names of the classes; none where the targets are values."""
    whole = _column(found).ndim == 1 and found.dtype.kind in "biu"
    if not whole:
        if given is not None:
            raise DataError(
                f"Classes are named, but the targets {found.shape} of {found.dtype} are no class numbers.",
                "Give whole numbers (N,), from 0.",
            )
        return ()
    if given is None:
        every = found if others is None else np.concatenate([found.ravel(), others.ravel()])
        return class_numbers(every)
    return tuple(map(str, range(given) if isinstance(given, int) else given))


def _dataset(x: object, y: NDArray[Any], classes: tuple[str, ...]) -> Dataset:
    images = numbers(x, "samples")
    images = images if images.dtype == np.uint8 else images.astype(np.float32, copy=False)
    y = _column(y)
    if classes:
        y = y.astype(np.int64)
    elif y.dtype.kind != "f":
        y = y.astype(np.float32)
    return Dataset(np.ascontiguousarray(images[:, None] if images.ndim == 3 else images), y, classes)


def _column(targets: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers in one column, as Keras keeps labels, as (N,)."""
    column = targets.ndim == 2 and targets.shape[1] == 1 and targets.dtype.kind in "biu"
    return targets[:, 0] if column else targets


def _with_targets(given: Any, targets: object) -> tuple[object, object]:
    if targets is None and isinstance(given, tuple) and len(given) == 2:
        return given
    return given, targets


def _no_others(*others: object) -> None:
    if any(other is not None for other in others):
        raise UsageError(
            "Targets, classes and a test part are for arrays; a source has its own.", "Leave them out."
        )


def _spec(source: str | os.PathLike[str]) -> str:
    """The name of a source, or the whole path, so that it is known from another folder, too."""
    text = os.fspath(source)
    if text in named_sources():
        return text
    path = Path(text).expanduser()
    return str(path.resolve()) if path.exists() else text
