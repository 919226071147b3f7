"""The order of each level across the drawing, with few crossing wires."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from core.drawing.arrange.levels import Levels

_ROUNDS = 24
_PATIENCE = 6
"""So many rounds without a better order end the search."""

_Segment = tuple[int, int, int]


def reduce_crossings(levels: Levels) -> int:
    """Reorders `levels.rows` and gives the number of crossings left.

    Barycentre sweeps to and fro with transpositions (Sugiyama, Tagawa and Toda 1981; Gansner et al. 1993).
    Lanes never cross each other, because a sweep keeps the order of what runs on: so they can be straight.
    """
    search = _Search(levels)
    best, best_rows = search.crossings(), [list(row) for row in levels.rows]
    patience = _PATIENCE
    for round_number in range(_ROUNDS):
        if best == 0 or patience == 0:
            break
        search.sweep(forwards=round_number % 2 == 0)
        search.transpose()
        found = search.crossings()
        patience -= 1
        if found < best:
            best, best_rows, patience = found, [list(row) for row in levels.rows], _PATIENCE
    levels.rows[:] = best_rows
    return best


class _Search:
    def __init__(self, levels: Levels) -> None:
        self._rows = levels.rows
        self._segments: list[list[_Segment]] = []
        self._sources: list[list[int]] = [[] for _ in levels.owner]
        self._targets: list[list[tuple[int, int]]] = [[] for _ in levels.owner]
        self._follower = levels.follower
        self._runs_from: list[int | None] = [None] * len(levels.owner)
        for item, follower in enumerate(levels.follower):
            if follower is not None:
                self._runs_from[follower] = item
        for number, links in enumerate(levels.links):
            running = [(i, f, 0) for i in levels.rows[number] if (f := levels.follower[i]) is not None]
            self._segments.append([*links, *running])
            for source, target, port in self._segments[-1]:
                self._sources[target].append(source)
                self._targets[source].append((target, port))
        self._place = [0] * len(levels.owner)
        for row in self._rows:
            self._number(row)

    def crossings(self) -> int:
        return sum(self._crossings(segments) for segments in self._segments)

    def sweep(self, *, forwards: bool) -> None:
        """Orders each level by where its neighbours on the level before (or behind) are in the mean."""
        for row in self._rows[1:] if forwards else self._rows[-2::-1]:
            keys = {item: self._before(item) if forwards else self._behind(item) for item in row}
            row.sort(key=keys.__getitem__)
            self._number(row)

    def transpose(self) -> None:
        """Exchanges neighbours as long as that saves crossings."""
        for row in self._rows:
            improved = True
            while improved:
                improved = False
                for index in range(len(row) - 1):
                    first, second = row[index], row[index + 1]
                    if self._may_swap(first, second) and self._saving(first, second) > 0:
                        row[index : index + 2] = second, first
                        self._place[first], self._place[second] = index + 1, index
                        improved = True

    def _number(self, row: list[int]) -> None:
        for index, item in enumerate(row):
            self._place[item] = index

    def _before(self, item: int) -> float:
        origin = self._runs_from[item]
        if origin is not None:
            return self._place[origin]
        sources = self._sources[item]
        if not sources:
            return self._place[item]
        return sum(self._place[source] for source in sources) / len(sources)

    def _behind(self, item: int) -> float:
        follower = self._follower[item]
        if follower is not None:
            return self._place[follower]
        targets = self._targets[item]
        if not targets:
            return self._place[item]
        return sum(self._place[target] + port / 64 for target, port in targets) / len(targets)

    def _crossings(self, segments: Sequence[_Segment]) -> int:
        place = self._place
        ends = sorted((place[source], (place[target], port)) for source, target, port in segments)
        return _inversions([end for _, end in ends])

    def _may_swap(self, first: int, second: int) -> bool:
        run_in = self._runs_from[first] is not None and self._runs_from[second] is not None
        run_on = self._follower[first] is not None and self._follower[second] is not None
        return not run_in and not run_on

    def _saving(self, first: int, second: int) -> int:
        """The crossings of `first` before `second` that would vanish by the exchange, less the new ones."""
        place = self._place
        saved = 0
        for ours in self._sources[first]:
            for theirs in self._sources[second]:
                saved += (place[ours] > place[theirs]) - (place[ours] < place[theirs])
        for ours, port in self._targets[first]:
            for theirs, other_port in self._targets[second]:
                ahead = (place[theirs] - place[ours]) or (other_port - port)
                saved += (ahead < 0) - (ahead > 0)
        return saved


def _inversions(values: Sequence[tuple[int, int]]) -> int:
    """The pairs that are out of order."""
    seen: list[tuple[int, int]] = []
    found = 0
    for value in values:
        found += len(seen) - bisect_right(seen, value)
        insort(seen, value)
    return found
