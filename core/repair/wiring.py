"""Remedies for wires that are missing, and for blocks that are too many."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.design.edits import connect, disconnect, remove
from core.design.graph import Block, Graph
from core.errors import DesignError
from core.repair.fix import DesignEdit


def proposals(graph: Graph, block: Block) -> Iterator[DesignEdit]:
    """A wire from or to the nearest loose end; otherwise the block goes."""
    try:
        order = graph.order
    except DesignError:
        yield from _break_cycle(graph, block)
        return
    wanted = block.layer.inputs
    have = len(graph.incoming(block.id))
    if have < (2 if wanted is None else wanted):
        sources = [b for b in map(graph.__getitem__, order) if _loose(graph, b) and b.id != block.id]
        for source in _nearest(block, sources):
            title = f"Connect {source.name} to {block.name}"
            yield DesignEdit(title, partial(connect, source=source.id, target=block.id))
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
