"""What is to be marked on the canvas of a difference between two designs, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from core.design.difference import Difference
from core.design.graph import Block, Graph, Place, Wire

Sign = Literal["added", "changed", "untrained"]


class BlockChange(NamedTuple):
    """How a block is marked, and what there is to say of it."""

    name: str
    sign: Sign
    words: str


class End(NamedTuple):
    """An end of a wire that is gone: a block of the design, or one that is gone itself (`is_ghost`)."""

    block: str
    is_ghost: bool


class GoneWire(NamedTuple):
    """A wire that the other design has."""

    source: End
    target: End


@dataclass(frozen=True)
class Changes:
    """Blocks of the design by id, and what is gone from it. Ghosts stand where the blocks would be here."""

    blocks: Mapping[str, BlockChange] = field(default_factory=dict)
    ghosts: tuple[Block, ...] = ()
    added_wires: frozenset[Wire] = frozenset()
    gone_wires: tuple[GoneWire, ...] = ()

    def __len__(self) -> int:
        return len(self.blocks) + len(self.ghosts) + len(self.added_wires) + len(self.gone_wires)


def changes_of(found: Difference, before: Graph, after: Graph, name: str) -> Changes:
    """All that is marked of a difference; `name` is what people call the design before."""
    marked = {b.id: BlockChange(b.name, "added", f"New: not in {name}") for b in found.added}
    for change in found.changed:
        words = "\n".join(("Changed:", *change.sentences))
        marked[change.after.id] = BlockChange(change.after.name, "changed", words)
    return Changes(
        blocks=marked,
        ghosts=tuple(replace(b, position=_place(b, found.partners, before, after)) for b in found.removed),
        added_wires=frozenset(found.added_wires),
        gone_wires=tuple(
            GoneWire(_end(wire.source, found.partners), _end(wire.target, found.partners))
            for wire in found.removed_wires
        ),
    )


def with_untrained(changes: Changes, untrained: Iterable[Block]) -> Changes:
    """Marks the blocks that a run began with untrained, too; what is marked already says that as well."""
    words = "Untrained when this run began: new, or of other shapes than before"
    marked = dict(changes.blocks)
    for block in untrained:
        known = marked.get(block.id)
        marked[block.id] = (
            BlockChange(block.name, "untrained", words)
            if known is None
            else known._replace(words=f"{known.words}\n{words}")
        )
    return replace(changes, blocks=marked)


def _end(block_id: str, partners: Mapping[str, str]) -> End:
    return End(partners.get(block_id, block_id), block_id not in partners)


def _place(block: Block, partners: Mapping[str, str], before: Graph, after: Graph) -> Place:
    """Where a block that is gone would stand: as far from its neighbours as it was there."""
    near = [wire.source for wire in before.incoming(block.id)]
    near += [wire.target for wire in before.outgoing(block.id)]
    way = _mean_way([i for i in near if i in partners] or partners, partners, before, after)
    return block.position[0] + way[0], block.position[1] + way[1]


def _mean_way(ids: Iterable[str], partners: Mapping[str, str], before: Graph, after: Graph) -> Place:
    ways = [
        (there[0] - here[0], there[1] - here[1])
        for here, there in ((before[i].position, after[partners[i]].position) for i in ids)
    ]
    if not ways:
        return 0.0, 0.0
    return sum(x for x, _ in ways) / len(ways), sum(y for _, y in ways) / len(ways)
