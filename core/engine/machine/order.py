"""The order of the rows: stages with a barrier after each, and in each a chain that runs block by block.

A row whose threads touch only their own blocks need not wait for the row before it. Such rows follow each
other in a **chain**: a thread takes a few of its blocks through all of them, then the next few, so that
what one row writes is still in the cache when the next one reads it. Rows that prepare parameters move to
the stage before the one that needs them, rows that finish gradients to the one after the sums are
complete: few stages, and so few barriers, are left.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.engine.machine.operation import Scope


class Work(NamedTuple):
    """A row: how its threads depend on each other, and its buffers with and without a part for each block."""

    scope: Scope
    blocks: frozenset[Hashable]
    others: frozenset[Hashable]

    @property
    def buffers(self) -> frozenset[Hashable]:
        return self.blocks | self.others


@dataclass
class Stage:
    """Numbers of rows: those that all threads share out, and then those of the chain."""

    shared: list[int] = field(default_factory=list)
    chain: list[int] = field(default_factory=list)


def stages(rows: Sequence[Work]) -> list[Stage]:
    """All rows in stages, with a barrier between two of them."""
    place = _main_stages(rows)
    complete: dict[Hashable, int] = {}  # the last stage so far that mentions a buffer
    for number, row in enumerate(rows):
        if row.scope is Scope.FINISHES:
            place[number] = 1 + max((complete.get(buffer, 0) for buffer in row.buffers), default=0)
        _note(complete, row.buffers, place.get(number), max)
    needed: dict[Hashable, int] = {}  # the first stage from here on that mentions a buffer
    for number in reversed(range(len(rows))):
        row = rows[number]
        if row.scope is Scope.PREPARES:
            place[number] = min((needed[b] for b in row.buffers if b in needed), default=1) - 1
        _note(needed, row.buffers, place.get(number), min)
    first, last = min(place.values(), default=0), max(place.values(), default=-1)
    result = [Stage() for _ in range(first, last + 1)]
    for number, row in enumerate(rows):
        stage = result[place[number] - first]
        chained = row.scope in (Scope.OWN_BLOCKS, Scope.GATHERS)
        (stage.chain if chained else stage.shared).append(number)
    return result


def _main_stages(rows: Sequence[Work]) -> dict[int, int]:
    """The stages, from 1, of the rows that keep their order."""
    place: dict[int, int] = {}
    current, chaining = 0, False
    summed: dict[Hashable, int] = {}
    for number, row in enumerate(rows):
        if row.scope in (Scope.PREPARES, Scope.FINISHES):
            continue
        waits = row.scope is Scope.GATHERS and any(summed.get(b) == current for b in row.others)
        if row.scope is Scope.SHARED or not chaining or waits:
            current += 1
        chaining = row.scope is not Scope.SHARED
        place[number] = current
        _note(summed, row.others, current, max)
    return place


def _note(
    stages: dict[Hashable, int],
    buffers: Iterable[Hashable],
    stage: int | None,
    choose: Callable[[int, int], int],
) -> None:
    if stage is not None:
        for buffer in buffers:
            stages[buffer] = choose(stages.get(buffer, stage), stage)
