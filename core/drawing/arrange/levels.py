"""Layers of a drawing, called levels here: every block gets one, and wires lead on to later levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Link = tuple[int, int, int]
"""A wire between numbered ends: from, to, and the input number at its target."""


@dataclass(frozen=True)
class Levels:
    """Blocks on levels, with a lane wherever wires of a block pass a level by.

    An item is a block on its own level, or the lane that its owner keeps free on a later one. All wires of
    a block share its lane and leave it just before their targets. So an owner, with its lanes, is a straight
    thing that fills a run of levels, at most once each.
    """

    owner: list[int]
    """The block of each item."""
    rows: list[list[int]]
    """The items of each level, in order across the drawing."""
    follower: list[int | None]
    """The item of the same owner on the next level."""
    links: list[list[Link]]
    """Between each level and the next: where wires end, from item to item."""
    blocks: int
    """The number of blocks. They are the first items, lanes the others."""

    def is_lane(self, item: int) -> bool:
        return item >= self.blocks


def assign(count: int, links: Sequence[Link]) -> list[int]:
    """The level of each block, one more than that of the last block that feeds it (longest path).

    Blocks are numbered along the wires. A block then moves towards its targets where that makes wires
    shorter in sum, so that a second input stands beside what it feeds.
    """
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target, _ in links:
        before[target].append(source)
        after[source].append(target)
    level = [0] * count
    for block in range(count):
        level[block] = max((level[source] + 1 for source in before[block]), default=0)
    for block in reversed(range(count)):
        latest = min((level[target] - 1 for target in after[block]), default=level[block])
        reached = [max(level[target] for target in after[source]) for source in before[block]]
        longer = sum(max(0, latest - end) for end in reached)
        if longer < latest - level[block]:
            level[block] = latest
    return level


def build(level: Sequence[int], links: Sequence[Link]) -> Levels:
    """The levels with their lanes; the first order across follows each path as far as it goes."""
    count = len(level)
    last = list(level)
    for source, target, _ in links:
        last[source] = max(last[source], level[target] - 1)
    owner = list(range(count))
    item_at = {(block, level[block]): block for block in range(count)}
    follower: list[int | None] = [None] * count
    for block in range(count):
        for passed in range(level[block] + 1, last[block] + 1):
            follower[item_at[block, passed - 1]] = item_at[block, passed] = len(owner)
            owner.append(block)
            follower.append(None)
    depth = 1 + max(level, default=-1)
    rows: list[list[int]] = [[] for _ in range(depth)]
    rank = _walk(count, links)
    for block in sorted(range(count), key=rank.__getitem__):
        for passed in range(level[block], last[block] + 1):
            rows[passed].append(item_at[block, passed])
    ends: list[list[Link]] = [[] for _ in range(max(0, depth - 1))]
    for source, target, port in links:
        gap = level[target] - 1
        ends[gap].append((item_at[source, gap], target, port))
    return Levels(owner, rows, follower, ends, count)


def _walk(count: int, links: Sequence[Link]) -> list[int]:
    """The place of each block in a depth-first walk along the wires."""
    after: list[list[int]] = [[] for _ in range(count)]
    fed = [False] * count
    for source, target, _ in links:
        after[source].append(target)
        fed[target] = True
    rank: dict[int, int] = {}
    waiting = [block for block in reversed(range(count)) if not fed[block]]
    while waiting:
        block = waiting.pop()
        if block not in rank:
            rank[block] = len(rank)
            waiting.extend(reversed(after[block]))
    return [rank[block] for block in range(count)]
