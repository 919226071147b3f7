"""Edits that remedies are made of."""

from __future__ import annotations

from core.design import edits
from core.design.graph import Block, Graph, Place, Wire
from core.layers.base import Layer
from core.schema import making

STEP = 216.0
"""From one block to the next on the canvas, in pixels."""


def insert(graph: Graph, layer: Layer, wire: Wire) -> Graph:
    """Puts a new block into a wire; where it would lie on its neighbour, what comes after moves on."""
    turn = graph.direction.turn
    place = beyond(graph, wire.source)
    (along, across), (end, end_across) = turn(place), turn(graph[wire.target].position)
    if abs(across - end_across) >= STEP / 2:  # the wire leads to another row
        place = graph[wire.target].position
        along = end
    if end - along < STEP:
        graph = _move_on(graph, graph[wire.target], STEP)
    return edits.insert(graph, edits.new_block(graph, layer, place), wire)


def append(graph: Graph, layer: Layer, after: str) -> Graph:
    """Adds a new block behind another and connects it."""
    return edits.append(graph, edits.new_block(graph, layer, beyond(graph, after)), after)


def beyond(graph: Graph, block_id: str, steps: int = 1) -> Place:
    """The place of a block so many steps behind another, the way the design runs."""
    turn = graph.direction.turn
    along, across = turn(graph[block_id].position)
    return turn((along + steps * STEP, across))


def last(graph: Graph) -> Block:
    """The block that was added last."""
    return graph.blocks[-1]


def changed(block: Block, **settings: object) -> Layer:
    """A block's layer with other settings."""
    return making.changed(block.layer, **settings)


def _move_on(graph: Graph, start: Block, distance: float) -> Graph:
    """Moves the blocks of `start`'s row, or column, from `start` on the way that the design runs."""
    turn = graph.direction.turn
    begin, line = turn(start.position)
    moved = {}
    for block in graph.blocks:
        along, across = turn(block.position)
        if along >= begin and abs(across - line) < STEP / 2:
            moved[block.id] = turn((along + distance, across))
    return edits.move(graph, moved)
