"""Remedies for shapes that don't fit: a vector wanted, or an image, or a window that is too large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import takewhile

from core.design.before import before
from core.design.edits import remove
from core.design.graph import Block, Graph, Wire
from core.errors import Problem
from core.layers.pooling import GlobalAveragePool
from core.layers.reshape import Flatten, Reshape
from core.maths.arrays import Shape
from core.repair.fix import DesignEdit
from core.repair.tools import allowed, insert_all, set_value
from core.repair.ways import Way, image_shapes, words


def proposals(
    graph: Graph, problem: Problem, block: Block, shapes: Mapping[str, Shape]
) -> Iterator[DesignEdit]:
    """Edits before the block or, where a setting is to blame, of its window."""
    wires = graph.incoming(block.id)
    entering = shapes.get(wires[0].source) if len(wires) == 1 else None
    if entering is None:
        return
    if problem.parameter is not None:
        yield from _window(block, entering) if len(entering) == 3 else ()
    elif len(entering) == 3:
        yield from _insert(graph, wires[0], (Flatten(),), shapes)
        yield from _insert(graph, wires[0], (GlobalAveragePool(),), shapes)
    else:
        yield from _bring_image_back(graph, block)
        for shape in image_shapes(entering[0]):
            made = allowed(Reshape, shape=shape)
            if made is not None:
                yield from _insert(graph, wires[0], (made,), shapes)


def _insert(graph: Graph, wire: Wire, way: Way, shapes: Mapping[str, Shape]) -> Iterator[DesignEdit]:
    """For all that its source feeds and that can't be computed, too; then for this block alone."""
    others = [w for w in graph.outgoing(wire.source) if w != wire and w.target not in shapes]
    title = f"Insert {words(way)}"
    if others:
        name = graph[wire.source].name
        yield DesignEdit(f"{title} after {name}", partial(insert_all, layers=way, wire=wire, others=others))
    yield DesignEdit(title, partial(insert_all, layers=way, wire=wire))


def _window(block: Block, entering: Shape) -> Iterator[DesignEdit]:
    """For a kernel larger than its input."""
    settings = vars(block.layer)
    size = entering[1], entering[2]
    if "padding" in settings:
        yield set_value((block,), "padding", "same", own=True)
    if "dilation" in settings:
        yield set_value((block,), "dilation", (1, 1), own=True)
    for name in ("kernel", "size"):
        if name in settings:
            rows, columns = (
                min(have, (most - 1) // step + 1)
                for have, most, step in zip(
                    settings[name], size, settings.get("dilation", (1, 1)), strict=True
                )
            )
            yield set_value((block,), name, (rows, columns), own=True)


def _bring_image_back(graph: Graph, block: Block) -> Iterator[DesignEdit]:
    """For a layer that needs an image behind one that makes a vector of it."""
    passing = takewhile(lambda b: b.layer.keeps or b.layer.activates or _flattens(b), before(graph, block))
    found = next(filter(_flattens, passing), None)
    if found is not None:
        yield DesignEdit(f"Remove {found.name}", lambda g: remove(g, [found.id], reconnect=True))


def _flattens(block: Block) -> bool:
    return isinstance(block.layer, (Flatten, GlobalAveragePool))
