"""One connected part of a design, folded into rows, with the wires along the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from core.arrange import coordinates, folding
from core.arrange.frame import BESIDE_LANE, GRID, RIGHT, Frame, Place, Size, lane_reach, reach
from core.arrange.levels import Levels, Link, assign, build
from core.arrange.ordering import reduce_crossings


@dataclass(frozen=True)
class Part:
    """Blocks that have been arranged: where each stands in an area that begins at (0, 0)."""

    places: dict[int, Place]
    size: Size


def lay_out(
    sizes: Sequence[Size], links: Sequence[Link], lines: Sequence[float], frame: Frame, wrap: float | None
) -> Part:
    """Arranges connected blocks, numbered along their wires, which run along `lines` across each block.

    `wrap` is the most that a row is long.
    """
    level = assign(len(sizes), links)
    whole = build(level, links)
    pieces = folding.pieces(whole, frame.most_broken)
    depth = [max(sizes[i][frame.along] for i in row if not whole.is_lane(i)) for row in whole.rows]
    lengths = [sum(depth[at] + frame.between_levels for at in piece) for piece in pieces]
    forks = [piece.start > 0 and len(whole.links[piece.start - 1]) > 1 for piece in pieces]
    if wrap is None:
        heights = [_height(whole, piece, sizes, frame) + frame.between_rows for piece in pieces]
        aspect = folding.ASPECT if frame is RIGHT else 1 / folding.ASPECT
        most = folding.best_length(lengths, heights, forks, aspect)
    else:
        most = wrap + frame.between_levels
    row_of_level = {
        at: number
        for number, row in enumerate(folding.fold(lengths, forks, most))
        for piece in row
        for at in pieces[piece]
    }
    rows: list[list[int]] = [[] for _ in set(row_of_level.values())]
    for block in range(len(sizes)):
        rows[row_of_level[level[block]]].append(block)
    parts = [_row(blocks, level, sizes, links, lines, frame=frame) for blocks in rows]
    return stack(parts, frame, frame.between_rows)


def stack(parts: Sequence[Part], frame: Frame, gap: float) -> Part:
    """Puts parts side by side across the wires, flush where they begin."""
    places: dict[int, Place] = {}
    at = length = 0.0
    for part in parts:
        for block, (x, y) in part.places.items():
            shift = frame.place(0.0, at)
            places[block] = (x + shift[0], y + shift[1])
        at += _up(part.size[frame.across] + gap)
        length = max(length, part.size[frame.along])
    return Part(places, frame.place(length, max(0.0, at - gap)))


def _height(whole: Levels, piece: range, sizes: Sequence[Size], frame: Frame) -> float:
    """About how much room a piece takes up across."""
    lane = sum(lane_reach(frame))

    def room(item: int) -> float:
        return lane if whole.is_lane(item) else sizes[item][frame.across] + frame.between_blocks

    return max(sum(map(room, row)) for row in whole.rows[piece.start : piece.stop])


def _row(
    blocks: Sequence[int],
    level: Sequence[int],
    sizes: Sequence[Size],
    links: Sequence[Link],
    lines: Sequence[float],
    *,
    frame: Frame,
) -> Part:
    """Arranges the blocks of one row."""
    inner = _Row(blocks, level, links, reverse=frame is not RIGHT)
    reduce_crossings(inner.levels)
    lane = lane_reach(frame)
    extents = [
        lane
        if inner.levels.is_lane(item)
        else reach(frame, sizes[inner.block(item)], lines[inner.block(item)])
        for item in range(len(inner.levels.owner))
    ]

    def separation(first: int, second: int) -> float:
        lanes = inner.levels.is_lane(first) + inner.levels.is_lane(second)
        gap = (frame.between_blocks, BESIDE_LANE if frame is RIGHT else 0, 0)[lanes]
        return _up(extents[first][1] + gap + extents[second][0])

    found_lines = coordinates.place(inner.levels, separation)
    starts = [_snap(line) - lines[inner.block(i)] for i, line in enumerate(found_lines)]
    low = min(starts)
    along = 0.0
    places: dict[int, Place] = {}
    high = 0.0
    for row in inner.rows:
        found = [item for item in row if not inner.levels.is_lane(item)]
        for item in found:
            block = inner.block(item)
            places[block] = frame.place(along, starts[item] - low)
            high = max(high, starts[item] - low + sizes[block][frame.across])
        along += _up(max(sizes[inner.block(item)][frame.along] for item in found) + frame.between_levels)
    return Part(places, frame.place(along - frame.between_levels, high))


class _Row:
    """Some levels of a design, their blocks numbered from 0.

    Going right a wire runs on along its source's line and turns to its target at the end. Going down it is
    the other way round: it comes down beside its target. So the lanes are those of the reversed design.
    """

    def __init__(
        self, blocks: Sequence[int], level: Sequence[int], links: Sequence[Link], *, reverse: bool
    ) -> None:
        self._blocks = blocks[::-1] if reverse else blocks
        number = {block: index for index, block in enumerate(self._blocks)}
        inside = [(number[s], number[t], p) for s, t, p in links if s in number and t in number]
        first, last = (min(level[b] for b in blocks), max(level[b] for b in blocks))
        if reverse:
            inside = [(target, source, 0) for source, target, _ in inside]
            own = [last - level[block] for block in self._blocks]
        else:
            own = [level[block] - first for block in self._blocks]
        self.levels = build(own, inside)
        self._reverse = reverse

    @property
    def rows(self) -> list[list[int]]:
        """The items level by level along the wires."""
        return self.levels.rows[::-1] if self._reverse else self.levels.rows

    def block(self, item: int) -> int:
        """The number of a block in the whole design."""
        return self._blocks[item]


def _up(value: float) -> float:
    return float(GRID * ceil(value / GRID))


def _snap(value: float) -> float:
    return float(GRID * floor(value / GRID))
