"""Remedies for the two ends of a network: the Input block, and what it ends with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from core.design import edits
from core.design.before import before, bounding, limiting, size_setting, softmaxes
from core.design.graph import Block, Graph, Wire
from core.design.spec import DataSpec
from core.errors import DesignError
from core.layers.activation import Softmax
from core.layers.base import Layer, Output
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten
from core.maths.arrays import Shape
from core.repair.fix import DesignEdit
from core.repair.tools import (
    append,
    beyond,
    free_place,
    give,
    insert,
    insert_all,
    last,
    with_layer,
)
from core.repair.ways import Way, end_ways, words


def proposals(graph: Graph, shapes: Mapping[str, Shape], data: DataSpec | None) -> Iterator[DesignEdit]:
    """For a design without Input, or without an output block."""
    if not any(b.layer.inputs == 0 for b in graph.blocks):
        shape = data.shape if data else Input().shape
        yield DesignEdit("Add an Input block", lambda g: _add_input(g, Input(shape=shape)))
    if not any(isinstance(b.layer, Output) for b in graph.blocks):
        kinds: tuple[Output, ...] = (Classification(), Regression())
        if data is not None and data.classes == 0:
            kinds = kinds[::-1]
        for end in kinds:
            values = _values(end, data)
            yield DesignEdit(
                f"End with {end.title}", partial(_add_output, end=end, values=values, shapes=shapes)
            )


def output_proposals(
    graph: Graph, block: Block, shapes: Mapping[str, Shape], data: DataSpec | None
) -> Iterator[DesignEdit]:
    """For an output block that doesn't fit the data, or what enters it."""
    wires = graph.incoming(block.id)
    if not isinstance(block.layer, Output) or not wires:
        return
    is_bound = bounding(graph, block, shapes) is not None
    bound = limiting(graph, graph[wires[0].source], shapes) if is_bound else []
    for number in range(1, len(bound) + 1):
        names = " and ".join(b.name for b in reversed(bound[:number]))
        yield DesignEdit(f"Remove {names}", partial(_without, blocks=bound[:number]))
    values = _values(block.layer, data)
    nearest = next(filter(size_setting, before(graph, block)), None)
    give_values = None if nearest is None else give(nearest, values)
    if give_values is not None:
        yield give_values
    entering = shapes.get(wires[0].source)
    ended = softmaxes(graph, block)
    if entering is not None and block.layer.target != "image":
        for way in end_ways(entering, (values,)):
            yield _put_before(block, way, ended)
    for other in _others(block, data):
        yield DesignEdit(
            f"End with {other.title} instead", partial(with_layer, block_id=block.id, layer=other)
        )
        if entering is not None and other.target != "image" and not ended:
            found = end_ways(entering, (_values(other, data),))
            yield from _ended_anew(block, other, found[0] if found else (), wires[0])


def _put_before(block: Block, way: Way, ended: Sequence[Block]) -> DesignEdit:
    """Blocks right before an output; a softmax there has to go: what comes behind one learns little."""

    def edit(graph: Graph) -> Graph:
        graph = _without(graph, ended)
        return insert_all(graph, way, graph.incoming(block.id)[0])

    if not ended:
        return DesignEdit(f"Insert {words(way)}", edit)
    return DesignEdit(f"Remove {' and '.join(b.name for b in ended)}, and insert {words(way)}", edit, True)


def _without(graph: Graph, blocks: Sequence[Block]) -> Graph:
    return edits.remove(graph, [block.id for block in blocks], reconnect=True)


def _ended_anew(block: Block, end: Output, way: Way, wire: Wire) -> Iterator[DesignEdit]:
    """Another output, and before it what gives as many values as it needs."""

    def edit(graph: Graph) -> Graph:
        return insert_all(with_layer(graph, block.id, end), way, wire)

    if way:
        yield DesignEdit(f"End with {words((*way, end))} instead", edit)


def wanted(graph: Graph, block: Block, shapes: Mapping[str, Shape], data: DataSpec | None) -> Shape | None:
    """The shape that has to enter an output block; None for other blocks, and where it isn't known."""
    if not isinstance(block.layer, Output):
        return None
    if block.layer.target == "image":
        return next((shapes[b.id] for b in graph.blocks if b.layer.inputs == 0 and b.id in shapes), None)
    return (_values(block.layer, data),)


def _others(block: Block, data: DataSpec | None) -> list[Output]:
    """Outputs of other kinds; one for yes or no only where the data may have such answers."""
    binary = [BinaryClassification()] if data is None or data.one_hot or data.classes == 2 else []
    ends = [Classification(), *binary, Regression(), Reconstruction()]
    return [end for end in ends if type(end) is not type(block.layer)]


def _values(end: Output, data: DataSpec | None) -> int:
    """How many values have to enter an output block for this data."""
    if data is None:
        return 10 if end.target == "class" else 1
    return data.classes if end.target == "class" and data.classes else data.values


def _add_input(graph: Graph, layer: Layer) -> Graph:
    """Puts an Input block before the first block without one."""
    waiting = [b for b in graph.blocks if not graph.incoming(b.id)]
    first = min(waiting, key=lambda b: graph.direction.turn(b.position)) if waiting else None
    place = beyond(graph, first.id, -1) if first else (0.0, 0.0)
    block = edits.new_block(graph, layer, free_place(graph, place))
    graph = edits.add(graph, block)
    return edits.connect(graph, block.id, first.id) if first else graph


def _add_output(graph: Graph, end: Output, values: int, shapes: Mapping[str, Shape]) -> Graph:
    """Ends the network behind its last loose block, with Flatten and Dense where the shape asks for them."""
    loose = [b for b in graph.blocks if b.layer.has_output and not graph.outgoing(b.id)]
    if not loose:
        raise DesignError("No block has a free output.", "Add a block first, or remove a wire.")
    known = [b for b in loose if b.id in shapes] or loose
    end_block = max(known, key=lambda b: graph.direction.turn(b.position)[::-1])
    after, shape = end_block.id, shapes.get(end_block.id)
    if shape != (values,):
        ended = [
            b
            for b in limiting(graph, end_block)
            if isinstance(b.layer, Softmax) and len(graph.outgoing(b.id)) < 2  # another branch may need it
        ]
        after = next((b.id for b in (end_block, *before(graph, end_block)) if b not in ended), after)
        graph = _without(graph, [b for b in ended if b.id != after])
    if shape is not None and len(shape) == 3:
        graph = append(graph, Flatten(), after)
        after = last(graph).id
    if shape is None or shape != (values,):
        graph = append(graph, Dense(units=values), after)
        after = last(graph).id
    graph = append(graph, end, after)
    bound = bounding(graph, last(graph))
    if bound is None:
        return graph
    if bound.layer.kind == end.applies:
        return _without(graph, [bound])
    return insert(graph, Dense(units=values), graph.incoming(last(graph).id)[0])
