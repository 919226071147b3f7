"""Samples with their targets, in memory or in a file that is mapped into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.data.mapped import expect
from core.design.spec import DataSpec
from core.errors import DataError
from core.maths.arrays import Array
from core.schema.written import count_text, counted_text, shape_text

MAX_CLASSES = 10_000
_AT_ONCE = 1 << 22
"""Numbers of a file that are looked at together."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """`images` (N, C, H, W) or vectors (N, F), uint8 or float; `targets` class numbers (N,) or values (N, F).

    `classes` names the classes; it is empty where the targets are values. Images that a file is mapped to
    aren't copied for a part of a data set: `rows` then says which of them are its samples (None: all).
    Raises DataError where the parts don't fit together.
    """

    images: NDArray[Any]
    targets: NDArray[Any]
    classes: tuple[str, ...]
    rows: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if self.images.ndim not in (2, 4) or self.images.size == 0:
            raise DataError(
                f"Expected images (N, C, H, W) or vectors (N, F), got an array of {self.images.shape}."
            )
        if self.targets.ndim != 1 and (self.classes or self.targets.ndim != 2 or self.targets.size == 0):
            raise DataError(
                f"Expected class numbers (N,) or values (N, F) as targets, got {self.targets.shape}."
            )
        samples = self.images if self.rows is None else self.rows
        if len(samples) != len(self.targets):
            raise DataError(
                f"The data has {counted_text(len(samples), 'sample')}, but "
                f"{counted_text(len(self.targets), 'target')}.",
                "Each sample needs one.",
            )
        if self.classes and self.targets.dtype.kind not in "iu":
            raise DataError(
                f"Expected class numbers as whole numbers, got {self.targets.dtype}.",
                "Convert them with astype(int), or leave the classes out to predict values.",
            )
        if self.classes and (self.targets.min() < 0 or self.targets.max() >= len(self.classes)):
            raise DataError(
                f"The data has {counted_text(len(self.classes), 'class', 'classes')}, but targets from "
                f"{count_text(self.targets.min())} to {count_text(self.targets.max())}.",
                "Number the classes from 0.",
            )

    def __len__(self) -> int:
        return len(self.targets)

    def __repr__(self) -> str:
        return f"{_counted(self)}, {_aims(self.spec)}"

    @property
    def spec(self) -> DataSpec:
        """What a design has to fit."""
        values = self.targets.shape[1] if self.targets.ndim == 2 else 1
        return DataSpec(self.images.shape[1:], len(self.classes), values, self._one_hot)

    @cached_property
    def _one_hot(self) -> bool:
        """Whether the targets are classes written as values: a 1 for the class, a 0 for each other one."""
        if self.targets.ndim != 2 or self.targets.shape[1] == 1:
            return False
        part = max(1, _AT_ONCE // self.targets.shape[1])
        return all(_are_one_hot(self.targets[at : at + part]) for at in range(0, len(self.targets), part))

    def batch(self, indices: Any, dtype: DTypeLike = np.float32) -> tuple[Array, NDArray[Any]]:
        """The chosen samples as numbers, bytes scaled to 0…1, and their targets."""
        chosen = np.asarray(self.images[self.places(indices)])
        x: Array = chosen.astype(dtype)
        if chosen.dtype == np.uint8:
            x /= 255
        return x, self.targets[indices]

    def places(self, indices: Any) -> Any:
        """Where in `images` these samples are."""
        return indices if self.rows is None else self.rows[indices]

    def expect(self, indices: NDArray[np.int64]) -> None:
        """Says that these samples will be needed next: those of a mapped file can be read meanwhile."""
        if isinstance(self.images, np.memmap):
            expect(self.images, self.places(indices))

    def take(self, indices: NDArray[np.int64]) -> Dataset:
        """A data set of the chosen samples."""
        targets, places = self.targets[indices], self.places(indices)
        if isinstance(self.images, np.memmap):
            return replace(self, targets=targets, rows=places)
        return replace(self, images=self.images[places], targets=targets)

    def counts(self, indices: NDArray[np.int64] | None = None) -> list[int]:
        """The number of samples of each class, among the chosen ones; empty where the targets are values."""
        if not self.classes:
            return []
        targets = self.targets if indices is None else self.targets[indices]
        return [int(n) for n in np.bincount(targets, minlength=len(self.classes))]


@dataclass(frozen=True, eq=False)
class Source:
    """What a folder, a file or a generator gives. `name` is for people, `spec` says how to open it again.

    Raises DataError where the test part isn't of the train part's form, or a number isn't finite.
    """

    name: str
    spec: str
    train: Dataset
    test: Dataset | None = None

    def __repr__(self) -> str:
        tested = f", {count_text(len(self.test))} to test with" if self.test else ""
        return f"{self.name}: {_counted(self.train)} to train on{tested}, {_aims(self.train.spec)}"

    def __post_init__(self) -> None:
        if self.test is not None and _form(self.test) != _form(self.train):
            raise DataError(
                f"{self.name}: the test part has samples of {shape_text(self.test.spec.shape)} and "
                f"{_aims(self.test.spec)}; the training part has samples of "
                f"{shape_text(self.train.spec.shape)} and {_aims(self.train.spec)}.",
                "Both parts need one shape and the same classes.",
            )
        for part, data in ("train", self.train), ("test", self.test):
            for what, numbers in (("samples", data.images), ("targets", data.targets)) if data else ():
                if not _finite(numbers):
                    raise DataError(
                        f"{self.name}: the {part} {what} hold numbers that aren't finite.",
                        "Replace them, or leave these samples out; float32 holds numbers up to 3.4e38.",
                    )


def _form(data: Dataset) -> DataSpec:
    """What both parts have in common; that the values of one of them are one-hot may be chance."""
    return replace(data.spec, one_hot=False)


def _counted(data: Dataset) -> str:
    return f"{counted_text(len(data), 'sample')} of {shape_text(data.spec.shape)}"


def _aims(spec: DataSpec) -> str:
    if spec.classes:
        return counted_text(spec.classes, "class", "classes")
    return f"{counted_text(spec.values, 'value')} to predict"


def _are_one_hot(rows: NDArray[Any]) -> bool:
    ones = rows == 1
    return bool((ones | (rows == 0)).all() and (ones.sum(axis=1) == 1).all())


def _finite(numbers: NDArray[Any]) -> bool:
    """Whether all are; a part at a time, since a mapped file may be larger than the memory."""
    if np.issubdtype(numbers.dtype, np.integer):
        return True
    if numbers.flags.c_contiguous:
        numbers = numbers.reshape(-1)  # of one sample, too, only a part is looked at
    part = max(1, _AT_ONCE * len(numbers) // max(1, numbers.size))
    return all(np.isfinite(numbers[at : at + part]).all() for at in range(0, len(numbers), part))


def class_numbers(parts: Iterable[NDArray[Any]]) -> tuple[str, ...]:
    """Names for classes that have none: their numbers, those of all parts of the data.

    Raises DataError for more than MAX_CLASSES.
    """
    count = max(int(labels.max(initial=0)) for labels in parts) + 1
    if count > MAX_CLASSES:
        raise DataError(
            f"The labels go up to {count_text(count - 1)}; at most {count_text(MAX_CLASSES)} classes are "
            "supported.",
            "Number the classes from 0, or save the targets as float numbers to predict values.",
        )
    return tuple(str(k) for k in range(count))


def divide(data: Dataset, share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the samples to train on, and of a `share` for validation: of every class its part.

    The same seed gives the same split. Where the targets are values, the samples are drawn from all.
    """
    rng = np.random.default_rng(seed)
    strata = [np.flatnonzero(data.targets == k) for k in range(len(data.classes))] or [np.arange(len(data))]
    chosen = [rng.permutation(s)[: round(len(s) * share)] for s in strata]
    held_out = np.sort(np.concatenate(chosen))
    mask = np.ones(len(data), bool)
    mask[held_out] = False
    return np.flatnonzero(mask), held_out


def split(data: Dataset, share: float, seed: int) -> tuple[Dataset, Dataset | None]:
    """The data sets to train on and for validation, as `divide` says; None where nothing is left for that.

    Raises DataError where nothing is left to train on.
    """
    kept, held_out = divide(data, share, seed)
    if len(kept) == 0:
        raise DataError(
            f"A validation share of {share:.0%} leaves nothing to train on.", "Choose a smaller share."
        )
    return (data.take(kept), data.take(held_out)) if len(held_out) else (data, None)
