"""Remedies for the two ends of a network: the Input block, and what it ends with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from core.design import edits
from core.design.graph import Block, Graph
from core.design.spec import DataSpec
from core.errors import DesignError
from core.layers.base import Layer, Output
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.output import Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten
from core.maths.arrays import Shape
from core.repair.fix import DesignEdit
from core.repair.tools import append, beyond, last
from core.schema.making import unchecked

_SIZES = ("units", "filters")
"""The settings that say how many values a layer gives."""


def proposals(graph: Graph, shapes: dict[str, Shape], data: DataSpec | None) -> Iterator[DesignEdit]:
    """For a design without Input, or without an output block."""
    if not any(b.layer.inputs == 0 for b in graph.blocks):
        shape = data.shape if data else Input().shape
        yield DesignEdit("Add an Input block", lambda g: _add_input(g, unchecked(Input, shape=shape)))
    if not any(isinstance(b.layer, Output) for b in graph.blocks):
        kinds: tuple[Output, ...] = (Classification(), Regression())
        if data is not None and data.classes == 0:
            kinds = kinds[::-1]
        for end in kinds:
            values = _values(end, data)
            yield DesignEdit(
                f"End with {end.title}", partial(_add_output, end=end, values=values, shapes=shapes)
            )


def input_proposals(block: Block, data: DataSpec | None) -> Iterator[DesignEdit]:
    """For an Input block that doesn't fit the data."""
    if block.layer.inputs == 0 and data is not None:
        yield DesignEdit("Use the data's shape", lambda g: edits.set_param(g, block.id, "shape", data.shape))


def output_proposals(graph: Graph, block: Block, data: DataSpec | None) -> Iterator[DesignEdit]:
    """For an output block that doesn't fit the data, or has a second softmax or sigmoid before it."""
    wires = graph.incoming(block.id)
    if not isinstance(block.layer, Output) or not wires:
        return
    before = graph[wires[0].source]
    if before.layer.kind == block.layer.applies:
        yield DesignEdit(f"Remove {before.name}", lambda g: edits.remove(g, [before.id], reconnect=True))
    if data is None:
        return
    wanted = _values(block.layer, data)
    sized = _last_sized(graph, block)
    if sized is not None:
        name = next(n for n in _SIZES if hasattr(sized.layer, n))
        title = f"Give {sized.name} {wanted} {name}"
        yield DesignEdit(title, lambda g: edits.set_param(g, sized.id, name, wanted))
    for other in (Classification(), Regression(), Reconstruction()):
        if type(other) is not type(block.layer):
            yield DesignEdit(
                f"End with {other.title} instead", partial(_replace_layer, block=block, layer=other)
            )


def _values(end: Output, data: DataSpec | None) -> int:
    """How many values have to enter an output block for this data."""
    if data is None:
        return 10 if end.target == "class" else 1
    return data.classes if end.target == "class" and data.classes else data.values


def _last_sized(graph: Graph, block: Block) -> Block | None:
    """The nearest block before that says how many values there are, through blocks with one input."""
    wires = graph.incoming(block.id)
    while len(wires) == 1:
        found = graph[wires[0].source]
        if any(hasattr(found.layer, name) for name in _SIZES):
            return found
        wires = graph.incoming(found.id)
    return None


def _add_input(graph: Graph, layer: Layer) -> Graph:
    """Puts an Input block before the first block without one."""
    waiting = [b for b in graph.blocks if not graph.incoming(b.id)]
    first = min(waiting, key=lambda b: graph.direction.turn(b.position)) if waiting else None
    place = beyond(graph, first.id, -1) if first else (0.0, 0.0)
    block = edits.new_block(graph, layer, place)
    graph = edits.add(graph, block)
    return edits.connect(graph, block.id, first.id) if first else graph


def _add_output(graph: Graph, end: Output, values: int, shapes: dict[str, Shape]) -> Graph:
    """Ends the network behind its last loose block, with Flatten and Dense where the shape asks for them."""
    loose = [b for b in graph.blocks if b.layer.has_output and not graph.outgoing(b.id)]
    if not loose:
        raise DesignError("No block has a free output.", "Add a block first, or remove a wire.")
    known = [b for b in loose if b.id in shapes] or loose
    after = max(known, key=lambda b: graph.direction.turn(b.position)[::-1]).id
    shape = shapes.get(after)
    if shape is not None and len(shape) == 3:
        graph = append(graph, Flatten(), after)
        after = last(graph).id
    if shape is None or shape != (values,):
        graph = append(graph, unchecked(Dense, units=values), after)
        after = last(graph).id
    return append(graph, end, after)


def _replace_layer(graph: Graph, block: Block, layer: Layer) -> Graph:
    """Another layer in the same place, with the same wires."""
    new = replace(block, layer=layer, name=layer.title if block.layer.title == block.name else block.name)
    return replace(graph, blocks=tuple(new if b.id == block.id else b for b in graph.blocks))
