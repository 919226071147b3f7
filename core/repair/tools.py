"""Edits that remedies are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, Final

from core.design import edits
from core.design.before import size_setting
from core.design.graph import Block, Graph, Place, Wire
from core.drawing.measures import BLOCK_GAP, BLOCK_WIDTH, ROW_GAP
from core.drawing.route import Rect
from core.layers.base import Layer
from core.repair.fix import DesignEdit
from core.schema.param import param_of
from core.schema.written import counted_text, value_text

STEP: Final = float(BLOCK_WIDTH + BLOCK_GAP)
"""From one block to the next on the canvas, in pixels."""
_BLOCK: Final = (float(BLOCK_WIDTH), 132.0)
"""Width and height that are kept free for a block: room for its message, too."""


def insert(graph: Graph, layer: Layer, wire: Wire, others: Iterable[Wire] = ()) -> Graph:
    """Puts a new block into a wire; where it would lie on its neighbour, what comes after moves on.

    `others` are wires from the same block that are to lead through it, too.
    """
    turn = graph.direction.turn
    place = beyond(graph, wire.source)
    (along, across), (end, end_across) = turn(place), turn(graph[wire.target].position)
    if abs(across - end_across) >= STEP / 2 and len(graph.incoming(wire.target)) < 2:
        place = graph[wire.target].position  # its row is this wire's, too: no other branch ends there
        along = end
    if end - along < STEP:
        graph = _move_on(graph, wire, STEP)
    place = free_place(graph, place, {wire, *others})
    return edits.insert(graph, edits.new_block(graph, layer, place), wire, others)


def insert_all(graph: Graph, layers: Sequence[Layer], wire: Wire, others: Iterable[Wire] = ()) -> Graph:
    """Puts several new blocks, in their order, into a wire."""
    for layer in layers:
        graph = insert(graph, layer, wire, others)
        wire, others = graph.outgoing(last(graph).id)[0], graph.outgoing(last(graph).id)[1:]
    return graph


def append(graph: Graph, layer: Layer, after: str) -> Graph:
    """Adds a new block behind another and connects it."""
    place = free_place(graph, beyond(graph, after))
    return edits.append(graph, edits.new_block(graph, layer, place), after)


def beyond(graph: Graph, block_id: str, steps: int = 1) -> Place:
    """The place of a block so many steps behind another, the way the design runs."""
    turn = graph.direction.turn
    along, across = turn(graph[block_id].position)
    return turn((along + steps * STEP, across))


def free_place(graph: Graph, wanted: Place, replaced: Collection[Wire] = ()) -> Place:
    """The first place from `wanted` aside where a new block lies on no other, and on no wire along a row.

    The wires `replaced` will lead through the block, so that they aren't in its way.
    """
    turn = graph.direction.turn
    taken = [rect.turned(graph.direction) for rect in _areas(graph)]
    taken += _straight(graph, taken, replaced)
    area = _area(wanted).turned(graph.direction)
    while blocking := [rect for rect in taken if rect.meets(area)]:
        top = max(rect.bottom for rect in blocking) + ROW_GAP
        area = replace(area, top=top, bottom=top + area.bottom - area.top)
    return turn((area.left, area.top))


def last(graph: Graph) -> Block:
    """The block that was added last."""
    return graph.blocks[-1]


def allowed(declared: type[Layer], **settings: Any) -> Layer | None:
    """A layer with these settings; None where its declaration forbids one."""
    if any(param_of(declared, name).check(value) for name, value in settings.items()):
        return None
    return declared(**settings)


def give(block: Block, size: int) -> DesignEdit | None:
    """Lets a block give so many values, or channels, if its setting can be that."""
    name = size_setting(block)
    if name is None or param_of(type(block.layer), name).check(size):
        return None
    return set_value((block,), name, size)


def set_value(blocks: Sequence[Block], name: str, value: Any, *, own: bool = False) -> DesignEdit:
    """Sets a setting of one or several blocks; the title doesn't name the problem's `own` block."""
    label = param_of(type(blocks[0].layer), name).label.lower()
    names = " and ".join(b.name for b in blocks) if len(blocks) < 3 else counted_text(len(blocks), "block")
    title = f"Set {label}{'' if own else f' of {names}'} to {value_text(value)}"
    return DesignEdit(
        title, lambda graph: reduce(lambda g, b: edits.set_param(g, b.id, name, value), blocks, graph)
    )


def with_layer(graph: Graph, block_id: str, layer: Layer) -> Graph:
    """Another layer in the same place, with the same wires; a name that a person gave stays."""
    block = graph[block_id]
    given = edits.is_own_name(block)
    new = replace(block, layer=layer, name=block.name if given else edits.new_block(graph, layer).name)
    return replace(graph, blocks=tuple(new if b.id == block.id else b for b in graph.blocks))


def _area(place: Place) -> Rect:
    return Rect(place[0], place[1], place[0] + _BLOCK[0], place[1] + _BLOCK[1])


def _areas(graph: Graph) -> list[Rect]:
    """What blocks and folded groups take up: a folded group stands at the corner of its blocks."""
    corners: dict[str, Place] = {}
    for block in graph.blocks:
        shown = graph.hidden.get(block.id, block.id)
        x, y = corners.get(shown, block.position)
        corners[shown] = min(x, block.position[0]), min(y, block.position[1])
    return [_area(place) for place in corners.values()]


def _straight(graph: Graph, blocks: Sequence[Rect], replaced: Collection[Wire]) -> list[Rect]:
    """What wires take up that lead straight along a row, where no block stands between their ends.

    As seen along the direction, as `blocks` are; a folded group hides its own.
    """
    found = []
    for wire in graph.wires:
        if wire in replaced or wire.source in graph.hidden or wire.target in graph.hidden:
            continue
        start, end = (_area(graph[i].position).turned(graph.direction) for i in (wire.source, wire.target))
        between = Rect(start.right, max(start.top, end.top), end.left, min(start.bottom, end.bottom))
        lies_in_row = between.left < between.right and between.top < between.bottom
        if lies_in_row and not any(rect.meets(between) for rect in blocks):
            found.append(between)
    return found


def _move_on(graph: Graph, wire: Wire, distance: float) -> Graph:
    """Moves what stands in a row, or column, with a wire's target, and behind it, on the way the design runs.

    Where that would put a block on another one, the rows beside move on, too, or none.
    """
    turn = graph.direction.turn
    begin, line = turn(graph[wire.target].position)
    places = {block.id: turn(block.position) for block in graph.blocks}
    behind = {i for i, (along, _) in places.items() if along >= begin}
    row = {i for i in behind if abs(places[i][1] - line) < STEP / 2}
    for moving in (row, behind):
        if wire.source not in moving:
            moved = edits.move(graph, {i: turn((places[i][0] + distance, places[i][1])) for i in moving})
            if not _covers(moved, moving):
                return moved
    return graph


def _covers(graph: Graph, moved: set[str]) -> bool:
    """Whether one of these blocks lies on one that isn't among them."""
    stay = [_area(block.position) for block in graph.blocks if block.id not in moved]
    return any(_area(graph[i].position).meets(rect) for i in moved for rect in stay)
