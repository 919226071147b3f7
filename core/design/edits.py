"""Changes of a design: functions from Graph to Graph. What can't be done raises DesignError.

These are the edits of blocks and wires; `groups` and `notes` beside it have those of the other parts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from core.design.direction import Direction
from core.design.graph import MAX_NAME, Block, Graph, Place, Wire
from core.design.groups import innermost, join, open_group, prune, whole_groups
from core.errors import DesignError
from core.layers.base import Layer
from core.schema.making import changed
from core.schema.param import param_of
from core.schema.written import count_text, counted_text


def new_block(graph: Graph, layer: Layer, position: Place = (0.0, 0.0), name: str | None = None) -> Block:
    """A block with an id and a name that are not taken yet: `conv2d_2`, "Conv 2D 2"."""
    new_id = graph.free_id(layer.kind)
    taken = {block.name for block in graph.blocks}
    numbers = count(int(new_id.rpartition("_")[2]))
    free = (title for number in numbers if (title := f"{layer.title} {number}") not in taken)
    return Block(new_id, layer, name or next(free), position)


def is_own_name(block: Block) -> bool:
    """Whether a person gave the block its name: a new block has its layer's title and a number."""
    return re.fullmatch(rf"{re.escape(block.layer.title)}( \d+)?", block.name) is None


def add(graph: Graph, block: Block) -> Graph:
    """Adds a block."""
    if block.id in graph.ids:
        raise DesignError(f"There is a block {block.id!r} already.", "Give it another id.", block=block.id)
    return replace(graph, blocks=(*graph.blocks, block))


def remove(graph: Graph, ids: Collection[str], *, reconnect: bool = False) -> Graph:
    """Removes blocks with their wires, groups with their blocks, frames and comments.

    `reconnect` bridges the gap that a one-input block leaves. A group without blocks goes, too.
    """
    gone = _with_blocks_of_groups(graph, ids)
    for block in graph.blocks if reconnect else ():
        if block.id in gone:
            graph = _bridge(graph, block.id)
    touched = {w.target for w in graph.wires if w.source in gone}
    left = replace(
        graph,
        blocks=tuple(block for block in graph.blocks if block.id not in gone),
        wires=tuple(w for w in graph.wires if w.source not in gone and w.target not in gone),
        frames=tuple(frame for frame in graph.frames if frame.id not in gone),
        comments=tuple(comment for comment in graph.comments if comment.id not in gone),
    )
    return _close_gaps(prune(left), touched - gone)


def move(graph: Graph, positions: Mapping[str, Place]) -> Graph:
    """Puts blocks, frames and comments elsewhere. Raises DesignError for any other id."""
    unknown = positions.keys() - graph.ids | positions.keys() & graph.group_by_id.keys()
    if unknown:
        raise DesignError(f"There is no block {min(unknown)!r}.", "It may have been deleted.")

    def moved(parts: tuple[Any, ...]) -> tuple[Any, ...]:
        if not any(part.id in positions for part in parts):
            return parts
        return tuple(replace(p, position=positions[p.id]) if p.id in positions else p for p in parts)

    return replace(
        graph, blocks=moved(graph.blocks), frames=moved(graph.frames), comments=moved(graph.comments)
    )


def set_direction(graph: Graph, direction: Direction) -> Graph:
    """Lets the design run to the right or down: its ports change sides, its blocks stay."""
    return graph if direction is graph.direction else replace(graph, direction=direction)


def rename(graph: Graph, part_id: str, name: str) -> Graph:
    """Gives a block or a group another name. An empty one is refused, and one longer than `MAX_NAME`."""
    name = name.strip()
    if part_id in graph.group_by_id:
        new = replace(graph.group(part_id), name=_checked(name, "A group needs a name."))
        return replace(graph, groups=tuple(new if g.id == part_id else g for g in graph.groups))
    block = replace(graph[part_id], name=_checked(name, "A block needs a name.", part_id))
    return _replace_blocks(graph, {part_id: block})


def _checked(name: str, needed: str, block: str | None = None) -> str:
    if not name:
        raise DesignError(needed, "Type at least one character.", block=block)
    if len(name) > MAX_NAME:
        raise DesignError(
            f"A name has at most {count_text(MAX_NAME)} characters.", "Shorten it.", block=block
        )
    return name


