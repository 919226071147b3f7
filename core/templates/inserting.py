"""Putting a snippet into a design: behind a block, into a wire, or at the beginning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Final

from core.design import edits
from core.design.folding import folding
from core.design.graph import Graph, Wire
from core.design.groups import join, open_group
from core.design.infer import infer, infer_block
from core.design.spec import DataSpec
from core.errors import DesignError, Problem
from core.layers.input import Input
from core.maths.arrays import Shape
from core.schema.making import unchecked
from core.templates.builder import SPACE, Builder, sizes
from core.templates.snippets import Snippet

_BELOW: Final = 40.0
"""Between a snippet and the next row, in canvas pixels."""
_ROW: Final = 100.0
"""Blocks that are closer together, across the way that the design runs, stand in one row."""


def insert_snippet(
    graph: Graph,
    snippet: Snippet,
    after: str | Wire | None = None,
    *,
    data: DataSpec | None = None,
    shapes: Mapping[str, Shape] | None = None,
) -> tuple[Graph, tuple[str, ...]]:
    """The design with a snippet in it, and the ids of the new blocks.

    Behind a block, it feeds what the block fed; in a wire, what the wire led to, with all wires drawn as one.
    It joins the open group that these are in. Without `after`, it goes behind the last block that feeds none,
    or behind an Input for the data in an empty design. What stands in the way makes room. `shapes` are those
    of the design, where they are known.
    Raises DesignError where there is no such block, or where it doesn't give what the snippet needs.
    """
    first: tuple[str, ...] = ()
    if not graph.blocks:
        builder = Builder(graph)
        first = (builder.add(Input() if data is None else unchecked(Input, shape=data.shape)),)
        graph, after, shapes = builder.graph, first[0], None
    if after is None:
        after = open_end(graph)
    source = after.source if isinstance(after, Wire) else after
    known = infer(graph).shapes if shapes is None else shapes
    fed = folding(graph).bundle(after) if isinstance(after, Wire) else graph.outgoing(source)
    if snippet.ends and fed:
        raise DesignError(
            f"{snippet.title} ends the network, but {graph[source].name} feeds other blocks.",
            "Put it behind the last block.",
            block=source,
        )
    builder = Builder(graph)
    last = snippet.build(builder, source, _entering(graph, snippet, source, known), data)
    new = tuple(block.id for block in builder.graph.blocks if block.id not in graph.by_id)
    moved = {wire: replace(wire, source=last) for wire in fed}
    made = replace(builder.graph, wires=tuple(moved.get(wire, wire) for wire in builder.graph.wires))
    around = open_group(graph, {source, *(wire.target for wire in fed)})
    return _placed(join(made, new, around), source, new), (*first, *new)


def snippet_shape(
    graph: Graph,
    snippet: Snippet,
    source: str,
    shapes: Mapping[str, Shape],
    data: DataSpec | None = None,
) -> Shape | None:
    """What a snippet gives out behind a block, in little time. Raises DesignError where it doesn't fit."""
    builder = Builder(edits.part(graph, [source]))
    last = snippet.build(builder, source, _entering(graph, snippet, source, shapes), data)
    known = dict(shapes)
    for block in builder.graph.blocks:
        if block.id != source:
            found = infer_block(builder.graph, block, known)
            if isinstance(found, Problem):
                raise DesignError(found.message, found.hint)
            if found is not None:
                known[block.id] = found
    return known.get(last)


def open_end(graph: Graph) -> str:
    """The last block with an output that feeds none. Raises DesignError where there is none."""
    ends = [i for i in graph.order if graph[i].layer.has_output and not graph.outgoing(i)]
    if not ends:
        raise DesignError("There is no open end to put it behind.", "Drop it on a wire, or select a block.")
    return ends[-1]


def only_open_end(graph: Graph) -> str | None:
    """The one open end of what is fed by an Input: no doubt what a new block is to come behind. Else None."""
    entries = [block.id for block in graph.blocks if block.layer.inputs == 0]
    fed = graph.downstream(entries)
    ends = [i for i in graph.order if i in fed and graph[i].layer.has_output and not graph.outgoing(i)]
    return ends[0] if len(ends) == 1 else None


def _entering(graph: Graph, snippet: Snippet, source: str, shapes: Mapping[str, Shape]) -> Shape:
    shape = shapes.get(source)
    if shape is None or (snippet.needs_image and len(shape) != 3):
        what = "an image" if snippet.needs_image else "a known shape"
        raise DesignError(
            f"{snippet.title} needs {what}, which {graph[source].name} doesn't give.",
            "Select a block before Flatten or Dense, whose shape is known.",
            block=source,
        )
    return shape


def _placed(graph: Graph, source: str, new: tuple[str, ...]) -> Graph:
    """Lays the new blocks out behind the source; its row goes on behind them, other rows make room.

    Thought to the right, and turned: top down, a row is a column, and what is below is to the right.
    """
    from core.drawing.arrange import arrange, moved  # noqa: PLC0415  # the list of snippets is shown without it

    turn, seen = graph.direction.turn, folding(graph)
    size = {shown: turn(extent) for shown, extent in sizes(graph).items()}
    at = {shown: turn(corner) for shown, corner in seen.corners(graph).items()}
    begin = seen.shown(source)
    x, y = at[begin]
    left = x + size[begin][0] + SPACE
    inside = edits.move(edits.part(graph, new), dict.fromkeys(new, turn((left, y))))
    places = {block: turn(place) for block, place in arrange(inside, sizes(graph), wrap=inf).items()}
    right, bottom = (max(places[i][axis] + size[i][axis] for i in new) for axis in (0, 1))
    others = [shown for shown in at if shown not in places and shown != begin]
    row = [i for i in others if abs(at[i][1] - y) < _ROW and at[i][0] > x]
    below = [i for i in others if at[i][1] >= y + _ROW]
    aside = max(right + SPACE - min((at[i][0] for i in row), default=inf), 0.0)
    near = (at[i][1] for i in below if left < at[i][0] + size[i][0] and at[i][0] < right)
    down = max(bottom + _BELOW - min(near, default=inf), 0.0)
    moves = {i: (at[i][0] + aside, at[i][1]) for i in row}
    moves |= {i: (at[i][0], at[i][1] + down) for i in below}
    return edits.move(graph, moved(graph, {shown: turn(place) for shown, place in (places | moves).items()}))
