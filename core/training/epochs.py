"""The epochs of a run of any length, as columns of numbers."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, overload

import numpy as np

from core.running.program import Result
from core.training.events import EpochEnded
from core.training.series import Numbers, Series, Spans

MOST_EPOCHS: Final = 1 << 15
"""Epochs that are known one by one; in a run of more, neighbours are put together."""

_PARTS: Final = ("train", "validation")
_OF_RESULT: Final = ("samples", "weight", "loss")


class Epochs(Sequence[EpochEnded]):
    """What the epochs have brought; equal to any sequence of the same ones.

    Of a run of more than `MOST_EPOCHS` epochs, each entry stands for as many as `width` says: it is the last
    one's, with the means of their results. `best` and `last` are known of any run.
    """

    def __init__(self, epochs: Iterable[EpochEnded] = ()) -> None:
        self._columns: dict[str, Series] = {}
        self.best: EpochEnded | None = None
        """The last one that was better than all before; None where nothing was validated."""
        self.last: EpochEnded | None = None
        for epoch in epochs:
            self.append(epoch)

    @property
    def total(self) -> int:
        """How many epochs are over."""
        return len(self._columns["step"]) if self._columns else 0

    @property
    def width(self) -> int:
        """How many epochs an entry stands for."""
        return self._columns["step"].width if self._columns else 1

    def append(self, epoch: EpochEnded) -> None:
        """The next one is over."""
        total, row = self.total, _row(epoch)
        columns = {
            name: self._columns[name] if name in self._columns else Series(MOST_EPOCHS) for name in row
        }
        for column in columns.values():
            if len(column) < total:  # nothing was validated before
                column.extend(np.full(total - len(column), np.nan))
        for name, column in columns.items():  # nothing fails any more: all have the epoch, or none
            column.append(row[name])
            self._columns[name] = column
        self.last = epoch
        if epoch.best:
            self.best = epoch

    def find(self, number: int) -> EpochEnded | None:
        """The epoch with this number; None where it isn't known by itself."""
        known = {epoch.epoch: epoch for epoch in (self.best, self.last) if epoch is not None}
        if number in known or self.width > 1 or not 1 <= number <= len(self):
            return known.get(number)
        return self[number - 1]

    def column(self, name: str) -> Spans:
        """The numbers of a column, such as `validation/loss` or `step`; NaN where there are none."""
        found = self._columns.get(name)
        if found is not None and len(found) == self.total:
            return found.spans()
        known = np.empty(0) if found is None else found.spans().mean
        missing = np.full(len(self) - len(known), np.nan)
        filled = np.concatenate([known, missing])
        return Spans(self.width, filled, filled, filled)

    def keep_metrics(self, names: Collection[str]) -> None:
        """Leaves these metrics alone."""
        kept = {f"{part}/metric/{name}" for part in _PARTS for name in names}
        self._columns = {n: c for n, c in self._columns.items() if "/metric/" not in n or n in kept}
        self.best, self.last = _with_metrics(self.best, names), _with_metrics(self.last, names)

    def cut(self, step: int) -> None:
        """Forgets the epochs that ended after this step."""
        kept = [epoch for epoch in self if epoch.step <= step]
        if len(kept) == len(self):
            return
        for column in self._columns.values():
            column.cut(len(kept) * self.width)
        self.last = kept[-1] if kept else None
        self.best = next((epoch for epoch in reversed(kept) if epoch.best), None)

    def copy(self) -> Epochs:
        """The same epochs, which don't grow with these."""
        copied = Epochs()
        copied._columns = {name: column.copy() for name, column in self._columns.items()}
        copied.best, copied.last = self.best, self.last
        return copied

    def states(self) -> dict[str, tuple[int, Numbers, Numbers]]:
        """The state of each column, as `Series.state` has it."""
        return {name: column.state() for name, column in self._columns.items()}

    @staticmethod
    def restored(
        states: Mapping[str, tuple[int, Numbers, Numbers]],
        best: EpochEnded | None,
        last: EpochEnded | None,
    ) -> Epochs:
        """The epochs that had these states. Raises ValueError where none could have them."""
        epochs = Epochs()
        epochs._columns = {name: Series.restored(*state, MOST_EPOCHS) for name, state in states.items()}
        counts = {len(column) for column in epochs._columns.values()}
        needed = set(_COLUMNS) | {f"train/{name}" for name in _OF_RESULT}
        if bool(counts) != (last is not None) or (counts and not needed <= epochs._columns.keys()):
            raise ValueError("no state of epochs")
        if last is not None and max(counts) != epochs.total:
            raise ValueError("columns of epochs that are of other runs")
        epochs.best, epochs.last = best, last
        return epochs

    def __len__(self) -> int:
        return len(self._columns["step"].spans().mean) if self._columns else 0

    @overload
    def __getitem__(self, index: int) -> EpochEnded: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[EpochEnded]: ...
    def __getitem__(self, index: int | slice) -> EpochEnded | Sequence[EpochEnded]:
        if index == -1 and self.last is not None and self.width == 1:
            return self.last
        return list(self)[index]

    def __iter__(self) -> Iterator[EpochEnded]:
        columns = {name: self.column(name) for name in self._columns}
        for index in range(len(self)):
            yield self._entry(index, columns)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # they grow

    def __repr__(self) -> str:
        return f"Epochs({list(self)!r})"

    def _entry(self, index: int, columns: Mapping[str, Spans]) -> EpochEnded:
        train = _result("train", index, columns)
        assert train is not None  # each epoch has one
        return EpochEnded(
            epoch=min((index + 1) * self.width, self.total),
            step=int(columns["step"].greatest[index]),
            seconds=float(columns["seconds"].greatest[index]),
            train=train,
            validation=_result("validation", index, columns),
            best=bool(columns["best"].greatest[index]),
        )


_COLUMNS: Final = ("step", "seconds", "best")


def _with_metrics(epoch: EpochEnded | None, names: Collection[str]) -> EpochEnded | None:
    if epoch is None:
        return None
    results = [
        None if r is None else replace(r, metrics={n: r.metrics[n] for n in names if n in r.metrics})
        for r in (epoch.train, epoch.validation)
    ]
    train, validation = results
    assert train is not None  # each epoch has one
    return replace(epoch, train=train, validation=validation)


def _row(epoch: EpochEnded) -> dict[str, float]:
    """The numbers of an epoch, by column."""
    row: dict[str, float] = {"step": epoch.step, "seconds": epoch.seconds, "best": epoch.best}
    for part, result in zip(_PARTS, (epoch.train, epoch.validation), strict=True):
        if result is not None:
            row |= {f"{part}/{name}": getattr(result, name) for name in _OF_RESULT}
            row |= {f"{part}/metric/{name}": value for name, value in result.metrics.items()}
    return row


def _result(part: str, index: int, columns: Mapping[str, Spans]) -> Result | None:
    """None where there was none."""
    found = {
        name.removeprefix(f"{part}/"): float(column.mean[index])
        for name, column in columns.items()
        if name.startswith(f"{part}/")
    }
    if math.isnan(found.get("samples", math.nan)):
        return None
    metrics = {name.removeprefix("metric/"): v for name, v in found.items() if name.startswith("metric/")}
    return Result(found["loss"], metrics, round(found["samples"]), found["weight"])