def set_param(graph: Graph, block_id: str, name: str, value: Any) -> Graph:
    """Sets one setting of a block's layer. Raises DesignError for a value that its declaration forbids."""
    block = graph[block_id]
    declared = param_of(type(block.layer), name)
    reason = declared.check(value)
    if reason:
        raise DesignError(f"{block.name}, {declared.label}: {reason}.", block=block_id, parameter=name)
    settings = {name: value}
    return _replace_blocks(graph, {block_id: replace(block, layer=changed(block.layer, **settings))})


def refusal(graph: Graph, source: str, target: str) -> str | None:
    """Why no wire can go from `source` to `target`, or None where one can."""
    start, end = graph[source], graph[target]
    if not start.layer.has_output:
        return f"{start.name} ends the network: it has no output."
    if end.layer.inputs == 0:
        return f"{end.name} is where the data enters: it has no input."
    if source in graph.downstream([target]):
        return f"This wire would make a cycle: {start.name} already depends on {end.name}."
    return None


def connect(graph: Graph, source: str, target: str, input: int | None = None) -> Graph:
    """Draws a wire. A taken input gets the new wire instead; a merging block gets one input more.

    Raises DesignError with the reason where the wire isn't possible (see `refusal`).
    """
    reason = refusal(graph, source, target)
    if reason:
        raise DesignError(reason, block=target)
    taken = graph.incoming(target)
    number = graph[target].layer.inputs
    if number is None:
        place = len(taken) if input is None else min(input, len(taken))
    else:
        place = 0 if input is None else input
    if number is not None and place >= number:
        raise DesignError(f"{graph[target].name} has {counted_text(number, 'input')}.", block=target)
    kept = tuple(w for w in graph.wires if not (w.target == target and w.input == place))
    return replace(graph, wires=(*kept, Wire(source, target, place)))


def disconnect(graph: Graph, wire: Wire) -> Graph:
    """Removes one wire."""
    kept = tuple(w for w in graph.wires if w != wire)
    return _close_gaps(replace(graph, wires=kept), {wire.target})


def without_wires(graph: Graph, wires: Iterable[Wire]) -> Graph:
    """Removes wires, the last input first: a merging block numbers the inputs behind a removed one anew."""
    for wire in sorted(wires, key=lambda wire: wire.input, reverse=True):
        graph = disconnect(graph, wire)
    return graph


def append(graph: Graph, block: Block, after: str | None) -> Graph:
    """Adds a block and, where both ends allow it, a wire to it from the block `after`.

    It belongs to the group of that block, unless the group is folded: then it stands behind what is drawn.
    """
    graph = join(add(graph, block), [block.id], None if after is None else open_group(graph, [after]))
    if after is not None and refusal(graph, after, block.id) is None:
        graph = connect(graph, after, block.id)
    return graph


def insert(graph: Graph, block: Block, wire: Wire, others: Iterable[Wire] = ()) -> Graph:
    """Adds a block in the middle of a wire, in the groups that hold both of its ends.

    `others` are wires from the same block that are to lead through it, too. Raises DesignError where the
    block can't stand there.
    """
    if wire not in graph.wires:
        raise DesignError("There is no such wire.", "It may have been deleted.")
    graph = add(graph, block)
    if refusal(graph, wire.source, block.id) or not block.layer.has_output:
        raise DesignError(f"{block.name} can't stand in the middle of a wire.", block=block.id)
    graph = join(graph, [block.id], innermost(graph, (wire.source, wire.target)))
    kept = tuple(w for w in graph.wires if w != wire)
    graph = connect(replace(graph, wires=kept), wire.source, block.id)
    graph = replace(graph, wires=(*graph.wires, Wire(block.id, wire.target, wire.input)))
    moved = {other: replace(other, source=block.id) for other in others if other.source == wire.source}
    return replace(graph, wires=tuple(moved.get(w, w) for w in graph.wires)) if moved else graph


def move_in_chain(graph: Graph, block_id: str, step: int) -> Graph:
    """Swaps a block with the next one (`step` 1) or the one before it (-1), also their places on the canvas.

    Raises DesignError unless both have one input and an output, and nothing but one wire between them.
    """
    wires = graph.outgoing(block_id) if step > 0 else graph.incoming(block_id)
    if len(wires) != 1 or len(graph.outgoing(wires[0].source)) != 1:
        raise DesignError(
            f"{graph[block_id].name} has no single neighbour there.", "Only links of a chain can be swapped."
        )
    between = wires[0]
    first, second = graph[between.source], graph[between.target]
    for block in (first, second):
        if block.layer.inputs != 1 or not block.layer.has_output:
            raise DesignError(f"{block.name} can't change its place in the chain.", block=block.id)

    def rewired(wire: Wire) -> Wire:
        if wire == between:
            return Wire(second.id, first.id)
        source = first.id if wire.source == second.id else wire.source
        target = second.id if wire.target == first.id else wire.target
        return replace(wire, source=source, target=target)

    swapped = {
        first.id: replace(first, position=second.position),
        second.id: replace(second, position=first.position),
    }
    places = {first.id: second.id, second.id: first.id}
    groups = tuple(
        replace(group, members=tuple(places.get(member, member) for member in group.members))
        for group in graph.groups
    )
    made = replace(_replace_blocks(graph, swapped), wires=tuple(map(rewired, graph.wires)))
    return replace(made, groups=groups)


