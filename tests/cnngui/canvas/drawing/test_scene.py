"""The scene is a function of the document: whatever was edited, it equals one drawn from nothing."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF

from cnngui.canvas.drawing.layout import BlockLayout, input_count
from cnngui.canvas.drawing.picking import hit
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.tools import MoveBlocks, Pointer
from cnngui.canvas.view.view import Canvas
from cnngui.models.document import Document
from cnngui.theme.theme import DARK
from core.design import edits, groups, notes
from core.design.direction import Direction
from core.design.folding import folding
from core.design.graph import Graph, Wire
from core.design.infer import infer
from core.errors import DesignError
from core.layers import LAYERS
from tests.cnngui.canvas.conftest import Hand, chain, loose
from tests.core.design.edit_sequences import check_invariants

KINDS = sorted(layer.kind for layer in LAYERS)

places = st.tuples(st.integers(-50, 50), st.integers(-50, 50))
picks = st.integers(0, 11)
SEQUENCES = int(os.environ.get("CNNGUI_TEST_SEQUENCES", "200"))
KEEPING = {"add", "append", "connect", "disconnect", "move", "duplicate", "set"} | {
    "group", "ungroup", "fold", "repeat", "frame", "comment", "copy", "drag", "drop", "into", "out",
}  # fmt: skip
"""Steps that lose no block."""
steps = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(KINDS), places),
    st.tuples(st.just("append"), st.sampled_from(KINDS)),
    st.tuples(st.just("connect"), picks, picks, st.none() | st.integers(0, 2)),
    st.tuples(st.just("disconnect"), picks),
    st.tuples(st.just("remove"), picks, st.booleans()),
    st.tuples(st.just("move"), picks, places),
    st.tuples(st.just("duplicate"), picks, picks),
    st.tuples(st.just("set"), picks, picks),
    st.tuples(st.just("group"), picks, picks),
    st.tuples(st.just("ungroup"), picks),
    st.tuples(st.just("fold"), picks),
    st.tuples(st.just("repeat"), picks, st.integers(1, 3)),
    st.tuples(st.just("frame"), places),
    st.tuples(st.just("comment"), places),
    st.tuples(st.just("copy"), picks, picks),
    st.tuples(st.just("drag"), picks, picks, st.sampled_from(("", "alt", "all", "esc"))),
    st.tuples(st.just("drop"), st.sampled_from(KINDS), picks),
    st.tuples(st.just("into"), picks, picks),
    st.tuples(st.just("out"), picks),
    st.tuples(st.sampled_from(("undo", "redo", "turn"))),
)


def _pick(items: tuple[Any, ...], number: int) -> Any:
    return items[number % len(items)]


def _apply(canvas: Canvas, step: tuple[Any, ...]) -> None:
    document, graph = canvas.document, canvas.document.graph
    if step[0] in ("undo", "redo", "turn"):
        {
            "undo": document.undo_stack.undo,
            "redo": document.undo_stack.redo,
            "turn": canvas.editor.arranging.turn,
        }[step[0]]()
    elif step[0] == "add":
        canvas.editor.blocks.add(step[1], QPointF(*step[2]) * 20)
    elif step[0] == "append":
        canvas.editor.blocks.add(step[1])
    elif step[0] == "frame":
        canvas.editor.edit("Edit", lambda g: notes.add_frame(g, step[1], (400, 300))[0])
    elif step[0] == "comment":
        canvas.editor.edit("Edit", lambda g: notes.add_comment(g, step[1], "Why?")[0])
    elif step[0] in ("ungroup", "fold", "repeat"):
        if graph.groups:
            _change_group(canvas, _pick(graph.groups, step[1]).id, step)
    elif step[0] in ("group", "copy") and graph.blocks:
        canvas.editor.select([_pick(graph.blocks, step[1]).id, _pick(graph.blocks, step[2]).id], ())
        if step[0] == "group":
            canvas.editor.groups.group()
        else:
            canvas.editor.clipboard.copy()
            canvas.editor.clipboard.paste()
    elif step[0] in ("drag", "drop", "into", "out") and graph.blocks:
        _change_members(canvas, step)
    elif graph.blocks:
        canvas.editor.edit("Edit", _change(graph, step))


def _change_members(canvas: Canvas, step: tuple[Any, ...]) -> None:
    groups, shown = canvas.document.graph.groups, _shown(canvas)
    match step:
        case "drag", part, to, how:
            _drag(canvas, _pick(shown, part), _spot(canvas, to), how)
        case "drop", kind, to:
            canvas.editor.blocks.add(kind, _spot(canvas, to))
        case "into", part, group if groups:
            canvas.editor.select([_pick(shown, part)], ())
            canvas.editor.members.move_into(_pick(groups, group).id)
        case "out", part:
            canvas.editor.select([_pick(shown, part)], ())
            canvas.editor.members.take_out()


def _shown(canvas: Canvas) -> tuple[str, ...]:
    """What can be grabbed: blocks and groups."""
    graph = canvas.document.graph
    return tuple(part for part in (*graph.by_id, *graph.group_by_id) if part not in graph.hidden)


def _spot(canvas: Canvas, number: int) -> QPointF:
    """The lower left corner of a block or group, or a place below everything."""
    parts = _shown(canvas)
    if number > len(parts):
        return canvas.drawing.content_rect().bottomLeft() + QPointF(100, 100)
    return canvas.drawing.body(_pick(parts, number)).bottomLeft() + QPointF(8, -8)


def _drag(canvas: Canvas, part: str, to: QPointF, how: str) -> None:
    """With the mouse, as far as it matters: places that are out of sight can be dragged to as well."""
    if how == "all":
        canvas.editor.select_all()
    start = canvas.drawing.body(part).topLeft() + QPointF(60, 12)
    tool = MoveBlocks(canvas, part)
    tool.start(Pointer(start, QPoint(0, 0)))
    for point in ((start + to) / 2, to):
        pointer = Pointer(point, QPoint(100, 100), free=how == "alt")
        tool.move(pointer)
    tool.cancel() if how == "esc" else tool.end(pointer)


def _change_group(canvas: Canvas, group: str, step: tuple[Any, ...]) -> None:
    if step[0] == "repeat":
        canvas.editor.edit("Edit", lambda g: groups.set_repeat(g, group, step[2]))
    elif group not in canvas.document.graph.hidden:
        canvas.editor.select((group,), ())
        canvas.editor.groups.toggle() if step[0] == "fold" else canvas.editor.groups.unpack()


def _change(graph: Graph, step: tuple[Any, ...]) -> Callable[[Graph], Graph]:
    block = _pick(graph.blocks, step[1])
    match step[0]:
        case "connect":
            return lambda g: edits.connect(g, block.id, _pick(g.blocks, step[2]).id, step[3])
        case "disconnect":
            return lambda g: edits.disconnect(g, _pick(g.wires, step[1])) if g.wires else g
        case "remove":
            return lambda g: edits.remove(g, [block.id], reconnect=step[2])
        case "move":
            return lambda g: edits.move(g, {block.id: (step[2][0] * 20.0, step[2][1] * 20.0)})
        case "duplicate":
            ids = {block.id, _pick(graph.blocks, step[2]).id}
            return lambda g: edits.paste(g, edits.part(g, ids), (8, 8))[0]
        case _:
            return lambda g: _set_first(g, block.id, step[2])


def _set_first(graph: Graph, block_id: str, value: int) -> Graph:
    layer = type(graph[block_id].layer)
    for name in ("filters", "units", "size"):
        if hasattr(layer, name):
            try:
                return edits.set_param(graph, block_id, name, value)
            except DesignError:
                return edits.set_param(graph, block_id, name, (value, value))
    return graph


def _stages() -> Graph:
    """A chain with open groups: one in another, one that is repeated, and a block that stands alone."""
    graph = chain("input", "relu", "conv2d", "batch_norm", "relu", "tanh", "flatten", "dense", "softmax")
    graph = edits.add(graph, edits.new_block(graph, LAYERS["elu"](), (220, 300)))
    graph = groups.group(graph, ["relu_1", "conv2d_1"])
    graph = groups.group(graph, ["group_1", "batch_norm_1"])
    return groups.set_repeat(groups.group(graph, ["relu_2", "tanh_1"]), "group_3", 2)


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from((Graph(), _stages())), st.lists(steps, max_size=25))
def test_the_scene_equals_one_drawn_from_nothing(
    canvas: Canvas, start: Graph, script: list[tuple[Any, ...]]
) -> None:
    canvas.document.open(start)
    for step in script:
        before, index = canvas.document.graph, canvas.document.undo_stack.index()
        _apply(canvas, step)
        graph = canvas.document.graph
        assert canvas.document.undo_stack.index() <= index + 1
        if step[0] in KEEPING:
            assert before.by_id.keys() <= graph.by_id.keys()
        check_invariants(graph)
        fresh = Scene(Style(DARK))
        fresh.show(graph, canvas.document.inference)
        for drawing in (fresh, canvas.drawing):
            drawing.mark(canvas.selection.ids, None, canvas.editor.selected_wires(), canvas.selection.group)
            drawing.notes.mark(canvas.selection.notes)
        assert canvas.drawing.snapshot() == fresh.snapshot()
        groups_drawn = {group.id for group in graph.groups if group.id not in graph.hidden}
        blocks_drawn = graph.by_id.keys() - graph.hidden.keys()
        assert canvas.drawing.snapshot().keys() == {
            *(graph.ids - graph.by_id.keys() - graph.group_by_id.keys()),
            *blocks_drawn,
            *groups_drawn,
            *folding(graph).wires,
        }
    stack = canvas.document.undo_stack
    stack.setIndex(stack.count())
    last = canvas.document.graph
    stack.setIndex(0)
    assert canvas.document.graph == start
    stack.setIndex(stack.count())
    assert canvas.document.graph == last


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_covers_all_that_it_paints(canvas: Canvas, kind: str) -> None:
    for graph in (loose(kind), chain("input", "conv2d", kind)):
        canvas.document.open(graph)
        for block in graph.by_id:
            item = canvas.drawing.block_item(block)
            assert item.rect() == item.layout.bounds
            assert item.sceneBoundingRect().contains(item.body)


def test_a_wire_goes_straight_again_when_the_block_in_its_way_is_gone(canvas: Canvas) -> None:
    graph = edits.move(chain("input", "relu"), {"relu_1": (700.0, 0.0)})
    canvas.document.open(graph)
    straight = canvas.drawing.snapshot()
    blocking = edits.new_block(graph, LAYERS["tanh"](), (350.0, 0.0))
    canvas.document.edit("Add", lambda g: edits.add(g, blocking))
    assert canvas.drawing.snapshot()[graph.wires[0]] != straight[graph.wires[0]]
    canvas.document.undo_stack.undo()
    assert canvas.drawing.snapshot() == straight


def test_wires_out_of_a_folded_group_keep_up_with_their_shapes(canvas: Canvas) -> None:
    """The group that feeds two looks the same, whatever shapes they are."""
    graph = groups.group(chain("input", "relu", "conv2d", "tanh"), ["input_1", "conv2d_1"])
    canvas.document.open(groups.fold(graph, "group_1"))
    canvas.editor.edit("Disconnect", lambda g: edits.disconnect(g, Wire("relu_1", "conv2d_1")))
    fresh = Scene(Style(DARK))
    fresh.show(canvas.document.graph, canvas.document.inference)
    assert canvas.drawing.snapshot() == fresh.snapshot()


def test_untouched_items_are_kept(canvas: Canvas) -> None:
    document = canvas.document
    document.open(chain("input", "relu", "tanh"))
    before = {block: canvas.drawing.block_item(block) for block in document.graph.by_id}
    document.edit("Move", lambda graph: edits.move(graph, {"relu_1": (100.0, 300.0)}))
    document.edit("Delete", lambda graph: edits.remove(graph, ["tanh_1"]))
    after = {block: canvas.drawing.block_item(block) for block in document.graph.by_id}
    assert after == {block: before[block] for block in ("input_1", "relu_1")}


def test_a_block_shows_the_shape_that_inference_found(canvas: Canvas) -> None:
    canvas.document.open(chain("input", "conv2d"))
    canvas.document.edit("Set", lambda graph: edits.set_param(graph, "conv2d_1", "filters", 7))
    face = canvas.drawing.block_item("conv2d_1").face
    assert face.shape_text == "7 × 26 × 26"
    assert face.summary.startswith("7")


def test_a_block_shows_what_it_costs(canvas: Canvas) -> None:
    canvas.document.open(chain("input", "conv2d", "relu"))
    conv, relu = (canvas.drawing.block_item(block) for block in ("conv2d_1", "relu_1"))
    assert conv.face.cost_text == "160 · 97,344 MAC"  # 16 · (9 + 1), and 16 · 9 · 26²
    assert conv.layout.has_cost
    assert not relu.face.cost_text
    assert not relu.layout.has_cost
    canvas.document.edit("Set", lambda graph: edits.set_param(graph, "input_1", "shape", (3, 28, 28)))
    assert conv.face.cost_text == "448 · 292 k MAC"


def test_what_blocks_cost_can_be_hidden(canvas: Canvas) -> None:
    canvas.document.open(chain("input", "conv2d"))
    item = canvas.drawing.block_item("conv2d_1")
    height = item.body.height()
    canvas.set_costs(False)
    assert not item.layout.has_cost
    assert item.body.height() < height
    assert "Parameters 160" in item.face.description
    canvas.set_costs(True)
    assert item.body.height() == height


def test_errors_come_before_warnings_on_a_block() -> None:
    document = Document()
    document.open(chain("input", "dense"))
    for block in document.graph.by_id:
        scene = Scene(Style(DARK))
        scene.show(document.graph, document.inference)
        assert scene.block_item(block).face.problem == document.inference.problem(block)


def test_the_message_leaves_out_the_name_that_stands_above(canvas: Canvas) -> None:
    canvas.document.open(loose("dense"))
    face = canvas.drawing.block_item("dense_1").face
    assert face.problem is not None
    assert face.problem.message.startswith("Dense 1")
    assert face.message == "Has no input."


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("inputs", [0, 1, 2, 5, 20])
@pytest.mark.parametrize("message_lines", [0, 2])
@pytest.mark.parametrize("has_thumbnail", [False, True])
def test_everything_on_a_block_lies_inside_it(
    inputs: int, message_lines: int, has_thumbnail: bool, direction: Direction
) -> None:
    layout = BlockLayout(
        inputs=inputs,
        has_summary=True,
        has_shape=not message_lines,
        has_cost=not message_lines,
        message_lines=message_lines,
        has_thumbnail=has_thumbnail,
        direction=direction,
    )
    body, along = layout.body, 0 if direction is Direction.RIGHT else 1
    low, high = body.topLeft().toTuple(), body.bottomRight().toTuple()
    ports = [layout.input_point(number).toTuple() for number in range(inputs)]
    output = layout.output_point().toTuple()
    assert all(low[1 - along] < port[1 - along] < high[1 - along] for port in (*ports, output))
    assert {port[along] for port in ports} <= {low[along]}
    assert output[along] == high[along]
    assert len(set(ports)) == inputs
    if has_thumbnail:
        assert body.contains(layout.thumbnail)
        assert layout.thumbnail.top() >= layout.message_top + 16 * message_lines
    assert layout.bounds.contains(layout.badge)
    assert layout.height % 4 == 0


def test_a_wire_into_an_input_too_many_still_has_a_port() -> None:
    graph = loose("relu", "tanh")
    graph = Graph(graph.blocks, (Wire("relu_1", "tanh_1", 3),))
    assert input_count(graph["tanh_1"].layer, graph.wires) == 4


def test_a_point_means_the_port_before_the_block_before_the_wire(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    drawing = hand.canvas.drawing
    port = hand.input("relu_1")
    assert hit(drawing, port + QPointF(8, 8)) == Port("relu_1", False)
    assert hit(drawing, port + QPointF(40, 0)) == "relu_1"
    assert hit(drawing, hand.middle(Wire("input_1", "relu_1"))) == Wire("input_1", "relu_1")
    assert hit(drawing, port + QPointF(0, 300)) is None


def test_inference_of_the_whole_is_what_the_scene_was_given() -> None:
    graph = chain("input", "conv2d", "relu")
    scene = Scene(Style(DARK))
    scene.show(graph, infer(graph))
    moved = edits.move(graph, {"relu_1": (7.0, 7.0)})
    scene.show(moved, infer(moved))
    fresh = Scene(Style(DARK))
    fresh.show(moved, infer(moved))
    assert scene.snapshot() == fresh.snapshot()


def test_a_block_that_was_out_of_sight_during_an_edit_shows_what_became_of_it(hand: Hand) -> None:
    def end() -> object:
        hand.canvas.centerOn(20 * 220, 0)
        picture = hand.canvas.viewport().grab().toImage()
        hand.canvas.centerOn(0, 0)
        hand.canvas.viewport().grab()
        return picture

    hand.show(chain("input", *["conv2d", "relu"] * 10))
    document = hand.canvas.document
    before = end()
    document.edit("Edit", lambda graph: edits.set_param(graph, "input_1", "shape", (3, 60, 64)))
    document.edit("Edit", lambda graph: edits.set_param(graph, "conv2d_2", "padding", "same"))
    after = end()
    hand.canvas.drawing.set_style(Style(DARK))
    assert end() == after != before
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert end() == before


def test_what_marks_a_block_is_seen_when_it_changes(hand: Hand) -> None:
    def picture() -> object:
        return hand.canvas.viewport().grab().toImage()

    graph = chain("input", "relu")
    hand.show(graph)
    seen = [picture()]
    hand.canvas.editor.select(["relu_1"])
    seen.append(picture())
    hand.canvas.editor.select(["input_1"])
    seen.append(picture())
    hand.canvas.editor.select([])
    hand.canvas.drawing.hover(Port("relu_1", False))
    seen.append(picture())
    hand.canvas.drawing.hover(None)
    assert picture() == seen[0]
    hand.canvas.document.edit("Edit", lambda g: edits.disconnect(g, graph.wires[0]))
    seen.append(picture())
    assert not [1 for one, other in itertools.combinations(seen, 2) if one == other]
    hand.canvas.document.undo_stack.undo()
    assert picture() == seen[0]


@pytest.mark.parametrize("zoom", [0.15, 1.0])
def test_after_an_edit_at_any_zoom_the_texts_are_as_if_drawn_from_nothing(hand: Hand, zoom: float) -> None:
    def picture() -> object:
        hand.canvas.zoom_to(1.0)
        hand.canvas.centerOn(300, 0)
        return hand.canvas.viewport().grab().toImage()

    hand.show(chain("input", "conv2d", "relu"))
    document = hand.canvas.document
    before = picture()
    hand.canvas.zoom_to(zoom)
    document.edit("Edit", lambda graph: edits.set_param(graph, "input_1", "shape", (3, 60, 64)))
    after = picture()
    hand.canvas.drawing.set_style(Style(DARK))
    assert picture() == after != before
    document.undo_stack.undo()
    assert picture() == before
