"""Where samples enter a network, and what it is to learn."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from core.design.graph import Block, Graph
from core.design.infer import require_sound
from core.errors import DesignError
from core.layers import Output
from core.maths.arrays import Shape


@dataclass(frozen=True)
class Ends:
    """The Input block with the shape of its samples, and the output block with how many values enter it."""

    entry: Block
    shape: Shape
    end: Block
    output: Output
    values: int


def ends(graph: Graph) -> Ends:
    """The two ends of a network.

    Raises DesignError for a network that isn't whole.
    """
    outputs = [block for block in graph.blocks if isinstance(block.layer, Output)]
    if graph.blocks and not outputs:
        raise DesignError("The network has no end.", "Add what it is to learn, for example Classification().")
    shapes = require_sound(graph).shapes
    entry = next(block for block in graph.blocks if block.layer.inputs == 0)
    layer = outputs[0].layer
    assert isinstance(layer, Output)
    return Ends(entry, shapes[entry.id], outputs[0], layer, prod(shapes[outputs[0].id]))
