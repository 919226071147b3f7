"""The design as a value: blocks and the wires between them. Every edit makes a new one (`core.edits`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from core.errors import DesignError
from core.layers.base import Layer

MAX_NAME = 200
"""Characters of a block's name or id."""


@dataclass(frozen=True)
class Block:
    """A layer at a place. `id` never changes, `name` is for the user, `position` is in canvas pixels."""

    id: str
    layer: Layer
    name: str
    position: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Wire:
    """From the output of block `source` to the input number `input` of block `target`."""

    source: str
    target: str
    input: int = 0


@dataclass(frozen=True)
class Graph:
    """A directed graph without cycles. Equal graphs have equal blocks and wires in the same order."""

    blocks: tuple[Block, ...] = ()
    wires: tuple[Wire, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Block]:
        return {block.id: block for block in self.blocks}

    @cached_property
    def _incoming(self) -> dict[str, tuple[Wire, ...]]:
        found = defaultdict(list)
        for wire in self.wires:
            found[wire.target].append(wire)
        return {target: tuple(sorted(wires, key=lambda w: w.input)) for target, wires in found.items()}

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Wire, ...]]:
        found = defaultdict(list)
        for wire in self.wires:
            found[wire.source].append(wire)
        return {source: tuple(wires) for source, wires in found.items()}

    @property
    def network(self) -> tuple[tuple[tuple[str, Layer], ...], tuple[Wire, ...]]:
        """What training depends on: the graph without names and positions."""
        return tuple((block.id, block.layer) for block in self.blocks), self.wires

    def __getitem__(self, block_id: str) -> Block:
        """Raises DesignError for an unknown id."""
        try:
            return self.by_id[block_id]
        except KeyError:
            raise DesignError(f"There is no block {block_id!r}.", "It may have been deleted.") from None

    def incoming(self, block_id: str) -> tuple[Wire, ...]:
        """The wires into a block, by input number."""
        return self._incoming.get(block_id, ())

    def outgoing(self, block_id: str) -> tuple[Wire, ...]:
        """The wires out of a block."""
        return self._outgoing.get(block_id, ())

    def downstream(self, starts: Iterable[str]) -> set[str]:
        """The ids of all blocks that a signal from `starts` reaches, with `starts` themselves."""
        reached: set[str] = set()
        waiting = list(starts)
        while waiting:
            current = waiting.pop()
            if current not in reached:
                reached.add(current)
                waiting.extend(wire.target for wire in self.outgoing(current))
        return reached

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The ids, each block after all that feed it (Kahn 1962). Raises DesignError on a cycle."""
        missing = {block.id: len(self.incoming(block.id)) for block in self.blocks}
        ready = [block_id for block_id, count in missing.items() if count == 0]
        for block_id in ready:
            for wire in self.outgoing(block_id):
                missing[wire.target] -= 1
                if missing[wire.target] == 0:
                    ready.append(wire.target)
        if len(ready) < len(self.blocks):
            done = set(ready)
            stuck = next(block for block in self.blocks if block.id not in done)
            raise DesignError(
                f"{stuck.name} is part of a cycle.",
                "Remove one wire of the cycle: a network is a graph without cycles.",
                block=stuck.id,
            )
        return tuple(ready)
