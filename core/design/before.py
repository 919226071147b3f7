"""What leads to a block on a way without a fork, and which blocks on it say what enters an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from math import prod
from typing import Final

from core.design.graph import Block, Graph
from core.layers.activation import Softmax
from core.layers.base import UNLIMITED, Limits, Output
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


def passes_on(graph: Graph, block: Block, shapes: Mapping[str, Shape]) -> bool:
    """Whether a block gives out the values that enter it; of some, only shapes tell."""
    wires = graph.incoming(block.id)
    if len(wires) == 1 and wires[0].source in shapes:
        return block.layer.keeps_of(shapes[wires[0].source])
    return block.layer.keeps


def limits(graph: Graph, block: Block, shapes: Mapping[str, Shape]) -> Limits:
    """Between which numbers all that a block gives out lies, as far as the blocks before it tell."""
    found: dict[str, Limits] = {}
    open_ones = [block.id]
    while open_ones:
        one = graph[open_ones[-1]]
        passes = passes_on(graph, one, shapes)
        sources = [w.source for w in graph.incoming(one.id)] if passes or one.layer.inputs is None else []
        unknown = [source for source in sources if source not in found]
        open_ones += unknown
        if not unknown:
            entering = [found[source] for source in sources]
            found[open_ones.pop()] = entering[0] if passes else one.layer.limits_of(*entering)
    return found[block.id]


def limiting(graph: Graph, last: Block, shapes: Mapping[str, Shape] | None = None) -> list[Block]:
    """What gives numbers between limits alone, from `last` on towards the input, up to what gives others.

    Blocks that pass values on as they are lie between them and change nothing about that.
    """
    found = []
    for block in chain([last], before(graph, last)):
        if passes_on(graph, block, shapes or {}):
            continue
        if block.layer.limits == UNLIMITED:
            break
        found.append(block)
    return found


def softmaxes(graph: Graph, end: Block) -> list[Block]:
    """The softmax blocks among what limits the numbers that enter a block: behind one, little is learned."""
    leading = next(before(graph, end), None)
    return [] if leading is None else [b for b in limiting(graph, leading) if isinstance(b.layer, Softmax)]


def bounding(graph: Graph, block: Block, shapes: Mapping[str, Shape] | None = None) -> Block | None:
    """What keeps an output from working: the block before it that gives numbers between limits alone.

    None where the output takes such numbers, or gets others, or those of several branches.
    """
    leading = next(before(graph, block), None)
    if not isinstance(block.layer, Output) or block.layer.applies is None or leading is None:
        return None
    return next(iter(limiting(graph, leading, shapes)), None)
