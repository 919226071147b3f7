"""Edits of groups: functions from Graph to Graph. What can't be done raises DesignError."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from core.design.expand import expand
from core.design.graph import MAX_NESTING, MAX_REPEAT, Graph, Group
from core.errors import DesignError
from core.schema.param import param
from core.schema.written import count_text, counted_text


@dataclass(frozen=True)
class GroupSettings:
    """What can be set of a group in a form."""

    repeat: int = param(
        1,
        min=1,
        max=MAX_REPEAT,
        help="How many copies run one behind the other. The output has to fit the input.",
    )


def group(graph: Graph, ids: Collection[str], name: str | None = None) -> Graph:
    """Puts blocks and groups into a new group, inside the innermost group that holds all of them.

    Groups of which all blocks are chosen go in as a whole, other blocks leave the groups that they are in.
    """
    members = roots(graph, ids)
    if not members:
        raise DesignError("There is nothing to group.", "Select the blocks that belong together.")
    if len(members) == 1 and members[0] in graph.group_by_id:
        raise DesignError(f"{graph.group(members[0]).name} is a group already.", "Add another block to it.")
    around = innermost(graph, members)
    new_id = graph.free_id("group")
    made = Group(new_id, name or f"Group {new_id.rpartition('_')[2]}", tuple(members))
    kept = [_without(g, members) for g in graph.groups]
    kept = [replace(g, members=(*g.members, new_id)) if g.id == around else g for g in kept]
    return _sound(prune(replace(graph, groups=(*kept, made))))


def ungroup(graph: Graph, group_id: str) -> Graph:
    """Unpacks a group: its members belong to what it belonged to."""
    gone = graph.group(group_id)
    above = graph.parent.get(group_id)
    groups = []
    for other in graph.groups:
        if other.id == above:
            at = other.members.index(group_id)
            members = (*other.members[:at], *gone.members, *other.members[at + 1 :])
            groups.append(replace(other, members=members))
        elif other.id != group_id:
            groups.append(other)
    return replace(graph, groups=tuple(groups))


def fold(graph: Graph, group_id: str, folded: bool = True) -> Graph:
    """Folds a group into one block, or opens it."""
    return _replace(graph, replace(graph.group(group_id), folded=folded))


def reveal(graph: Graph, member: str) -> Graph:
    """Opens all groups around a block or a group."""
    around = set(graph.ancestors(member))
    groups = tuple(replace(g, folded=False) if g.id in around and g.folded else g for g in graph.groups)
    return replace(graph, groups=groups) if groups != graph.groups else graph


def set_repeat(graph: Graph, group_id: str, repeat: int) -> Graph:
    """Lets a group run so many times, one copy behind the other."""
    if not 1 <= repeat <= MAX_REPEAT:
        raise DesignError(
            f"A group runs 1 to {count_text(MAX_REPEAT)} times, not {count_text(repeat)}.",
            "Take another number.",
        )
    return _replace(graph, replace(graph.group(group_id), repeat=repeat))


def join(graph: Graph, ids: Iterable[str], group_id: str | None) -> Graph:
    """Moves blocks and groups into a group, or to the top level. A group can't go into itself."""
    chosen = [i for i in dict.fromkeys(ids) if graph.parent.get(i) != group_id]
    if not chosen:
        return graph
    if group_id is not None:
        around = (group_id, *graph.ancestors(group_id))
        if set(chosen) & set(around):
            raise DesignError(f"{graph.group(group_id).name} can't be put into itself.")
    groups = [_without(g, chosen) for g in graph.groups]
    groups = [replace(g, members=(*g.members, *chosen)) if g.id == group_id else g for g in groups]
    return _sound(prune(replace(graph, groups=tuple(groups))))


def regroup(graph: Graph, ids: Iterable[str], group_id: str | None) -> Graph:
    """`join` of parts that stand in the network: refused where a group could then no longer be repeated."""
    joined = join(graph, ids, group_id)
    for other, reason in expand(joined).refused.items():
        if other not in expand(graph).refused:
            group = joined.group(other)
            raise DesignError(
                f"{group.name} couldn't run {counted_text(group.repeat, 'time')} any more: {reason}",
                "Move all blocks that belong together at once, or let the group run once.",
            )
    return joined