def part(graph: Graph, ids: Collection[str]) -> Graph:
    """What is chosen, with the wires among the blocks and the groups of which all blocks are chosen.

    This is what copy puts on the clipboard.
    """
    known = _with_blocks_of_groups(graph, graph.ids.intersection(ids))
    chosen = graph.by_id.keys() & known
    whole = set(whole_groups(graph, chosen))
    found = Graph(
        blocks=tuple(block for block in graph.blocks if block.id in chosen),
        wires=tuple(w for w in graph.wires if w.source in chosen and w.target in chosen),
        groups=tuple(group for group in graph.groups if group.id in whole),
        frames=tuple(frame for frame in graph.frames if frame.id in known),
        comments=tuple(comment for comment in graph.comments if comment.id in known),
        direction=graph.direction,
    )
    return _close_gaps(found, chosen)


def paste(graph: Graph, other: Graph, offset: tuple[float, float]) -> tuple[Graph, dict[str, str]]:
    """Adds all parts of another graph under new ids, moved by `offset`; also gives old id -> new id.

    An empty design then runs the way the other one does.
    """
    new_ids: dict[str, str] = {}
    if other.blocks and not graph.blocks:
        graph = set_direction(graph, other.direction)

    def moved(place: Place) -> Place:
        return place[0] + offset[0], place[1] + offset[1]

    for block in other.blocks:
        fresh = new_block(graph, block.layer, moved(block.position))
        taken = any(b.name == block.name for b in graph.blocks)
        graph = add(graph, fresh if taken else replace(fresh, name=block.name))
        new_ids[block.id] = fresh.id
    for frame in other.frames:
        new_ids[frame.id] = graph.free_id("frame")
        copy = replace(frame, id=new_ids[frame.id], position=moved(frame.position))
        graph = replace(graph, frames=(*graph.frames, copy))
    for comment in other.comments:
        new_ids[comment.id] = graph.free_id("comment")
        note = replace(comment, id=new_ids[comment.id], position=moved(comment.position))
        graph = replace(graph, comments=(*graph.comments, note))
    for group in other.groups:
        new_ids[group.id] = graph.free_id("group")
        graph = replace(graph, groups=(*graph.groups, replace(group, id=new_ids[group.id])))
    new = set(new_ids.values())
    groups = tuple(
        replace(g, members=tuple(new_ids[m] for m in g.members)) if g.id in new else g for g in graph.groups
    )
    wires = tuple(Wire(new_ids[w.source], new_ids[w.target], w.input) for w in other.wires)
    return replace(graph, wires=graph.wires + wires, groups=groups), new_ids


def _with_blocks_of_groups(graph: Graph, ids: Collection[str]) -> set[str]:
    groups = (i for i in ids if i in graph.group_by_id)
    return {*ids, *(block for group_id in groups for block in graph.inside(group_id))}


def _replace_blocks(graph: Graph, changed: Mapping[str, Block]) -> Graph:
    return replace(graph, blocks=tuple(changed.get(block.id, block) for block in graph.blocks))


def _bridge(graph: Graph, block_id: str) -> Graph:
    """Connects what feeds a one-input block to what it feeds."""
    incoming = graph.incoming(block_id)
    if len(incoming) != 1:
        return graph
    source = incoming[0].source
    rewired = {w: replace(w, source=source) for w in graph.outgoing(block_id)}
    return replace(graph, wires=tuple(rewired.get(w, w) for w in graph.wires))


def _close_gaps(graph: Graph, targets: Collection[str]) -> Graph:
    """Numbers the inputs of merging blocks from 0 again after wires have gone."""
    numbered = {}
    for target in targets:
        if graph[target].layer.inputs is None:
            for place, wire in enumerate(graph.incoming(target)):
                numbered[wire] = replace(wire, input=place)
    return replace(graph, wires=tuple(numbered.get(w, w) for w in graph.wires))
