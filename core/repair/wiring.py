"""Remedies for wires that are missing, and for blocks that are too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from core.design.edits import connect, disconnect, remove
from core.design.graph import Block, Graph
from core.design.spec import DataSpec
from core.errors import DesignError
from core.layers.reshape import Flatten, Reshape
from core.maths.arrays import Shape
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
            title = f"Connect {block.name} to {target.name}"
            yield DesignEdit(title, partial(connect, source=block.id, target=target.id))
    if have == 1 and block.layer.has_output:
        yield DesignEdit(
            f"Remove {block.name} and close the gap", lambda g: remove(g, [block.id], reconnect=True)
        )
    else:
        yield DesignEdit(f"Delete {block.name}", lambda g: remove(g, [block.id]))


def _from_before(
    graph: Graph, block: Block, shapes: Mapping[str, Shape], data: DataSpec | None
) -> Iterator[DesignEdit]:
    """A wire to the block, and in it what gives the shape that the block needs."""
    known = {block.id, *(wire.source for wire in graph.incoming(block.id))}
    others = [b for b in graph.blocks if b.layer.has_output and b.id not in known]
    loose = _nearest(block, [b for b in others if _loose(graph, b)])
    sources = [*loose, *(b for b in _nearest(block, others) if b not in loose)]
    for source in sources:
        title = f"Connect {source.name} to {block.name}"
        yield DesignEdit(title, partial(connect, source=source.id, target=block.id))
    needs = wanted(graph, block, shapes, data)
    for source in sources:
        have = shapes.get(source.id)
        for way in () if have is None or block.layer.inputs != 1 else _between(have, needs):
            title = f"Connect {source.name} to {block.name} through {words(way)}"
            yield DesignEdit(title, partial(_through, source=source.id, target=block.id, way=way))


def _between(have: Shape, needs: Shape | None) -> Iterator[Way]:
    """What gives the shape that is needed; where that isn't known, a vector or an image."""
    if needs is not None:
        yield from (end_ways if len(needs) == 1 else ways)(have, needs)
    elif len(have) == 3:
        yield (Flatten(),)
    else:
        made = (allowed(Reshape, shape=shape) for shape in image_shapes(have[0]))
        yield from ((layer,) for layer in made if layer is not None)


def _through(graph: Graph, source: str, target: str, way: Way) -> Graph:
    graph = connect(graph, source, target)
    return insert_all(graph, way, graph.incoming(target)[0])


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
