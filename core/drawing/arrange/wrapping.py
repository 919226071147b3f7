"""Where a long design breaks into rows: only between levels that the wires of a single block join."""

from __future__ import annotations

from collections.abc import Sequence

from core.drawing.arrange.levels import Levels
from core.drawing.arrange.spacing import Spacing

_LAST = 0.5
"""What the last row lacks counts less."""
_STEP = 0.95
"""Lengths of a row are tried down to the longest piece, each by this shorter than the last."""
_FORK = 0.4
"""This share of a row may stay empty, or the whole be larger, rather than a fork torn from its branches."""


def pieces(levels: Levels, most: int) -> list[range]:
    """The runs of levels that can't be broken.

    The wires over a break come from one block, end right behind it and are at most `most`.
    """
    breaks = [0]
    for number, links in enumerate(levels.links):
        running = any(levels.follower[item] is not None for item in levels.rows[number])
        if not running and len(links) <= most and len({source for source, _, _ in links}) == 1:
            breaks.append(number + 1)
    return [range(a, b) for a, b in zip(breaks, [*breaks[1:], len(levels.rows)], strict=True)]


def wrap(lengths: Sequence[float], forks: Sequence[bool], most: float) -> list[range]:
    """Pieces in rows not longer than `most`, as even as possible; a piece that is longer is a row.

    Minimises the sum of the squares of what the rows lack (after Knuth and Plass 1981, lines of text). Breaks
    before a piece that more than one wire leads to, told by `forks`, count as a lack of their own.
    """
    if sum(lengths) <= most:
        return [range(len(lengths))]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(lengths) + 1):
        options = []
        filled = 0.0
        for start in reversed(range(end)):
            filled += lengths[start]
            if filled > most and start < end - 1:
                break
            lack = max(0.0, most - filled) ** 2 * (_LAST if end == len(lengths) else 1)
            torn = forks[start] * (_FORK * most) ** 2
            options.append((best[start][0] + lack + torn, start))
        best.append(min(options))
    rows: list[range] = []
    end = len(lengths)
    while end:
        rows.append(range(best[end][1], end))
        end = rows[-1].start
    return rows[::-1]


def best_length(
    lengths: Sequence[float], heights: Sequence[float], forks: Sequence[bool], spacing: Spacing
) -> float:
    """The length of a row with which all pieces are seen largest in the view."""

    def extent(most: float) -> float:
        """How long a view has to be to show all, in rows that are filled one after the other."""
        longest_row = length = height = high = 0.0
        torn = False
        for piece_length, piece_height, fork in zip(lengths, heights, forks, strict=True):
            if length + piece_length > most:
                height, length, high = height + high, 0.0, 0.0
                torn = torn or fork
            length += piece_length
            high = max(high, piece_height)
            longest_row = max(longest_row, length)
        return max(spacing.view, longest_row, (height + high) * spacing.aspect) * (1 + _FORK * torn)

    longest = max(lengths)
    tried = [sum(lengths)]
    while tried[-1] > longest:
        tried.append(max(_STEP * tried[-1], longest))
    return min(tried, key=extent)
