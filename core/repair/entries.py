"""Remedies where the data enter: one there cures whatever the data's form breaks behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from core.design.edits import set_param
from core.design.graph import Block, Graph
from core.design.spec import DataSpec
from core.errors import Problem
from core.layers.resampling import Upsample
from core.layers.reshape import Flatten, Reshape
from core.maths.arrays import Shape
from core.repair.fix import DesignEdit
from core.repair.tools import allowed, insert_all
from core.repair.ways import Way, image_shapes, ways, words


def proposals(
    graph: Graph, problem: Problem, block: Block, shapes: Mapping[str, Shape], data: DataSpec | None
) -> Iterator[DesignEdit]:
    """For an Input block that doesn't fit the data, and for a block that can't work on what enters there."""
    for entry in _entries(graph, block):
        if data is not None and getattr(entry.layer, "shape", data.shape) != data.shape:
            yield from _take_data(graph, entry, data)
        if entry is not block and entry.id in shapes:
            for way in _forms(shapes[entry.id], problem):
                yield DesignEdit(
                    f"Insert {words(way)} after {entry.name}", partial(_behind, entry=entry, way=way)
                )


def _entries(graph: Graph, block: Block) -> list[Block]:
    """The Input blocks that lead to a block, or the block itself."""
    return [
        entry
        for entry in graph.blocks
        if entry.layer.inputs == 0 and block.id in graph.downstream([entry.id])
    ]


def _take_data(graph: Graph, entry: Block, data: DataSpec) -> Iterator[DesignEdit]:
    """The data's shape; or that, and behind it what the network has been made for."""
    title = "Use the data's shape"

    def taken(graph: Graph, way: Way = ()) -> Graph:
        graph = set_param(graph, entry.id, "shape", data.shape)
        return _behind(graph, entry, way) if way else graph

    yield DesignEdit(title, taken)
    for way in ways(data.shape, getattr(entry.layer, "shape")):  # noqa: B009  # not every layer has one
        yield DesignEdit(
            f"{title}, and insert {words(way)} after {entry.name}", partial(taken, way=way), True
        )


def _forms(shape: Shape, problem: Problem) -> Iterator[Way]:
    """Other forms of what enters: a vector as an image, an image as a vector, or larger for a setting."""
    if len(shape) == 3 and problem.parameter is None:
        yield (Flatten(),)
    elif len(shape) == 3:
        for factor in (2, 3, 4, 8):
            larger = allowed(Upsample, factor=(factor, factor))
            if larger is not None:
                yield (larger,)
    else:
        for image in image_shapes(shape[0]):
            made = allowed(Reshape, shape=image)
            if made is not None:
                yield (made,)


def _behind(graph: Graph, entry: Block, way: Way) -> Graph:
    """Puts blocks behind an Input block, for all that it feeds."""
    wires = graph.outgoing(entry.id)
    return insert_all(graph, way, wires[0], wires[1:]) if wires else graph
