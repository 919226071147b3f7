"""Remedies for a network that has to give back its own input, and gives another shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import ceil

from core.design.graph import Block, Graph
from core.layers.base import Output
from core.layers.convolution import Conv2D
from core.layers.resampling import AdaptiveAveragePool, Upsample
from core.layers.transposed import TransposedConv2D
from core.maths.arrays import Shape
from core.repair.ends import wanted
from core.repair.fix import DesignEdit
from core.repair.tools import allowed, insert_all
from core.repair.ways import Way, border, together, ways


def proposals(graph: Graph, block: Block, shapes: Mapping[str, Shape]) -> Iterator[DesignEdit]:
    """Blocks before a reconstruction that bring what enters it to the shape of the image."""
    wires = graph.incoming(block.id)
    entering = shapes.get(wires[0].source) if wires else None
    if not isinstance(block.layer, Output) or block.layer.target != "image" or entering is None:
        return
    for way in filter(None, _ways(entering, wanted(graph, block, shapes, None) or entering)):
        title = f"Insert {' and '.join(layer.title for layer in way)}"
        yield DesignEdit(title, partial(insert_all, layers=way, wire=wires[0]))


def _ways(have: Shape, wanted: Shape) -> Iterator[Way | None]:
    """Layers that make of one shape the other."""
    if len(have) == 3 and len(wanted) == 3:
        yield from _image_ways(have, wanted)
    else:
        yield from ways(have, wanted)


def _image_ways(have: Shape, wanted: Shape) -> Iterator[Way | None]:
    """Layers as at the end of an autoencoder: convolutions that see more than a pixel."""
    channels = wanted[0]
    colors = [allowed(Conv2D, filters=channels, padding="same")] if have[0] != channels else []
    if have[1:] == wanted[1:]:
        yield together(*colors)
        return
    factor = ceil(wanted[1] / have[1]), ceil(wanted[2] / have[2])
    larger = [allowed(Upsample, factor=factor)] if factor != (1, 1) else []
    if (have[1] * factor[0], have[2] * factor[1]) == wanted[1:]:
        yield together(allowed(TransposedConv2D, filters=channels, stride=factor))
        yield together(*larger, *colors)
    else:
        yield border(have, wanted)
        yield together(*larger, allowed(AdaptiveAveragePool, size=(wanted[1], wanted[2])), *colors)
