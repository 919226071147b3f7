"""Every change of a design: functions from Graph to Graph. What can't be done raises DesignError."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from core.errors import DesignError
from core.graph import MAX_NAME, Block, Graph, Wire
from core.layers.base import Layer
from core.schema import param_of


def new_block(
    graph: Graph, layer: Layer, position: tuple[float, float] = (0.0, 0.0), name: str | None = None
) -> Block:
    """A block with an id and a name that are not taken yet: `conv2d_2`, "Conv 2D 2"."""
    number = 1
    while f"{layer.kind}_{number}" in graph.by_id:
        number += 1
    return Block(f"{layer.kind}_{number}", layer, name or f"{layer.title} {number}", position)


def add(graph: Graph, block: Block) -> Graph:
    """Adds a block."""
    if block.id in graph.by_id:
        raise DesignError(f"There is a block {block.id!r} already.", "Give it another id.", block=block.id)
    return replace(graph, blocks=(*graph.blocks, block))


def remove(graph: Graph, ids: Collection[str], *, reconnect: bool = False) -> Graph:
    """Removes blocks and their wires; `reconnect` bridges the gap that a one-input block leaves."""
    for block_id in ids:
        if reconnect:
            graph = _bridge(graph, block_id)
    gone = set(ids)
    blocks = tuple(block for block in graph.blocks if block.id not in gone)
    touched = {w.target for w in graph.wires if w.source in gone}
    wires = tuple(w for w in graph.wires if w.source not in gone and w.target not in gone)
    return _close_gaps(Graph(blocks, wires), touched - gone)


def move(graph: Graph, positions: Mapping[str, tuple[float, float]]) -> Graph:
    """Puts blocks elsewhere."""
    return _replace_blocks(graph, {i: replace(graph[i], position=place) for i, place in positions.items()})


def rename(graph: Graph, block_id: str, name: str) -> Graph:
    """Gives a block another name. An empty one is refused, and one of more than `MAX_NAME` characters."""
    if not name.strip():
        raise DesignError("A block needs a name.", "Type at least one character.", block=block_id)
    if len(name.strip()) > MAX_NAME:
        raise DesignError(f"A name has at most {MAX_NAME} characters.", "Shorten it.", block=block_id)
    return _replace_blocks(graph, {block_id: replace(graph[block_id], name=name.strip())})


def set_param(graph: Graph, block_id: str, name: str, value: Any) -> Graph:
    """Sets one setting of a block's layer. Raises DesignError for a value that its declaration forbids."""
    block = graph[block_id]
    declared = param_of(type(block.layer), name)
    reason = declared.check(value)
    if reason:
        raise DesignError(f"{block.name}, {declared.label}: {reason}.", block=block_id, parameter=name)
    changes: dict[str, Any] = {name: value}
    return _replace_blocks(graph, {block_id: replace(block, layer=replace(block.layer, **changes))})  # type: ignore[type-var]


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
        raise DesignError(
            f"{graph[target].name} has {number} input{'s' if number != 1 else ''}.", block=target
        )
    kept = tuple(w for w in graph.wires if not (w.target == target and w.input == place))
    return replace(graph, wires=(*kept, Wire(source, target, place)))


def disconnect(graph: Graph, wire: Wire) -> Graph:
    """Removes one wire."""
    kept = tuple(w for w in graph.wires if w != wire)
    return _close_gaps(replace(graph, wires=kept), {wire.target})


def append(graph: Graph, block: Block, after: str | None) -> Graph:
    """Adds a block and, where both ends allow it, a wire to it from the block `after`."""
    graph = add(graph, block)
    if after is not None and refusal(graph, after, block.id) is None:
        graph = connect(graph, after, block.id)
    return graph


def insert(graph: Graph, block: Block, wire: Wire) -> Graph:
    """Adds a block in the middle of a wire. Raises DesignError where the block can't stand there."""
    if wire not in graph.wires:
        raise DesignError("There is no such wire.", "It may have been deleted.")
    graph = add(graph, block)
    if refusal(graph, wire.source, block.id) or not block.layer.has_output:
        raise DesignError(f"{block.name} can't stand in the middle of a wire.", block=block.id)
    kept = tuple(w for w in graph.wires if w != wire)
    graph = connect(replace(graph, wires=kept), wire.source, block.id)
    return replace(graph, wires=(*graph.wires, Wire(block.id, wire.target, wire.input)))


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
    return replace(_replace_blocks(graph, swapped), wires=tuple(map(rewired, graph.wires)))


def part(graph: Graph, ids: Collection[str]) -> Graph:
    """The chosen blocks with the wires among them: what copy puts on the clipboard."""
    chosen = graph.by_id.keys() & ids
    blocks = tuple(block for block in graph.blocks if block.id in chosen)
    wires = tuple(w for w in graph.wires if w.source in chosen and w.target in chosen)
    return _close_gaps(Graph(blocks, wires), chosen)


def paste(graph: Graph, other: Graph, offset: tuple[float, float]) -> tuple[Graph, dict[str, str]]:
    """Adds another graph's blocks under new ids, moved by `offset`; also gives old id -> new id."""
    new_ids: dict[str, str] = {}
    for block in other.blocks:
        place = (block.position[0] + offset[0], block.position[1] + offset[1])
        fresh = new_block(graph, block.layer, place)
        taken = any(b.name == block.name for b in graph.blocks)
        graph = add(graph, fresh if taken else replace(fresh, name=block.name))
        new_ids[block.id] = fresh.id
    wires = tuple(Wire(new_ids[w.source], new_ids[w.target], w.input) for w in other.wires)
    return replace(graph, wires=graph.wires + wires), new_ids


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
