"""Automatic layout: new positions for the blocks of a design, so that its structure can be seen.

The method is that of Sugiyama, Tagawa and Toda (1981): levels along the wires (`levels`), an order across
them with few crossings (`ordering`), coordinates (`coordinates`). Long designs are wrapped (`wrapping`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from core.design.graph import Graph, Place
from core.design.groups import blocks_of
from core.drawing.arrange.levels import Link
from core.drawing.arrange.rows import Arrangement, Lines, lay_out, stack
from core.drawing.arrange.space import free_shift
from core.drawing.arrange.spacing import GRID, SPACINGS, Size, Spacing
from core.drawing.arrange.tree import Tree

__all__ = ["arrange", "moved"]

_BETWEEN_PARTS = 72
"""Room between parts of a design that no wire joins, in pixels."""
_GROUP_ROW = 5000.0
"""A group is one row up to this length, so that it is seen as one thing."""


def arrange(
    graph: Graph,
    sizes: Mapping[str, Size],
    *,
    blocks: Collection[str] | None = None,
    wrap: float | None = None,
) -> dict[str, Place]:
    """New positions of all blocks, or of the chosen `blocks`: top left corners, in canvas pixels.

    `sizes` gives the width and height of every block, or of the folded group that hides it. Wires lead to the
    right, or down where the design runs down. Where a single wire joins two halves of the design it may be
    folded, into rows not longer than `wrap` pixels: by default such that the whole is seen as large as
    possible, with `math.inf` never.
    What is in a group stays together. The top left corner of what is arranged stays in place, unless blocks
    that aren't arranged are in the way: then it moves aside.

    Arranging again changes nothing. Raises DesignError where the wires make a cycle.
    """
    chosen = graph.by_id.keys() if blocks is None else set(blocks)
    if not chosen:
        return {}
    spacing = SPACINGS[graph.direction]
    turn = graph.direction.turn
    tree = Tree(graph, {shown: turn(size) for shown, size in sizes.items()}, chosen, spacing)
    inside = _GROUP_ROW if wrap is None else wrap
    placed = tree.arrange(
        partial(_lay_out_all, spacing=spacing, wrap=wrap), partial(_lay_out_all, spacing=spacing, wrap=inside)
    ).places
    left, top = turn(tree.corner())
    anchor = (GRID * round(left / GRID), GRID * round(top / GRID))
    found = {shown: turn(place) for shown, place in placed.items()}
    bodies = [((x + anchor[0], y + anchor[1]), sizes[shown]) for shown, (x, y) in found.items()]
    hidden = graph.hidden
    around = {
        hidden.get(block.id, block.id): block.position for block in graph.blocks if block.id not in chosen
    }
    aside = free_shift(bodies, [(place, sizes[shown]) for shown, place in around.items()])
    corner = (anchor[0] + aside[0], anchor[1] + aside[1])
    return moved(graph, {shown: (x + corner[0], y + corner[1]) for shown, (x, y) in found.items()})


def moved(graph: Graph, places: Mapping[str, Place]) -> dict[str, Place]:
    """New positions of blocks from those of blocks and of folded groups: the corner of the blocks inside."""
    found: dict[str, Place] = {}
    for shown, (x, y) in places.items():
        blocks = blocks_of(graph, [shown])
        left, top = (min(graph[block].position[axis] for block in blocks) for axis in (0, 1))
        for block in blocks:
            at = graph[block].position
            found[block] = (x + (at[0] - left), y + (at[1] - top))
    return found


def _lay_out_all(
    sizes: Sequence[Size],
    links: Sequence[Link],
    lines: Sequence[Lines],
    *,
    spacing: Spacing,
    wrap: float | None,
) -> Arrangement:
    """Arranges what wires hold together, the largest part first; blocks without wires follow in a row."""
    groups = _connected(len(sizes), links)
    alone = [group[0] for group in groups if len(group) == 1]
    in_a_row = [(first, second, 0) for first, second in pairwise(alone)]
    parts = []
    for members in filter(None, [*(group for group in groups if len(group) > 1), alone]):
        number = {block: index for index, block in enumerate(members)}
        inside = [(number[s], number[t], port) for s, t, port in [*links, *in_a_row] if s in number]
        own_lines = [lines[block] for block in members]
        part = lay_out([sizes[block] for block in members], inside, own_lines, spacing, wrap)
        parts.append(replace(part, places={members[i]: place for i, place in part.places.items()}))
    return stack(parts, _BETWEEN_PARTS)


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
