"""Data as people give them: a name, a path, arrays."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnngui.models.designs import local_path
from cnngui.scripting.ends import Ends
from cnngui.scripting.samples import many
from core.data.dataset import MAX_CLASSES, Dataset, Source, class_numbers
from core.data.sources.base import load_source, named_sources
from core.errors import DataError, UsageError
from core.running.checks import data_samples, data_targets
from core.schema.written import count_text

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
    found, judged = many(y, "targets"), _test_part(test)
    names = _names(found, classes, judged and judged[1])
    parts = [_dataset(x, found, names)]
    if judged is not None:
        parts.append(_dataset(*judged, names))
    return Source("arrays", "", *parts)


def for_network(given: Data, targets: ArrayLike | None, ends: Ends) -> Source:
    """The data for a network with these ends. Raises DataError with the remedy where they don't fit."""
    if isinstance(given, (str, os.PathLike, Source, Dataset)):
        found = data(given, targets)
    else:
        x, y = _with_targets(given, targets)
        wanted, names = _targets(y, len(many(x, "samples")), ends)
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
    found = _column(many(given, "targets"))
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
    named = None if given is None else _given_names(given)
    if not _are_classes(found):
        if named is not None:
            raise DataError(
                f"Classes are named, but the targets {found.shape} of {found.dtype} are no class numbers.",
                "Give whole numbers (N,), from 0.",
            )
        return ()
    if others is not None and not _are_classes(others):
        raise DataError(
            f"The targets to train on are class numbers, but those of the test part {others.shape} of "
            f"{others.dtype} are none.",
            "Give whole numbers (N,), from 0.",
        )
    parts = [found] if others is None else [found, others]
    return class_numbers(parts) if named is None else named


def _given_names(given: object) -> tuple[str, ...]:
    """The classes as they were named, or by their numbers. Raises UsageError for what can't mean any."""
    if isinstance(given, (int, np.integer)) and not isinstance(given, bool) and 1 <= given <= MAX_CLASSES:
        return tuple(map(str, range(given)))
    names = given.tolist() if isinstance(given, np.ndarray) else given
    if isinstance(names, (list, tuple)) and names:
        different = {name for name in names if isinstance(name, str) and name.strip()}
        if len(different) == len(names):
            return tuple(map(str, names))
    raise UsageError(
        f"Classes: expected how many there are, 1 to {count_text(MAX_CLASSES)}, or a list of different "
        f"names; got {reprlib.repr(given)}.",
        'Name them in the order of their numbers, for example classes=["cat", "dog"].',
    )


def _are_classes(targets: NDArray[Any]) -> bool:
    return _column(targets).ndim == 1 and targets.dtype.kind in "biu"


def _test_part(given: object) -> tuple[object, NDArray[Any]] | None:
    if given is None:
        return None
    if isinstance(given, (tuple, list)) and len(given) == 2:
        return given[0], many(given[1], "targets of the test part")
    raise UsageError(
        f"The test part: expected a pair of samples and targets, got {reprlib.repr(given)}.",
        "Give both: test=(x, y).",
    )


def _dataset(x: object, y: NDArray[Any], classes: tuple[str, ...]) -> Dataset:
    """The arrays as a data set of its own: what is changed in them later doesn't change what was given."""
    images = many(x, "samples")
    if images.ndim == 3:
        images = images[:, None]
    images = np.array(images, np.uint8 if images.dtype == np.uint8 else np.float32, order="C")
    y = _column(y)
    kind = np.int64 if classes else y.dtype if y.dtype.kind == "f" else np.float32
    return Dataset(images, np.array(y, kind), classes)


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
    text = os.fsdecode(source)
    if text in named_sources():
        return text
    path = local_path(text)
    with suppress(OSError):  # a name that is too long, or a folder that may not be looked into
        return str(path.resolve()) if path.exists() else text
    return text
