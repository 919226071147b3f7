"""Automatic layout: new positions for the blocks of a design, so that its structure can be seen.

The method is that of Sugiyama, Tagawa and Toda (1981): levels along the wires (`levels`), an order across
them with few crossings (`ordering`), coordinates (`coordinates`). Long designs are folded (`folding`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from core.arrange.frame import FRAMES, GRID, Direction, Frame, Place, Size
from core.arrange.levels import Link
from core.arrange.rows import Part, lay_out, stack
from core.arrange.space import free_shift
from core.graph import Graph

__all__ = ["Direction", "arrange"]

_BETWEEN_PARTS = 72
"""Room between parts of a design that no wire joins, in pixels."""


def arrange(
    graph: Graph,
    sizes: Mapping[str, Size],
    *,
    direction: Direction = "right",
    blocks: Collection[str] | None = None,
    wrap: float | None = None,
) -> dict[str, Place]:
    """New positions of all blocks, or of the chosen `blocks`: top left corners, in canvas pixels.

    `sizes` gives the width and height of every block. Wires lead to the right, or down. Where a single wire
    joins two halves of the design it may be folded, into rows not longer than `wrap` pixels: by default such
    that the whole is seen as large as possible, with `math.inf` never. The top left corner of what is
    arranged stays in place, unless blocks that aren't arranged are in the way: then it moves aside.

    Arranging again changes nothing. Raises DesignError where the wires make a cycle.
    """
    chosen = graph.by_id.keys() if blocks is None else set(blocks)
    ids = [block for block in graph.order if block in chosen]
    if not ids:
        return {}
    number = {block: index for index, block in enumerate(ids)}
    links = [
        (number[wire.source], number[wire.target], wire.input)
        for wire in graph.wires
        if wire.source in number and wire.target in number
    ]
    placed = _lay_out_all([sizes[block] for block in ids], links, FRAMES[direction], wrap).places
    left, top = (min(graph[block].position[axis] for block in ids) for axis in (0, 1))
    anchor = (GRID * round(left / GRID), GRID * round(top / GRID))
    bodies = [((x + anchor[0], y + anchor[1]), sizes[ids[i]]) for i, (x, y) in placed.items()]
    others = [(block.position, sizes[block.id]) for block in graph.blocks if block.id not in number]
    aside = free_shift(bodies, others)
    corner = (anchor[0] + aside[0], anchor[1] + aside[1])
    return {ids[i]: (x + corner[0], y + corner[1]) for i, (x, y) in placed.items()}


def _lay_out_all(sizes: Sequence[Size], links: Sequence[Link], frame: Frame, wrap: float | None) -> Part:
    """Arranges what wires hold together, the largest part first; blocks without wires follow in a row."""
    groups = _connected(len(sizes), links)
    alone = [group[0] for group in groups if len(group) == 1]
    in_a_row = [(first, second, 0) for first, second in pairwise(alone)]
    parts = []
    for members in filter(None, [*(group for group in groups if len(group) > 1), alone]):
        number = {block: index for index, block in enumerate(members)}
        inside = [(number[s], number[t], port) for s, t, port in [*links, *in_a_row] if s in number]
        part = lay_out([sizes[block] for block in members], inside, frame, wrap)
        parts.append(replace(part, places={members[i]: place for i, place in part.places.items()}))
    return stack(parts, frame, _BETWEEN_PARTS)


def _connected(count: int, links: Sequence[Link]) -> list[list[int]]:
    """The blocks that wires hold together."""
    group = list(range(count))

    def root(block: int) -> int:
        while group[block] != block:
            group[block] = block = group[group[block]]
        return block

    for source, target, _ in links:
        group[root(target)] = root(source)
    members: dict[int, list[int]] = {}
    for block in range(count):
        members.setdefault(root(block), []).append(block)
    return sorted(members.values(), key=len, reverse=True)
