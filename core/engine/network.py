"""A graph as nodes of a tape: asks the layers, in order, what they lower to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from core.engine.lowering import BatchLowering, Loss, Setting
from core.engine.machine.arena import Fixed
from core.engine.operations.convolution import Size
from core.engine.reference_node import ReferenceNode
from core.engine.tape import Learned, Node, Tape, Value
from core.layers.base import Layer, Output
from core.layers.lowering import NotLoweredError
from core.maths import random
from core.maths.arrays import Shape
from core.running.parameters import Parameters
from core.running.program import Program


@dataclass(frozen=True)
class Network:
    """The nodes in the order of their work, each block's output, and the loss at the end.

    `on_reference` are the blocks that the engine has no operation for. Where the output block is one of them,
    `loss` is None.
    """

    nodes: list[Node]
    values: dict[str, Value]
    loss: Loss | None
    on_reference: list[str]


def size_of(shape: Shape) -> Size:
    """A shape as (channels, height, width); a vector has one pixel."""
    return (shape[0], 1, 1) if len(shape) == 1 else (shape[0], shape[1], shape[2])


def lower(
    program: Program, tape: Tape, wanted: Collection[str], kind: type[BatchLowering] = BatchLowering
) -> Network:
    """The nodes of a program's network; the outputs of the blocks in `wanted` have to exist.

    `kind` decides on the layout of values. Raises NotLoweredError where a layer has no operation for that
    layout, and the reference can't take its place.
    """
    graph, shapes, parameters = program.graph, program.shapes, program.parameters
    values: dict[str, Value] = {}
    on_reference: list[str] = []

    def is_private(x: Value) -> bool:
        owners = [block_id for block_id, value in values.items() if value is x]
        readers = sum(len(graph.outgoing(block_id)) for block_id in owners)
        # A block that only passes a value on reads it, too.
        return readers - (len(owners) - 1) == 1 and not set(wanted).intersection(owners)

    def key(step: int, block_id: str) -> int:
        return random.key(program.seed, step, block_id)

    lowering = kind(tape, is_private, key)
    for block_id in graph.order:
        arrays = {name: _parameter(parameters, block_id, name) for name in parameters.blocks[block_id]}
        lowering.block = Setting(block_id, size_of(shapes[block_id]), arrays)
        inputs = [values[wire.source] for wire in graph.incoming(block_id)]
        block = graph[block_id]
        value = _lowered(block.layer, lowering, inputs)
        if value is None:
            on_reference.append(block_id)
            if isinstance(block.layer, Output):
                value = inputs[0]
            else:
                entering = tuple(shapes[wire.source] for wire in graph.incoming(block_id))
                ends = (tuple(inputs), tape.value(size_of(shapes[block_id])))
                numbers = partial(key, block_id=block_id)
                value = lowering.reference(ReferenceNode(block, *ends, entering, parameters, numbers))
        # What a block only passes on has the gradient of all its readers: more than that of the block.
        if tape.to_input and block_id in wanted and value in inputs and not is_private(value):
            value = lowering.apart(value)
        values[block_id] = value
    return Network(lowering.nodes, values, lowering.loss, on_reference)


def _lowered(layer: Layer, lowering: BatchLowering, inputs: list[Value]) -> Value | None:
    """A layer's output on the engine, or None where it has no operation for it."""
    try:
        return layer.lower(lowering, *inputs)
    except NotLoweredError:
        return None


def _parameter(parameters: Parameters, block_id: str, name: str) -> Learned:
    array = parameters.blocks[block_id][name]
    try:
        gradient = parameters.gradient(block_id, name)
    except KeyError:  # running statistics have none
        gradient = array
    return Learned(Fixed(array), Fixed(gradient))
