"""One connected part of a design, wrapped into rows, with the wires along the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from core.design.graph import Place
from core.drawing.arrange import coordinates, wrapping
from core.drawing.arrange.levels import Levels, Link, assign, build
from core.drawing.arrange.ordering import reduce_crossings
from core.drawing.arrange.spacing import GRID, Size, Spacing

Lines = tuple[float, float]
"""How far across a thing the wire into it runs, and the one out of it."""


@dataclass(frozen=True)
class Arrangement:
    """Blocks that have been arranged: where each stands in an area from (0, 0) on, along and across."""

    places: dict[int, Place]
    size: Size


def lay_out(
    sizes: Sequence[Size], links: Sequence[Link], lines: Sequence[Lines], spacing: Spacing, wrap: float | None
) -> Arrangement:
    """Arranges connected blocks, numbered along their wires, which run along `lines` across each block.

    `wrap` is the most that a row is long.
    """
    level = assign(len(sizes), links)
    whole = build(level, links)
    pieces = wrapping.pieces(whole, spacing.most_broken)
    depth = [max(sizes[i][0] for i in row if not whole.is_lane(i)) for row in whole.rows]
    lengths = [sum(depth[at] + spacing.between_levels for at in piece) for piece in pieces]
    forks = [piece.start > 0 and len(whole.links[piece.start - 1]) > 1 for piece in pieces]
    if wrap is None:
        heights = [_height(whole, piece, sizes, spacing) + spacing.between_rows for piece in pieces]
        most = wrapping.best_length(lengths, heights, forks, spacing)
    else:
        most = wrap + spacing.between_levels
    row_of_level = {
        at: number
        for number, row in enumerate(wrapping.wrap(lengths, forks, most))
        for piece in row
        for at in pieces[piece]
    }
    rows: list[list[int]] = [[] for _ in set(row_of_level.values())]
    for block in range(len(sizes)):
        rows[row_of_level[level[block]]].append(block)
    parts = [_row(blocks, level, sizes, links, lines, spacing=spacing) for blocks in rows]
    return stack(parts, spacing.between_rows)


def stack(parts: Sequence[Arrangement], gap: float) -> Arrangement:
    """Puts parts side by side across the wires, flush where they begin."""
    places: dict[int, Place] = {}
    at = length = 0.0
    for part in parts:
        for block, (along, across) in part.places.items():
            places[block] = (along, across + at)
        at += _up(part.size[1] + gap)
        length = max(length, part.size[0])
    return Arrangement(places, (length, max(0.0, at - gap)))


def _height(whole: Levels, piece: range, sizes: Sequence[Size], spacing: Spacing) -> float:
    """About how much room a piece takes up across."""

    def room(item: int) -> float:
        return 2 * spacing.lane if whole.is_lane(item) else sizes[item][1] + spacing.between_blocks

    return max(sum(map(room, row)) for row in whole.rows[piece.start : piece.stop])


def _row(
    blocks: Sequence[int],
    level: Sequence[int],
    sizes: Sequence[Size],
    links: Sequence[Link],
    lines: Sequence[Lines],
    *,
    spacing: Spacing,
) -> Arrangement:
    """Arranges the blocks of one row: each in line with what feeds it, the first with what it feeds."""
    inner = _levels(blocks, level, links)
    reduce_crossings(inner)
    first = min(level[block] for block in blocks)
    line = {block: lines[block][level[block] == first] for block in blocks}
    extents = [(spacing.lane, spacing.lane)] * len(inner.owner)
    for item, block in enumerate(blocks):
        extents[item] = line[block], max(0.0, sizes[block][1] - line[block])

    def separation(first: int, second: int) -> float:
        lanes = inner.is_lane(first) + inner.is_lane(second)
        gap = (spacing.between_blocks, spacing.beside_lane, 0)[lanes]
        return _up(extents[first][1] + gap + extents[second][0])

    found_lines = coordinates.place(inner, separation)
    starts = [_snap(at) - line[block] for block, at in zip(blocks, found_lines, strict=True)]
    low = min(starts)
    along = 0.0
    places: dict[int, Place] = {}
    high = 0.0
    for row in inner.rows:
        found = [item for item in row if not inner.is_lane(item)]
        for item in found:
            places[blocks[item]] = (along, starts[item] - low)
            high = max(high, starts[item] - low + sizes[blocks[item]][1])
        along += _up(max(sizes[blocks[item]][0] for item in found) + spacing.between_levels)
    return Arrangement(places, (along - spacing.between_levels, high))


def _levels(blocks: Sequence[int], level: Sequence[int], links: Sequence[Link]) -> Levels:
    """Some levels of a design, their blocks numbered from 0."""
    number = {block: index for index, block in enumerate(blocks)}
    inside = [(number[s], number[t], p) for s, t, p in links if s in number and t in number]
    first = min(level[block] for block in blocks)
    return build([level[block] - first for block in blocks], inside)


def _up(value: float) -> float:
    return float(GRID * ceil(value / GRID))


def _snap(value: float) -> float:
    return float(GRID * floor(value / GRID))
