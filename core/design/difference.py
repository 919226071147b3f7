"""What is different between two designs, as a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final, Literal

from core.design.graph import Block, Graph, Group, Wire
from core.errors import DesignError
from core.layers.unknown import Unknown
from core.schema.settings_changed import SettingChange, setting_changes

Matching = Literal["ids", "order"]
"""By ids, which the blocks of a design never change; or, where two files are of different origin and have the
same ids by chance, by kind, name and place in the order of computation."""

_RELATED: Final = 0.5
"""Two designs that share so many of the smaller one's blocks and wires are taken for one design, edited."""


@dataclass(frozen=True)
class ChangedBlock:
    """A block of both designs that isn't the same. `settings` is empty where it is of another kind."""

    before: Block
    after: Block
    settings: tuple[SettingChange, ...]

    @property
    def is_renamed(self) -> bool:
        return self.before.name != self.after.name

    @property
    def is_other_kind(self) -> bool:
        return self.before.layer.kind != self.after.layer.kind

    @property
    def is_computed_otherwise(self) -> bool:
        """Whether more than its name is another."""
        return self.is_other_kind or bool(self.settings)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is different, a line each: `Filters: 6 → 16`."""
        renamed = f"Name: {self.before.name} → {self.after.name}" if self.is_renamed else ""
        kind = f"Layer: {self.before.layer.title} → {self.after.layer.title}" if self.is_other_kind else ""
        return tuple(filter(None, (renamed, kind, *map(str, self.settings))))


@dataclass(frozen=True)
class ChangedGroup:
    """A group that repeats in one of the designs, and not with the same blocks as often in the other.

    None where it doesn't repeat.
    """

    before: Group | None
    after: Group | None

    @property
    def name(self) -> str:
        found = self.after or self.before
        return found.name if found is not None else ""

    @property
    def sentence(self) -> str:
        """What is different: `Runs: 1 → 3`."""
        old, new = (1 if group is None else group.repeat for group in (self.before, self.after))
        return f"Runs: {old} → {new}" if old != new else f"Runs {new} times with other blocks"


@dataclass(frozen=True)
class Difference:
    """What leads from one design to another. Equal designs have an empty one, which is false.

    `added` and `added_wires` are of the other design; `removed` and `removed_wires`, of the first.
    """

    added: tuple[Block, ...]
    removed: tuple[Block, ...]
    changed: tuple[ChangedBlock, ...]
    added_wires: tuple[Wire, ...]
    removed_wires: tuple[Wire, ...]
    groups: tuple[ChangedGroup, ...]
    only_drawn: bool
    """Whether places, groups, frames, comments or the direction differ: no difference to the network."""
    matching: Matching
    partners: Mapping[str, str]
    """The block of the other design for each of the first that is there, too, by ids."""

    @property
    def computes_the_same(self) -> bool:
        """Whether names and what is drawn differ at most."""
        others = self.added, self.removed, self.added_wires, self.removed_wires, self.groups
        return not any(others) and not any(block.is_computed_otherwise for block in self.changed)

    def __bool__(self) -> bool:
        return self.only_drawn or bool(self.changed) or not self.computes_the_same


def difference(before: Graph, after: Graph, matching: Matching | None = None) -> Difference:
    """How `after` differs from `before`. Without `matching`, ids are used where the designs are related."""
    used = matching or ("ids" if _are_related(before, after) else "order")
    partners = _by_ids(before, after) if used == "ids" else _by_order(before, after)
    met = set(partners.values())
    pairs = ((before[one], after[other]) for one, other in partners.items())
    led = {wire: _led(wire, partners) for wire in before.wires}
    kept, known = set(led.values()), set(after.wires)
    return Difference(
        added=tuple(block for block in after.blocks if block.id not in met),
        removed=tuple(block for block in before.blocks if block.id not in partners),
        changed=tuple(_changed(pairs)),
        added_wires=tuple(wire for wire in after.wires if wire not in kept),
        removed_wires=tuple(wire for wire in before.wires if led[wire] not in known),
        groups=tuple(_changed_groups(before, after, partners)),
        only_drawn=_is_drawn_otherwise(before, after, partners),
        matching=used,
        partners=partners,
    )


def _are_related(before: Graph, after: Graph) -> bool:
    """Ids alone say little: every design has a `conv2d_1`. Those of one origin have wires in common, too."""
    blocks = sum(b.id in after.by_id and _kind(after[b.id]) == _kind(b) for b in before.blocks)
    wires = len({*before.wires} & {*after.wires})
    return all(
        shared >= _RELATED * min(len(one), len(other))
        for shared, one, other in (
            (blocks, before.blocks, after.blocks),
            (wires, before.wires, after.wires),
        )
    )


def _by_ids(before: Graph, after: Graph) -> dict[str, str]:
    return {block.id: block.id for block in before.blocks if block.id in after.by_id}


def _by_order(before: Graph, after: Graph) -> dict[str, str]:
    """First those of one kind and name; between two such, those of one kind."""
    old, new = _ordered(before), _ordered(after)
    named = SequenceMatcher(None, [*map(_kind_and_name, old)], [*map(_kind_and_name, new)], autojunk=False)
    found = {}
    for what, low, high, start, end in named.get_opcodes():
        one, other = old[low:high], new[start:end]
        if what == "replace":
            kinds = SequenceMatcher(None, [*map(_kind, one)], [*map(_kind, other)], autojunk=False)
            for place, begin, size in kinds.get_matching_blocks():
                found.update(_paired(one[place : place + size], other[begin : begin + size]))
        elif what == "equal":
            found.update(_paired(one, other))
    return {block.id: found[block.id] for block in before.blocks if block.id in found}


def _paired(one: list[Block], other: list[Block]) -> dict[str, str]:
    return {a.id: b.id for a, b in zip(one, other, strict=True)}


def _ordered(graph: Graph) -> list[Block]:
    """In the order of computation; with a cycle, in that of the file."""
    try:
        return [graph[block_id] for block_id in graph.order]
    except DesignError:
        return list(graph.blocks)


def _kind(block: Block) -> str:
    return block.layer.kind


def _kind_and_name(block: Block) -> tuple[str, str]:
    return block.layer.kind, block.name


def _changed(pairs: Iterator[tuple[Block, Block]]) -> Iterator[ChangedBlock]:
    for before, after in pairs:
        settings = () if before.layer == after.layer else _settings(before, after)
        found = ChangedBlock(before, after, settings)
        if found.is_renamed or found.is_computed_otherwise:
            yield found


def _settings(before: Block, after: Block) -> tuple[SettingChange, ...]:
    one, other = before.layer, after.layer
    if isinstance(one, Unknown) and isinstance(other, Unknown) and one.kind == other.kind:
        names = dict.fromkeys((*one.settings, *other.settings))
        values = ((name, one.settings.get(name), other.settings.get(name)) for name in names)
        return tuple(SettingChange(name, name, old, new) for name, old, new in values if old != new)
    return setting_changes(one, other) if type(one) is type(other) else ()


def _led(wire: Wire, partners: Mapping[str, str]) -> Wire | None:
    """The same wire between the partners of its ends, where both have one."""
    if wire.source not in partners or wire.target not in partners:
        return None
    return Wire(partners[wire.source], partners[wire.target], wire.input)


def _changed_groups(before: Graph, after: Graph, partners: Mapping[str, str]) -> Iterator[ChangedGroup]:
    """Groups are the same where they have the same blocks; others of one id are a group that has changed."""
    old, new = _repeated(before, partners), _repeated(after)
    gone = {group.id: group for repeated, group in old.items() if repeated not in new}
    for repeated, group in new.items():
        if repeated not in old:
            yield ChangedGroup(gone.pop(group.id, None), group)
    for group in gone.values():
        yield ChangedGroup(group, None)


def _repeated(graph: Graph, partners: Mapping[str, str] | None = None) -> dict[object, Group]:
    """The groups that repeat, by their blocks and how often; with `partners`, by those of the blocks."""

    def blocks(group: Group) -> frozenset[str]:
        ids = graph.inside(group.id)
        return frozenset(ids if partners is None else (partners.get(i, f"gone {i}") for i in ids))

    return {(blocks(group), group.repeat): group for group in graph.groups if group.repeat > 1}


def _is_drawn_otherwise(before: Graph, after: Graph, partners: Mapping[str, str]) -> bool:
    """Ids of blocks are another thing than where they stand; groups that don't repeat are drawn alone."""
    if any(before[one].position != after[other].position for one, other in partners.items()):
        return True

    def notes(graph: Graph, to: Mapping[str, str] | None = None) -> object:
        groups = [
            (replace(group, repeat=1, members=()), frozenset((to or {}).get(m, m) for m in group.members))
            for group in graph.groups
        ]
        return graph.frames, graph.comments, graph.direction, groups

    return notes(before, partners) != notes(after)
