"""Designs with groups: the members of an open group are arranged first, and then stand together as one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.design.graph import Graph, Place
from core.drawing.arrange.levels import Link
from core.drawing.arrange.rows import Arrangement, Lines
from core.drawing.arrange.spacing import Size, Spacing

Arrange = Callable[[Sequence[Size], Sequence[Link], Sequence[Lines]], Arrangement]
"""Lays out things of these sizes; the last argument tells where their wires run, across."""


@dataclass(frozen=True)
class Placed:
    """Where blocks and folded groups begin in an area from (0, 0) on, along and across."""

    places: dict[str, Place]
    size: Size


class Tree:
    """The chosen part of a design: groups that are chosen as a whole stay together, others don't count.

    `sizes` are along and across.
    """

    def __init__(
        self, graph: Graph, sizes: Mapping[str, Size], chosen: Collection[str], spacing: Spacing
    ) -> None:
        self._graph = graph
        self._sizes = sizes
        self._spacing = spacing
        self._order = {block: number for number, block in enumerate(graph.order) if block in chosen}
        whole = [g.id for g in graph.groups if all(block in self._order for block in graph.inside(g.id))]
        self._whole = set(whole)
        self._around: dict[str, tuple[str, ...]] = {}
        """The groups around each block, the outermost first, that are drawn open, and then what is drawn."""
        for block in self._order:
            chain = [group for group in reversed(graph.ancestors(block)) if group in self._whole]
            folded = next((n for n, group in enumerate(chain) if graph.group(group).folded), None)
            self._around[block] = (*chain, block) if folded is None else tuple(chain[: folded + 1])

    def corner(self) -> Place:
        """Where what is drawn begins now, along and across."""
        return self._corner(self._order, 0)

    def arrange(self, lay_out: Arrange, inside: Arrange) -> Placed:
        """Arranges all of it, the innermost groups first; `inside` lays out the groups."""
        return self._level(list(self._order), 0, lay_out, inside)[0]

    def _level(
        self, blocks: Sequence[str], depth: int, lay_out: Arrange, in_groups: Arrange
    ) -> tuple[Placed, Lines]:
        """What is in a group at this depth; also where, across, the first wire enters and the last leaves."""
        nodes = self._nodes(blocks, depth)
        inner = {
            n: self._level(inside, depth + 1, in_groups, in_groups)
            for n, inside in nodes.items()
            if self._is_open(n, inside)
        }
        sizes, lines = [], []
        for node in nodes:
            if node in inner:
                placed, (enters, leaves) = inner[node]
                top = self._spacing.inside[1]
                sizes.append(_sum(placed.size, self._spacing.around))
                lines.append((top + enters, top + leaves))
            else:
                line = self._spacing.direction.line(self._sizes[node][1])
                sizes.append(self._sizes[node])
                lines.append((line, line))
        part = lay_out(sizes, self._links(nodes), lines)
        places: dict[str, Place] = {}
        for number, node in enumerate(nodes):
            place = part.places[number]
            if node in inner:
                for shown, within in inner[node][0].places.items():
                    places[shown] = _sum(_sum(place, self._spacing.inside), within)
            else:
                places[node] = place
        last = len(nodes) - 1
        own_lines = part.places[0][1] + lines[0][0], part.places[last][1] + lines[last][1]
        return Placed(places, part.size), own_lines

    def _nodes(self, blocks: Iterable[str], depth: int) -> dict[str, list[str]]:
        """The members at this depth in the order of the wires, each with its blocks."""
        found: dict[str, list[str]] = {}
        for block in blocks:
            found.setdefault(self._around[block][depth], []).append(block)
        node = {block: name for name, inside in found.items() for block in inside}
        before: dict[str, set[str]] = {name: set() for name in found}
        for block, name in node.items():
            sources = (node.get(wire.source) for wire in self._graph.incoming(block))
            before[name].update(source for source in sources if source is not None and source != name)
        after: dict[str, list[str]] = {name: [] for name in found}
        for name, needed in before.items():
            for other in needed:
                after[other].append(name)
        place = {name: number for number, name in enumerate(found)}
        left, ready = dict(found), [name for name, needed in before.items() if not needed]
        ordered: dict[str, list[str]] = {}
        while left:  # a wire may lead around a group and into it again: then the first is as good as any
            freed: set[str] = set()
            for name in ready or [next(iter(left))]:
                ordered[name] = left.pop(name)
                for follower in after[name]:
                    before[follower].remove(name)
                    if not before[follower]:
                        freed.add(follower)
            ready = sorted(freed & left.keys(), key=place.__getitem__)
        return ordered

    def _is_open(self, node: str, blocks: Sequence[str]) -> bool:
        return node in self._whole and self._around[blocks[0]][-1] != node

    def _links(self, nodes: Mapping[str, Sequence[str]]) -> list[Link]:
        """The wires between members. One that leads back, around a group and into it again, is left out."""
        number = {block: n for n, inside in enumerate(nodes.values()) for block in inside}
        found: dict[tuple[int, int, int], None] = {}
        for target, behind in number.items():
            for wire in self._graph.incoming(target):
                if number.get(wire.source, behind) < behind:
                    found[number[wire.source], behind, wire.input] = None
        return list(found)

    def _corner(self, blocks: Iterable[str], depth: int) -> Place:
        corners = []
        for node, inside in self._nodes(blocks, depth).items():
            if self._is_open(node, inside):
                along, across = self._corner(inside, depth + 1)
                corners.append((along - self._spacing.inside[0], across - self._spacing.inside[1]))
            else:
                corners += [self._spacing.direction.turn(self._graph[block].position) for block in inside]
        return min(along for along, _ in corners), min(across for _, across in corners)


def _sum(first: Place, second: Place) -> Place:
    return first[0] + second[0], first[1] + second[1]
