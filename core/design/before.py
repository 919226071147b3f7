"""What leads to a block on a way without a fork, and which blocks on it say what enters an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from math import inf, prod
from typing import Final

from core.design.graph import Block, Graph
from core.layers.activation import Softmax
from core.layers.base import Output
from core.layers.reshape import Reshape
from core.maths.arrays import Shape

_SIZES: Final = ("units", "filters")
"""The settings that say how many values, or channels, a layer gives."""


def before(graph: Graph, block: Block) -> Iterator[Block]:
    """What leads to a block on a way without a fork: from the nearest one up to one with several inputs."""
    wires = graph.incoming(block.id)
    while len(wires) == 1:
        block = graph[wires[0].source]
        yield block
        wires = graph.incoming(block.id)


def size_setting(block: Block) -> str | None:
    """The setting that says how many values, or channels, a block gives."""
    return next((name for name in _SIZES if hasattr(block.layer, name)), None)


def sized(graph: Graph, block: Block, shapes: Mapping[str, Shape]) -> Block | None:
    """The block whose setting says how many values enter another one; None where none does.

    Blocks between the two, such as activations, leave that number as it is. In an image the setting says the
    number of channels, which is that of the values only where each has one pixel, or is made one number.
    """
    values = next((prod(shapes[one.id]) for one in before(graph, block) if one.id in shapes), None)
    for one in before(graph, block):
        name = size_setting(one)
        if name is not None:
            return one if getattr(one.layer, name) == values else None
        if isinstance(one.layer, Reshape):  # it needs the number that it gets
            return None
    return None


def limiting(graph: Graph, last: Block) -> list[Block]:
    """What gives numbers between limits alone, from `last` on towards the input, up to what gives others.

    Blocks that pass values on as they are lie between them and change nothing about that.
    """
    found = []
    for block in chain([last], before(graph, last)):
        if block.layer.keeps:
            continue
        if block.layer.limits == (-inf, inf):
            break
        found.append(block)
    return found


def softmaxes(graph: Graph, end: Block) -> list[Block]:
    """The softmax blocks among what limits the numbers that enter a block: behind one, little is learned."""
    leading = next(before(graph, end), None)
    return [] if leading is None else [b for b in limiting(graph, leading) if isinstance(b.layer, Softmax)]


def bounding(graph: Graph, block: Block) -> Block | None:
    """What keeps an output from working: the block before it that gives numbers between limits alone.

    None where the output takes such numbers, or gets others.
    """
    leading = next(before(graph, block), None)
    if not isinstance(block.layer, Output) or block.layer.applies is None or leading is None:
        return None
    return next(iter(limiting(graph, leading)), None)
