"""Repeated groups, unrolled: the network that is computed, one copy of a group behind the other.

The last copy keeps the ids of its blocks, since what follows the group hangs on them. Those before it have
`conv2d_3@1`, `conv2d_3@2`, …; the names count all of them: "Conv 2D 3 (1)", "Conv 2D 3 (2)", ….
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core.design.graph import MAX_NAME, Block, Graph, Group, Wire
from core.errors import Problem
from core.layers.base import Layer
from core.schema.written import count_text, counted_text

MAX_EXPANDED: Final = 10_000
"""Blocks of a network with all copies."""


@dataclass(frozen=True)
class Expansion:
    """`network` is what is computed: without groups, or the design itself where none is repeated.

    `copies` gives the ids in it of each repeated block, along the data's way; `origins` leads back. `refused`
    tells, by ids, why groups can't be repeated: the network has them once.
    """

    network: Graph
    copies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """Those groups as problems of the design."""

    def copies_of(self, block_id: str) -> tuple[str, ...]:
        """The ids of a block in the network."""
        return self.copies.get(block_id, (block_id,))

    def origin(self, block_id: str) -> str:
        """The id in the design of a block of the network."""
        return self.origins.get(block_id, block_id)


def expand(graph: Graph) -> Expansion:
    """The network with every repeated group as often as it says."""
    return graph.derived(_unroll)


def computed(graph: Graph) -> tuple[tuple[tuple[str, Layer], ...], tuple[Wire, ...]]:
    """What training depends on: the network without names and positions. Equal for equal networks."""
    network = expand(graph).network
    return tuple((block.id, block.layer) for block in network.blocks), network.wires


def _unroll(graph: Graph) -> Expansion:
    """Unrolls all repeated groups, the innermost first."""
    if all(group.repeat == 1 for group in graph.groups):
        return Expansion(graph)
    unrolling = _Unrolling(graph)
    refused = {}
    for group in sorted(graph.groups, key=lambda group: -len(graph.ancestors(group.id))):
        reason = unrolling.repeat(group) if group.repeat > 1 else None
        if reason is not None:
            refused[group.id] = reason
    return unrolling.result(refused)


def _problem(graph: Graph, group: Group, reason: str) -> Problem:
    return Problem(
        f"{group.name} can't be repeated: {reason}",
        "Change what is in the group, or let it run once.",
        graph.inside(group.id)[0],
    )


class _Unrolling:
    """The network while it grows. Until the end, copies have ids that only have to be new."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._layers = {block.id: block.layer for block in graph.blocks}
        self._copies: dict[str, list[str]] = {block.id: [block.id] for block in graph.blocks}
        self._incoming: dict[str, dict[Wire, None]] = defaultdict(dict)
        self._outgoing: dict[str, dict[Wire, None]] = defaultdict(dict)
        for wire in graph.wires:
            self._draw(wire)

    def repeat(self, group: Group) -> str | None:
        """Puts the copies of a group before it; a reason where that isn't possible."""
        blocks = self._graph.inside(group.id)
        inside = [copy for block in blocks for copy in self._copies[block]]
        chosen = set(inside)
        entering = [w for i in inside for w in self._incoming[i] if w.source not in chosen]
        within = [w for i in inside for w in self._incoming[i] if w.source in chosen]
        exits = [i for i in inside if any(w.target not in chosen for w in self._outgoing[i])]
        exits = exits or [i for i in inside if not self._outgoing[i]]
        sources = {wire.source for wire in entering}
        reason = self._refusal(group, inside, sources, exits)
        if reason is not None or not sources:
            return reason  # a block that no wire leads to has a problem of its own
        (last,) = sources
        made: dict[str, list[str]] = {block: [] for block in blocks}
        for _ in range(group.repeat - 1):
            new = {i: self._copy(i) for i in inside}
            for wire in within:
                self._draw(Wire(new[wire.source], new[wire.target], wire.input))
            for wire in entering:
                self._draw(Wire(last, new[wire.target], wire.input))
            last = new[exits[0]]
            for block in blocks:
                made[block] += [new[copy] for copy in self._copies[block]]
        for wire in entering:
            self._erase(wire)
            self._draw(replace(wire, source=last))
        for block in blocks:
            self._copies[block][:0] = made[block]
        return None

    def result(self, refused: dict[str, str]) -> Expansion:
        """The network, its blocks in the order of the design."""
        taken = set(self._graph.ids)
        ids: dict[str, str] = {}
        blocks: list[Block] = []
        for block in self._graph.blocks:
            *before, last = self._copies[block.id]
            for number, copy in enumerate(before, 1):
                ids[copy] = f"{block.id}@{number}"
                while ids[copy] in taken:
                    ids[copy] += "@"
                taken.add(ids[copy])
                blocks.append(replace(block, id=ids[copy], name=f"{block.name} ({number})"))
            ids[last] = block.id
            name = f"{block.name} ({len(before) + 1})" if before else block.name
            blocks.append(replace(block, name=name))
        wires = tuple(
            Wire(ids[wire.source], ids[wire.target], wire.input)
            for found in self._copies.values()
            for copy in found
            for wire in self._incoming[copy]
        )
        repeated = {block: found for block, found in self._copies.items() if len(found) > 1}
        copies = {block: tuple(ids[copy] for copy in found) for block, found in repeated.items()}
        origins = {copy: block for block, found in copies.items() for copy in found}
        problems = tuple(_problem(self._graph, self._graph.group(i), why) for i, why in refused.items())
        return Expansion(Graph(tuple(blocks), wires), copies, origins, refused, problems)

    def _refusal(
        self, group: Group, inside: Sequence[str], sources: Collection[str], exits: Sequence[str]
    ) -> str | None:
        layers = [self._layers[i] for i in inside]
        if any(layer.inputs == 0 or not layer.has_output for layer in layers):
            return "an end of the network is in it."
        if len(sources) > 1:
            return (
                f"it has {counted_text(len(sources), 'input')}, but a copy gives only one output to the next."
            )
        if len(exits) != 1:
            outputs = counted_text(len(exits), "output")
            return f"it has {outputs}, but a copy takes only one input from the one before it."
        total = len(self._layers) + (group.repeat - 1) * len(inside)
        if total > MAX_EXPANDED:
            most = count_text(MAX_EXPANDED)
            return f"the network would have {count_text(total)} blocks; at most {most} are possible."
        return None

    def _copy(self, of: str) -> str:
        """A new id, told from the design's by being longer than any of them can be."""
        new_id = f"{len(self._layers)}@".rjust(MAX_NAME + 1)
        self._layers[new_id] = self._layers[of]
        return new_id

    def _draw(self, wire: Wire) -> None:
        self._incoming[wire.target][wire] = None
        self._outgoing[wire.source][wire] = None

    def _erase(self, wire: Wire) -> None:
        del self._incoming[wire.target][wire], self._outgoing[wire.source][wire]
