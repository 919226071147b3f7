"""Keeps wires from different outputs apart where the same line between blocks is the best for both."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar

Level = tuple[float, float, float]
"""A level part of a wire: its height, and from where to where."""

LANES: Final = (0.0, 8.0, -8.0)
"""How far aside wires may run: there is still room to the blocks beside the line."""
_NEAR: Final = 6.0

Key = TypeVar("Key", bound=Hashable)


def lanes(levels: Iterable[tuple[Key, Hashable, list[Level]]]) -> Mapping[Key, float]:
    """How far aside each wire runs, of those that do.

    Takes the wires in their order, each with where it begins and its level parts when it isn't aside. Those
    that begin together may share a line, since the same flows through them.
    """
    taken: dict[int, list[tuple[Hashable, Level]]] = {}
    found: dict[Key, float] = {}
    for key, start, parts in levels:
        lane = next((lane for lane in LANES if not any(_is_taken(taken, start, p, lane) for p in parts)), 0.0)
        if lane:
            found[key] = lane
        for height, left, right in parts:
            taken.setdefault(_cell(height + lane), []).append((start, (height + lane, left, right)))
    return found


def _is_taken(
    taken: Mapping[int, list[tuple[Hashable, Level]]], start: Hashable, part: Level, lane: float
) -> bool:
    height, left, right = part[0] + lane, part[1], part[2]
    return any(
        other != start and abs(at - height) < _NEAR and begin < right and left < end
        for cell in (_cell(height) - 1, _cell(height), _cell(height) + 1)
        for other, (at, begin, end) in taken.get(cell, ())
    )


def _cell(height: float) -> int:
    return int(height // _NEAR)
