"""Where samples enter a network, and what it is to learn."""

from __future__ import annotations

from math import prod

from core.design.graph import Graph
from core.design.infer import require_sound
from core.errors import DesignError
from core.layers import Output
from core.maths.arrays import Shape


def ends(graph: Graph) -> tuple[Shape, Output, int]:
    """The shape of the samples, the output block's layer, and how many values enter that.

    Raises DesignError for a network that isn't whole.
    """
    outputs = [block for block in graph.blocks if isinstance(block.layer, Output)]
    if graph.blocks and not outputs:
        raise DesignError("The network has no end.", "Add what it is to learn, for example Classification().")
    shapes = require_sound(graph).shapes
    entry = next(block for block in graph.blocks if block.layer.inputs == 0)
    layer = outputs[0].layer
    assert isinstance(layer, Output)
    return shapes[entry.id], layer, prod(shapes[outputs[0].id])