def prune(graph: Graph) -> Graph:
    """Takes members out of the groups that are no longer there, and groups that have none left."""
    alive = {group.id: group for group in graph.groups}
    while True:
        kept = {
            group.id: replace(group, members=members)
            for group in alive.values()
            if (members := tuple(m for m in group.members if m in graph.by_id or m in alive))
        }
        if kept == alive:
            groups = tuple(kept.values())
            return graph if groups == graph.groups else replace(graph, groups=groups)
        alive = kept


def blocks_of(graph: Graph, ids: Iterable[str]) -> tuple[str, ...]:
    """These blocks, and the blocks of these groups. Raises DesignError for an unknown id."""
    found = [graph.inside(i) if i in graph.group_by_id else (graph[i].id,) for i in ids]
    return tuple(dict.fromkeys(block for blocks in found for block in blocks))


def innermost(graph: Graph, members: Iterable[str]) -> str | None:
    """The innermost group around all of these blocks and groups."""
    chains = [graph.ancestors(member) for member in members]
    return next((group for group in chains[0] if all(group in chain for chain in chains)), None)


def open_group(graph: Graph, members: Iterable[str]) -> str | None:
    """The innermost group around all of them that is drawn open."""
    group = innermost(graph, members)
    folded = graph.hidden.get(group or "", group if group and graph.group(group).folded else None)
    return group if folded is None else graph.parent.get(folded)


def whole_groups(graph: Graph, blocks: Collection[str]) -> list[str]:
    """The groups all of whose blocks are among these."""
    chosen = set(blocks)
    return [group.id for group in graph.groups if chosen.issuperset(graph.inside(group.id))]


def roots(graph: Graph, ids: Collection[str]) -> list[str]:
    """What is chosen, as few members as possible: groups as a whole instead of their blocks."""
    blocks = set(blocks_of(graph, ids))
    whole = whole_groups(graph, blocks)
    roots = [group_id for group_id in whole if not set(whole).intersection(graph.ancestors(group_id))]
    covered = {block for root in roots for block in graph.inside(root)}
    return [*(block.id for block in graph.blocks if block.id in blocks - covered), *roots]


def flaw(graph: Graph) -> str | None:
    """What is wrong with the groups of a graph that no edit has made, or None."""
    if len(graph.ids) < sum(map(len, (graph.blocks, graph.groups, graph.frames, graph.comments))):
        return "Two parts of the design have the same id."
    owner: dict[str, str] = {}
    for group in graph.groups:
        if not group.members:
            return f"The group {group.name} has no members."
        for member in group.members:
            if member not in graph.by_id and member not in graph.group_by_id:
                return (
                    f"The group {group.name} has the member {member[:80]!r}, which the design doesn't have."
                )
            if member in owner:
                return f"{member[:80]!r} is a member of a group twice."
            owner[member] = group.id
    depth = {group.id: 0 for group in graph.groups}
    for group in graph.groups:
        above = owner.get(group.id)
        while above is not None:
            depth[group.id] += 1
            if depth[group.id] >= MAX_NESTING:
                return f"The group {group.name} is nested more than {MAX_NESTING} deep, or in itself."
            above = owner.get(above)
    return None


def _sound(graph: Graph) -> Graph:
    if any(len(graph.ancestors(group.id)) >= MAX_NESTING for group in graph.groups):
        raise DesignError(f"Groups can be nested {MAX_NESTING} deep.", "Unpack one of the groups around.")
    return graph


def _replace(graph: Graph, changed: Group) -> Graph:
    return replace(graph, groups=tuple(changed if g.id == changed.id else g for g in graph.groups))


def _without(group: Group, members: Collection[str]) -> Group:
    return replace(group, members=tuple(m for m in group.members if m not in members))
