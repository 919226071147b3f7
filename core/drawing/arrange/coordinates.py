"""Where the blocks stand across the drawing: straight paths, balanced forks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.drawing.arrange.levels import Levels

Separation = Callable[[int, int], float]
"""How far the second of two neighbouring items has to be behind the first, in pixels."""


def place(levels: Levels, separation: Separation) -> list[float]:
    """The coordinate of each block, in pixels, in the order of `levels.rows` on every level.

    Brandes and Köpf (2002): four alignments, each to the median neighbour and pushed to one side, and of
    these the mean of the middle two. A block and its lanes always stay in line. The compaction is a
    longest path through the aligned paths, which does without the paper's classes and their erratum (2020).
    """
    up, down = _neighbours(levels)
    found = []
    for rows, neighbours in ((levels.rows, up), (levels.rows[::-1], down)):
        found.append(_one_side(levels, rows, neighbours, separation))
        mirrored = _one_side(
            levels, [row[::-1] for row in rows], neighbours, lambda first, second: separation(second, first)
        )
        found.append([-value for value in mirrored])
    return _balance(found)


def _neighbours(levels: Levels) -> tuple[list[list[int]], list[list[int]]]:
    """The items that each item may stand in line with, on the level before and on the level behind.

    What runs on does so straight; wires that cross it, or leave it, can't be straight as well. Where a
    shortcut ends it is straight rather than the path beside it.
    """
    place = [0] * len(levels.owner)
    for row in levels.rows:
        for index, item in enumerate(row):
            place[item] = index
    shared = _ends_of_shortcuts(levels)
    up: list[list[int]] = [[] for _ in levels.owner]
    down: list[list[int]] = [[] for _ in levels.owner]
    for number, links in enumerate(levels.links):
        running = [(i, f) for i in levels.rows[number] if (f := levels.follower[i]) is not None]
        for item, follower in running:
            up[follower].append(item)
            down[item].append(follower)
        straight = {target for source, target, _ in links if source in shared}
        for source, target, _ in links:
            if target in straight and source not in shared:
                continue
            crossed = any(
                (place[item] - place[source]) * (place[follower] - place[target]) <= 0
                for item, follower in running
            )
            if not crossed:
                up[target].append(source)
                down[source].append(target)
    for neighbours in (up, down):
        for found in neighbours:
            found.sort(key=place.__getitem__)
    return up, down


def _ends_of_shortcuts(levels: Levels) -> set[int]:
    """The last lanes of blocks that feed several others."""
    targets: list[set[int]] = [set() for _ in range(levels.blocks)]
    for links in levels.links:
        for source, target, _ in links:
            targets[levels.owner[source]].add(target)
    return {
        item
        for item, owner in enumerate(levels.owner)
        if levels.is_lane(item) and levels.follower[item] is None and len(targets[owner]) > 1
    }


def _one_side(
    levels: Levels, rows: Sequence[Sequence[int]], neighbours: Sequence[list[int]], separation: Separation
) -> list[float]:
    """One of the four layouts, by block: in line with the median neighbour, close to the front."""
    path = _align(levels, rows, neighbours)
    behind: dict[int, dict[int, float]] = {item: {} for item in set(path)}
    waiting = dict.fromkeys(behind, 0)
    for row in rows:
        for first, second in pairwise(row):
            least = separation(first, second)
            ahead = behind[path[first]]
            if path[second] not in ahead:
                waiting[path[second]] += 1
            ahead[path[second]] = max(least, ahead.get(path[second], least))
    order = [item for item, count in waiting.items() if count == 0]
    at = dict.fromkeys(order, 0.0)
    for item in order:
        for other, least in behind[item].items():
            at[other] = max(at.get(other, 0.0), at[item] + least)
            waiting[other] -= 1
            if waiting[other] == 0:
                order.append(other)
    for item in reversed(order):
        if behind[item]:
            at[item] = max(at[item], min(at[other] - least for other, least in behind[item].items()))
    return [at[path[block]] for block in range(levels.blocks)]


def _align(levels: Levels, rows: Sequence[Sequence[int]], neighbours: Sequence[list[int]]) -> list[int]:
    """For each item the first item of the straight path that it belongs to."""
    root = list(range(len(levels.owner)))
    position = [0] * len(levels.owner)
    taken = [False] * len(levels.owner)
    for row in rows:
        for index, item in enumerate(row):
            position[item] = index
    for row in rows:
        reached = -1
        for item in row:
            near = sorted(neighbours[item], key=position.__getitem__)
            for median in near[(len(near) - 1) // 2 : len(near) // 2 + 1]:
                if position[median] > reached and not taken[median]:
                    root[item] = root[median]
                    taken[median] = True
                    reached = position[median]
                    break
    return root


@dataclass(frozen=True)
class _Extent:
    low: float
    high: float

    @property
    def size(self) -> float:
        return self.high - self.low


def _balance(found: Sequence[list[float]]) -> list[float]:
    """The four layouts, moved onto the narrowest one, and of every block's places the middle ones' mean."""
    extents = [_Extent(min(values), max(values)) for values in found]
    narrow = min(extents, key=lambda extent: extent.size)
    aligned = []
    for number, (values, extent) in enumerate(zip(found, extents, strict=True)):
        shift = narrow.low - extent.low if number % 2 == 0 else narrow.high - extent.high
        aligned.append([value + shift for value in values])
    return [sum(sorted(four)[1:3]) / 2 for four in zip(*aligned, strict=True)]
