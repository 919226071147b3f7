"""Remedies for shapes that don't fit: a vector wanted, a window too large, branches that differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.design.edits import remove, set_param
from core.design.graph import Block, Graph, Wire
from core.layers.convolution import Conv2D
from core.layers.pooling import GlobalAveragePool
from core.layers.reshape import Flatten
from core.maths.arrays import Shape
from core.repair.fix import DesignEdit
from core.repair.tools import insert
from core.schema.making import unchecked


def proposals(graph: Graph, block: Block, shapes: dict[str, Shape]) -> Iterator[DesignEdit]:
    """Edits before the block, or of its window."""
    wires = graph.incoming(block.id)
    entering = [shapes.get(wire.source) for wire in wires]
    if len(wires) == 1 and entering[0] is not None:
        if len(entering[0]) == 3:
            yield DesignEdit("Insert Flatten", lambda g: insert(g, Flatten(), wires[0]))
            yield DesignEdit("Insert Global Average Pool", lambda g: insert(g, GlobalAveragePool(), wires[0]))
            yield from _window(block, entering[0])
        else:
            yield from _bring_image_back(graph, wires[0].source)
    elif len(wires) > 1:
        yield from _align_branches(graph, block, shapes)


def _window(block: Block, entering: Shape) -> Iterator[DesignEdit]:
    """For a kernel larger than its input."""
    names = {"padding", "kernel"} & set(vars(block.layer))
    if "padding" in names:
        yield DesignEdit("Set padding to same", lambda g: set_param(g, block.id, "padding", "same"))
    if "kernel" in names:
        kernel = getattr(block.layer, "kernel")  # noqa: B009  # only some layers have one
        smaller = (min(kernel[0], entering[1]), min(kernel[1], entering[2]))
        title = f"Set kernel to {smaller[0]} × {smaller[1]}"
        yield DesignEdit(title, lambda g: set_param(g, block.id, "kernel", smaller))


def _bring_image_back(graph: Graph, source: str) -> Iterator[DesignEdit]:
    """For a layer that needs an image behind one that makes a vector of it."""
    if isinstance(graph[source].layer, (Flatten, GlobalAveragePool)):
        title = f"Remove {graph[source].name}"
        yield DesignEdit(title, lambda g: remove(g, [source], reconnect=True))


def _align_branches(graph: Graph, block: Block, shapes: dict[str, Shape]) -> Iterator[DesignEdit]:
    """1 × 1 convolutions that give one branch's shape to the others, with a stride where the sizes differ."""
    wires = graph.incoming(block.id)
    known = [shapes.get(wire.source) for wire in wires]
    for wanted in sorted({s for s in known if s is not None and len(s) == 3}, key=lambda s: s[1]):
        layers = {w: _to(s, wanted) for w, s in zip(wires, known, strict=True) if s and s != wanted}
        fitting = {wire: layer for wire, layer in layers.items() if layer is not None}
        if len(fitting) == len(layers) > 0:
            names = " and ".join(graph[wire.source].name for wire in fitting)
            yield DesignEdit(
                f"Insert a 1 × 1 convolution after {names}", partial(_insert_all, layers=fitting)
            )


def _insert_all(graph: Graph, layers: dict[Wire, Conv2D]) -> Graph:
    for wire, layer in layers.items():
        graph = insert(graph, layer, wire)
    return graph


def _to(shape: Shape, wanted: Shape) -> Conv2D | None:
    """The 1 × 1 convolution from one image shape to another, or None where no stride fits."""
    if len(shape) != 3:
        return None
    strides = [round(have / want) for have, want in zip(shape[1:], wanted[1:], strict=True)]
    if any(
        s < 1 or -(-have // s) != want for s, have, want in zip(strides, shape[1:], wanted[1:], strict=True)
    ):
        return None
    return unchecked(Conv2D, filters=wanted[0], kernel=(1, 1), stride=(strides[0], strides[1]))
