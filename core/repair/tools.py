"""Edits that remedies are made of."""

from __future__ import annotations

from dataclasses import replace

from core import edits
from core.graph import Block, Graph, Wire
from core.layers.base import Layer

STEP = 216.0
"""From one block to the next on the canvas, in pixels."""


def insert(graph: Graph, layer: Layer, wire: Wire) -> Graph:
    """Puts a new block into a wire; where it would lie on its neighbour, what comes after moves on."""
    source, target = graph[wire.source], graph[wire.target]
    place = (source.position[0] + STEP, source.position[1])
    if abs(source.position[1] - target.position[1]) >= STEP / 2:  # the wire leads to another row
        place = target.position
    if target.position[0] - place[0] < STEP:
        graph = _move_on(graph, target, STEP)
    return edits.insert(graph, edits.new_block(graph, layer, place), wire)


def append(graph: Graph, layer: Layer, after: str) -> Graph:
    """Adds a new block to the right of another and connects it."""
    x, y = graph[after].position
    return edits.append(graph, edits.new_block(graph, layer, (x + STEP, y)), after)


def last(graph: Graph) -> Block:
    """The block that was added last."""
    return graph.blocks[-1]


def changed(block: Block, **settings: object) -> Layer:
    """A block's layer with other settings."""
    layer: Layer = replace(block.layer, **settings)  # type: ignore[type-var]
    return layer


def _move_on(graph: Graph, start: Block, distance: float) -> Graph:
    """Moves the blocks of `start`'s row from `start` on to the right."""
    x, y = start.position
    row = [b for b in graph.blocks if b.position[0] >= x and abs(b.position[1] - y) < STEP / 2]
    return edits.move(graph, {b.id: (b.position[0] + distance, b.position[1]) for b in row})
