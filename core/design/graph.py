"""The design as a value: blocks, wires, groups and notes. Every edit makes a new one (`edits`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, Final, TypeVar

from core.design.direction import Direction
from core.errors import DesignError
from core.layers.base import Layer

MAX_NAME = 200
"""Characters of a name or an id."""
MAX_REPEAT: Final = 100
MAX_NESTING: Final = 20
"""Groups within groups."""
MAX_TEXT: Final = 10_000
"""Characters of a comment."""
COLORS: Final = ("gray", "blue", "green", "yellow", "red", "purple")
"""Of a frame; the theme says how each looks."""

Made = TypeVar("Made")

Place = tuple[float, float]
"""x and y of a top left corner, in canvas pixels."""


@dataclass(frozen=True)
class Block:
    """A layer at a place. `id` never changes, `name` is for the user, `position` is in canvas pixels."""

    id: str
    layer: Layer
    name: str
    position: Place = (0.0, 0.0)


@dataclass(frozen=True)
class Wire:
    """From the output of block `source` to the input number `input` of block `target`."""

    source: str
    target: str
    input: int = 0


@dataclass(frozen=True)
class Group:
    """Blocks and groups under one name. Groups make a tree: nothing is a member of two.

    Folded it is drawn as one block, at the top left corner of its members. Its blocks run `repeat` times, one
    copy behind the other (`core.design.expand`).
    """

    id: str
    name: str
    members: tuple[str, ...]
    folded: bool = False
    repeat: int = 1


@dataclass(frozen=True)
class Frame:
    """A titled area in the background. What lies wholly inside it moves with it; nothing else ties them."""

    id: str
    title: str
    position: Place = (0.0, 0.0)
    size: tuple[float, float] = (480.0, 320.0)
    color: str = COLORS[0]


@dataclass(frozen=True)
class Comment:
    """A text, broken into lines of this width; its height follows."""

    id: str
    text: str
    position: Place = (0.0, 0.0)
    width: float = 240.0


@dataclass(frozen=True)
class Graph:
    """A directed graph without cycles. Equal graphs have equal parts in the same order.

    Ids are unique over blocks, groups, frames and comments. Only blocks, wires and the repeats of groups make
    a difference to the network.
    """

    blocks: tuple[Block, ...] = ()
    wires: tuple[Wire, ...] = ()
    groups: tuple[Group, ...] = ()
    frames: tuple[Frame, ...] = ()
    comments: tuple[Comment, ...] = ()
    direction: Direction = Direction.RIGHT
    """Which way the drawing runs; it makes no difference to the network."""

    @cached_property
    def by_id(self) -> dict[str, Block]:
        return {block.id: block for block in self.blocks}

    @cached_property
    def ids(self) -> frozenset[str]:
        """Of blocks, groups, frames and comments."""
        parts = (self.blocks, self.groups, self.frames, self.comments)
        return frozenset(part.id for some in parts for part in some)

    def free_id(self, kind: str) -> str:
        """`kind_1`, or with the first number that isn't taken."""
        return next(name for n in count(1) if (name := f"{kind}_{n}") not in self.ids)

    @cached_property
    def group_by_id(self) -> dict[str, Group]:
        return {group.id: group for group in self.groups}

    @cached_property
    def parent(self) -> dict[str, str]:
        """The group that each member of a group belongs to, by ids."""
        return {member: group.id for group in self.groups for member in group.members}

    def ancestors(self, member: str) -> tuple[str, ...]:
        """The groups around a block or a group, the innermost first."""
        found = []
        above = self.parent.get(member)
        while above is not None:
            found.append(above)
            above = self.parent.get(above)
        return tuple(found)

    @cached_property
    def hidden(self) -> dict[str, str]:
        """For each block and group inside a folded group, the outermost folded group around it."""
        groups = self.group_by_id
        roots = [group for group in self.groups if group.id not in self.parent]
        waiting: list[tuple[Group, str | None]] = [(group, None) for group in roots]
        found = {}
        while waiting:
            group, around = waiting.pop()
            folded = around or (group.id if group.folded else None)
            for member in group.members:
                if folded is not None:
                    found[member] = folded
                if member in groups:
                    waiting.append((groups[member], folded))
        return found

    def inside(self, group_id: str) -> tuple[str, ...]:
        """The ids of all blocks in a group and in the groups in it. Raises DesignError for an unknown id."""
        found: list[str] = []
        waiting = [*reversed(self.group(group_id).members)]
        while waiting:
            member = waiting.pop()
            if member in self.group_by_id:
                waiting.extend(reversed(self.group_by_id[member].members))
            else:
                found.append(member)
        return tuple(found)

    def group(self, group_id: str) -> Group:
        """Raises DesignError for an unknown id."""
        try:
            return self.group_by_id[group_id]
        except KeyError:
            raise DesignError(f"There is no group {group_id!r}.", "It may have been unpacked.") from None

    def derived(self, make: Callable[[Graph], Made]) -> Made:
        """`make(self)`, found once for this value; for functions of a graph alone.

        What is found must never be changed. An error that `make` raises isn't kept.
        """
        if make not in self._derived:
            self._derived[make] = make(self)
        found: Made = self._derived[make]
        return found

    @cached_property
    def _derived(self) -> dict[Callable[[Graph], Any], Any]:
        return {}

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
