"""Remedies for wires that are missing, and for blocks that are too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations

from core.design.edits import connect, disconnect, refusal, remove
from core.design.graph import Block, Graph
from core.design.spec import DataSpec
from core.errors import CoreError, DesignError
from core.layers.reshape import Flatten, Reshape
from core.maths.arrays import Shape
from core.repair import branches
from core.repair.ends import wanted
from core.repair.fix import DesignEdit
from core.repair.tools import allowed, insert_all
from core.repair.ways import Way, end_ways, image_shapes, ways, words


def proposals(
    graph: Graph, block: Block, shapes: Mapping[str, Shape], data: DataSpec | None
) -> Iterator[DesignEdit]:
    """A wire from or to the nearest loose end, or one that isn't loose; otherwise the block goes."""
    try:
        _ = graph.order
    except DesignError:
        yield from _break_cycle(graph, block)
        return
    needed = block.layer.inputs
    have = len(graph.incoming(block.id))
    if have < (2 if needed is None else needed):
        yield from _from_before(graph, block, shapes, data)
    if _loose(graph, block):
        for target in _nearest(block, [b for b in graph.blocks if _hungry(graph, b) and b.id != block.id]):
            yield from _wires(graph, block, target, shapes, data)
    if have == 1 and graph.outgoing(block.id):
        yield DesignEdit(
            f"Remove {block.name} and close the gap", lambda g: remove(g, [block.id], reconnect=True)
        )
    else:
        yield DesignEdit(f"Delete {block.name}", lambda g: remove(g, [block.id]))


def _from_before(
    graph: Graph, block: Block, shapes: Mapping[str, Shape], data: DataSpec | None
) -> Iterator[DesignEdit]:
    """A wire to the block; or the two that a merging block needs, which has none."""
    known = {block.id, *(wire.source for wire in graph.incoming(block.id))}
    others = [b for b in graph.blocks if b.layer.has_output and b.id not in known]
    loose = _nearest(block, [b for b in others if _loose(graph, b)])
    sources = [*loose, *(b for b in _nearest(block, others) if b not in loose)]
    if block.layer.inputs is None and len(known) == 1:
        for pair in combinations(sources, 2):
            one, other = sorted(pair, key=lambda b: graph.direction.turn(b.position)[::-1])
            if refusal(graph, one.id, block.id) is None:
                yield from _wires(graph, other, block, shapes, data, beside=one)
        return
    for source in sources:
        yield from _wires(graph, source, block, shapes, data)


def _wires(
    graph: Graph,
    source: Block,
    target: Block,
    shapes: Mapping[str, Shape],
    data: DataSpec | None,
    *,
    beside: Block | None = None,
) -> Iterator[DesignEdit]:
    """A wire from one block to another; where the shape doesn't fit there, through what makes it fit.

    A merging block without any gets one from `beside`, too, and before that.
    """

    def wired(graph: Graph, way: Way = ()) -> Graph:
        for start in filter(None, (beside, source)):
            graph = connect(graph, start.id, target.id)
        return insert_all(graph, way, graph.incoming(target.id)[-1])

    start = graph if beside is None else connect(graph, beside.id, target.id)
    ways_between = list(_between(start, source, target, shapes, data))
    names = source.name if beside is None else f"{beside.name} and {source.name}"
    for way in ways_between:
        title = f"Connect {names} to {target.name} through {words(way)}"
        if beside is not None:
            title = f"Connect {names} to {target.name}, {source.name} through {words(way)}"
        yield DesignEdit(title, partial(wired, way=way), is_last_resort=True)
    if not ways_between:
        yield DesignEdit(f"Connect {names} to {target.name}", wired)


def _between(
    graph: Graph, source: Block, target: Block, shapes: Mapping[str, Shape], data: DataSpec | None
) -> Iterator[Way]:
    """What gives the shape that is needed, or a vector or an image; nothing where the shape fits."""
    have = shapes.get(source.id)
    entering = [shapes.get(wire.source) for wire in graph.incoming(target.id)]
    beside = [shape for shape in entering if shape is not None]
    if have is None or len(beside) < len(entering):
        return
    needs = wanted(graph, target, shapes, data)
    if needs is None and _takes(target, *beside, have):
        return
    if needs is not None:
        yield from (end_ways if len(needs) == 1 else ways)(have, needs)
    elif beside:
        yield from ways(have, branches.target(target, have, beside[0]))
    elif len(have) == 3:
        yield (Flatten(),)
    else:
        made = (allowed(Reshape, shape=shape) for shape in image_shapes(have[0]))
        yield from ((layer,) for layer in made if layer is not None)


def _takes(block: Block, *shapes: Shape) -> bool:
    """Whether a block works on these shapes, and nobody would doubt that it is meant."""
    try:
        block.layer.infer(*shapes)
    except CoreError:
        return False
    return block.layer.doubt(*shapes) is None


def _loose(graph: Graph, block: Block) -> bool:
    return block.layer.has_output and not graph.outgoing(block.id)


def _hungry(graph: Graph, block: Block) -> bool:
    wanted = block.layer.inputs
    return wanted is None or len(graph.incoming(block.id)) < wanted


def _nearest(block: Block, others: list[Block]) -> list[Block]:
    """At most two, by their distance on the canvas."""

    def distance(other: Block) -> float:
        return float(sum((a - b) ** 2 for a, b in zip(block.position, other.position, strict=True)))

    return sorted(others, key=distance)[:2]


def _break_cycle(graph: Graph, block: Block) -> Iterator[DesignEdit]:
    """Removes the wire into the block that comes from behind it."""
    behind = graph.downstream([block.id])
    for wire in graph.incoming(block.id):
        if wire.source in behind:
            title = f"Remove the wire from {graph[wire.source].name} to {block.name}"
            yield DesignEdit(title, partial(disconnect, wire=wire))
