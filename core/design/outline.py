"""A design as a list: each block behind those that feed it, branches in one piece and indented."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from core.design.graph import Graph
from core.errors import DesignError


class OutlineRow(NamedTuple):
    """A block or a group. `depth`: within how many branchings that haven't come together again it stands, and
    within how many groups, `level`.
    """

    part: str
    depth: int
    level: int = 0


def outline(graph: Graph) -> tuple[OutlineRow, ...]:
    """All blocks. A branch is listed as a whole before the next one begins; a cycle is listed as it comes."""
    try:
        depths = _depths(graph)
    except DesignError:
        return tuple(OutlineRow(block.id, 0) for block in graph.blocks)
    return tuple(OutlineRow(block_id, depths[block_id]) for block_id in _order(graph))


def grouped_outline(graph: Graph) -> tuple[OutlineRow, ...]:
    """The same with groups: each in the place of its first block, followed by its members unless folded."""
    rows = outline(graph)
    if not graph.groups:
        return rows
    children: dict[str | None, dict[str, None]] = defaultdict(dict)
    for row in rows:
        chain = [row.part, *graph.ancestors(row.part), None]
        for member, around in pairwise(chain):
            children[around][str(member)] = None
    depths = {row.part: row.depth for row in rows}
    found: list[OutlineRow] = []
    waiting = [(member, 0) for member in reversed(children[None])]
    while waiting:
        part, level = waiting.pop()
        if part not in graph.group_by_id:
            found.append(OutlineRow(part, depths[part], level))
            continue
        found.append(OutlineRow(part, min(depths[block] for block in graph.inside(part)), level))
        if not graph.group(part).folded:
            waiting += [(member, level + 1) for member in reversed(children[part])]
    return tuple(found)


def _order(graph: Graph) -> list[str]:
    """A depth-first search leaves a block after all that it feeds: the reverse of that order."""
    left: list[str] = []
    seen: set[str] = set()
    for start in reversed(graph.blocks):
        if graph.incoming(start.id):
            continue
        waiting = [(start.id, False)]
        while waiting:
            current, leaves = waiting.pop()
            if leaves:
                left.append(current)
            elif current not in seen:
                seen.add(current)
                waiting.append((current, True))
                waiting.extend((wire.target, False) for wire in graph.outgoing(current))
    return left[::-1]


def _depths(graph: Graph) -> dict[str, int]:
    """A block that branches divides what flows through it; where all of that meets, the branches end."""
    flows: dict[str, Fraction] = {}
    branchings: dict[str, tuple[str, ...]] = {}
    for block_id in graph.order:
        flow, common = Fraction(0), None
        for wire in graph.incoming(block_id):
            source, count = wire.source, len(graph.outgoing(wire.source))
            flow += flows[source] / count
            around = branchings[source] + ((source,) if count > 1 else ())
            common = around if common is None else _common_start(common, around)
        inside = common or ()
        while inside and flow >= flows[inside[-1]]:
            inside = inside[:-1]
        flows[block_id] = flow or Fraction(1)
        branchings[block_id] = inside
    return {block_id: len(inside) for block_id, inside in branchings.items()}


def _common_start(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]
