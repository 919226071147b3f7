"""What is wrong, or hardly meant, with a block whose shape is known: at the ends, and in itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf, prod
from typing import Any

from core.design.before import bounding, limits, sized, softmaxes
from core.design.graph import Block, Graph
from core.design.spec import DataSpec
from core.errors import Problem
from core.layers.base import UNLIMITED, Layer, Limits, Output
from core.maths.arrays import Shape
from core.schema.written import count_text, counted_text, shape_text, short_text


def advice(
    graph: Graph, block: Block, shapes: dict[str, Shape], data: DataSpec | None, *, single: bool
) -> Iterator[Problem]:
    """The problems of a block whose shape, and so those of all blocks before it, are known."""
    shape = shapes[block.id]
    if not graph.outgoing(block.id) and block.layer.has_output:
        yield Problem(
            f"The output of {block.name} goes nowhere.",
            "Draw a wire to the next block, or delete the block.",
            block.id,
            severity="warning",
            unfinished=True,
        )
    if block.layer.inputs == 0 and data is not None and shape != data.shape:
        yield Problem(
            f"{block.name}: the data's samples are {shape_text(data.shape)}, "
            f"the block expects {shape_text(shape)}.",
            "Take the data's shape. Where the next block needs another, put Reshape or Upsample there.",
            block.id,
            "shape",
        )
    if type(block.layer).doubt is not Layer.doubt:  # few layers have any, and an edit looks at every block
        doubt = block.layer.doubt(*(shapes[w.source] for w in graph.incoming(block.id)), single=single)
        if doubt is not None:
            yield replace(doubt, message=f"{block.name}: {doubt.message}", block=block.id)
    if isinstance(block.layer, Output):
        yield from _activation_advice(graph, block, block.layer, shapes)
        if block.layer.target == "image":
            yield from _reconstruction_advice(graph, block, shape, shapes)
        else:
            yield from _output_advice(graph, block, block.layer, shapes, data)


def _activation_advice(
    graph: Graph, block: Block, layer: Output, shapes: Mapping[str, Shape]
) -> Iterator[Problem]:
    """What the output applies itself mustn't stand before it, nor what else limits what enters it."""
    if layer.applies is None:
        return
    before = bounding(graph, block, shapes)
    if before is None:
        yield from _limited_advice(graph, block, shapes)
        return
    if before.layer.kind == layer.applies:
        message = f"{block.name} applies {layer.applies} itself, after {before.name}."
        hint = f"Remove {before.name}: applied twice, {layer.applies} slows the learning down."
    else:
        message = (
            f"{block.name} needs numbers of any size, {before.name} gives {_between(before.layer.limits)}."
        )
        hint = f"Remove {before.name}: it keeps the network from becoming sure of an answer."
    yield Problem(message, hint, block.id, severity="warning")


def _limited_advice(graph: Graph, block: Block, shapes: Mapping[str, Shape]) -> Iterator[Problem]:
    """For an output behind branches each of which ends with what limits its numbers."""
    before = graph[graph.incoming(block.id)[0].source]
    found = limits(graph, before, shapes)
    if found != UNLIMITED:
        yield Problem(
            f"{block.name} needs numbers of any size, {before.name} gives {_between(found)}.",
            f"Put a block that learns, such as Dense, behind {before.name}; or remove the activations before "
            "it: they keep the network from becoming sure of an answer.",
            block.id,
            severity="warning",
        )


def _between(limits: Limits) -> str:
    low, high = map(short_text, limits)
    if limits[0] == -inf:
        return f"none above {high}"
    return f"none below {low}" if limits[1] == inf else f"only such from {low} to {high}"


def _reconstruction_advice(
    graph: Graph, block: Block, shape: Shape, shapes: dict[str, Shape]
) -> Iterator[Problem]:
    """A network that gives back its own input has to have its shape."""
    for entry in graph.blocks:
        if entry.layer.inputs == 0 and shapes.get(entry.id, shape) != shape:
            yield Problem(
                f"{block.name}: the network gives {shape_text(shape)}, "
                f"its input is {shape_text(shapes[entry.id])}.",
                "Bring it back to the input's shape, for example with a transposed convolution.",
                block.id,
            )


def _output_advice(
    graph: Graph, block: Block, layer: Output, shapes: dict[str, Shape], data: DataSpec | None
) -> Iterator[Problem]:
    alone = data is not None and data.classes == 1
    if alone:  # and no number of values would mend it
        yield Problem(
            f"{block.name}: the data has a single class, so that there is nothing to tell apart.",
            "Choose data with two classes at least.",
            block.id,
            severity="warning",
        )
    if alone and layer.target == "class":
        return
    values = prod(shapes[block.id])
    giver = sized(graph, block, shapes)
    found = None if data is None else _misfit(graph, block, giver, values, data)
    if found is not None:
        yield found
    elif layer.target == "class" and values == 1:
        yield Problem(
            f"{block.name}: the network gives a single value, so that there is nothing to tell apart.",
            f"{_giving(graph, block, giver, None)}, or end with Binary Classification.",
            block.id,
            severity="warning",
        )


def _misfit(graph: Graph, block: Block, giver: Block | None, values: int, data: DataSpec) -> Problem | None:
    """How an output and the data contradict each other; `giver` is what says how many values it gets."""
    layer: Any = block.layer
    if layer.target == "class" and data.classes == 0:
        if data.one_hot:
            return Problem(
                f"{block.name}: the data has {counted_text(data.values, 'value')} a sample, a 1 for its "
                "class and a 0 for each other one (one-hot), but no class numbers.",
                "Save the class numbers instead, as numpy.argmax(y, axis=1) gives them; or end with Binary "
                "Classification, which takes such values.",
                block.id,
            )
        return Problem(
            f"{block.name}: the data has values to predict, no classes.", "End with Regression.", block.id
        )
    if layer.most_classes is not None and data.classes > layer.most_classes:
        return Problem(
            f"{block.name}: the data has {counted_text(data.classes, 'class', 'classes')}, "
            f"it tells {count_text(layer.most_classes)} apart.",
            "End with Classification.",
            block.id,
        )
    if layer.target == "value" and values != data.values:
        wants, needed = counted_text(data.values, "value"), _giving(graph, block, giver, data.values)
        return Problem(
            f"{block.name}: the data's target is {'one class' if data.classes else wants} a sample, "
            f"the network gives {counted_text(values, 'value')}.",
            f"{needed}, or end with Classification." if data.classes else f"{needed}.",
            block.id,
        )
    if layer.target == "class" and values != data.classes:
        return Problem(
            f"{block.name}: the data has {counted_text(data.classes, 'class', 'classes')}, "
            f"the network gives {counted_text(values, 'value')}.",
            f"{_giving(graph, block, giver, data.classes)}.",
            block.id,
        )
    return None


def _giving(graph: Graph, end: Block, giver: Block | None, values: int | None) -> str:
    """What brings so many values, or one a class, to an output: a setting or, where none does, a Dense block.

    That goes before a softmax: behind one, little is learned.
    """
    wanted = "one value a class" if values is None else counted_text(values, "value")
    if giver is not None:
        return f"Let {giver.name} give {wanted}"
    return f"Put a Dense block that gives {wanted} before {[end, *softmaxes(graph, end)][-1].name}"
