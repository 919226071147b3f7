"""Blocks dragged in from the palette."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt

from cnngui.canvas.editor.mime import layer_mime, snippet_mime
from cnngui.theme.theme import BLOCK_HEADER
from core.design import edits, notes
from core.design.graph import Wire
from core.drawing.measures import BLOCK_WIDTH
from core.templates import SNIPPETS
from tests.cnngui.canvas.conftest import ALT, NO_KEY, Hand, chain, loose


def test_a_block_lands_with_its_header_under_the_cursor(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.drop(layer_mime("relu"), QPointF(400, 200))
    assert hand.graph["relu_1"].position == (400 - BLOCK_WIDTH / 2, 200 - BLOCK_HEADER / 2 - 2)
    assert hand.selected() == ["relu_1"]
    assert hand.graph.wires == ()
    assert hand.canvas.document.undo_stack.undoText() == "Add ReLU 1"


def test_a_block_dropped_on_a_wire_is_inserted(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.drop(layer_mime("tanh"), hand.middle(Wire("input_1", "relu_1")))
    assert set(hand.graph.wires) == {Wire("input_1", "tanh_1"), Wire("tanh_1", "relu_1")}
    assert hand.canvas.document.undo_stack.count() == 1


def test_neighbours_in_the_row_make_room_for_an_inserted_block(hand: Hand) -> None:
    graph = edits.move(chain("input", "relu", "flatten", "dense"), {"dense_1": (220.0, 400.0)})
    hand.show(graph)
    hand.drop(layer_mime("tanh"), hand.middle(Wire("input_1", "relu_1")))
    bodies = {block: hand.canvas.drawing.block_item(block).body for block in hand.graph.by_id}
    assert not any(a.intersects(b) for a in bodies.values() for b in bodies.values() if a is not b)
    assert bodies["input_1"].x() < bodies["tanh_1"].x() < bodies["relu_1"].x() < bodies["flatten_1"].x()
    assert hand.graph["dense_1"] == graph["dense_1"]
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph


def test_where_there_is_room_a_block_stays_where_it_was_dropped(hand: Hand) -> None:
    graph = edits.move(chain("input", "relu"), {"relu_1": (700.0, 0.0)})
    hand.show(graph)
    hand.drop(layer_mime("tanh"), hand.middle(graph.wires[0]))
    assert hand.graph["relu_1"] == graph["relu_1"]
    assert hand.canvas.drawing.block_item("tanh_1").body.contains(QPointF(434, 44))


def test_a_block_that_cannot_stand_in_a_wire_is_just_added(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.drop(layer_mime("classification"), hand.middle(Wire("input_1", "relu_1")))
    assert hand.graph.wires == (Wire("input_1", "relu_1"),)
    assert len(hand.graph.blocks) == 3


def test_the_block_is_seen_before_it_is_dropped(hand: Hand) -> None:
    graph = chain("input")
    hand.show(graph)
    before = hand.canvas.drawing.snapshot()
    hand.drag_in(layer_mime("relu"), QPointF(400, 200))
    assert set(hand.canvas.drawing.graph.by_id) == {"input_1", "relu_1"}
    assert hand.graph is graph
    hand.drag_out()
    assert hand.canvas.drawing.snapshot() == before
    assert not hand.canvas.document.undo_stack.canUndo()


def test_over_a_wire_the_shapes_behind_the_block_are_seen_too(hand: Hand) -> None:
    graph = chain("input", "relu")
    hand.show(graph)
    on_wire = hand.middle(graph.wires[0])
    hand.drag_in(layer_mime("max_pool"), on_wire)
    assert hand.canvas.drawing.block_item("relu_1").face.shape == (1, 14, 14)
    hand.drag_over(layer_mime("max_pool"), on_wire + QPointF(3, 2))
    assert hand.canvas.drawing.block_item("relu_1").face.shape == (1, 14, 14)
    hand.drag_over(layer_mime("max_pool"), on_wire + QPointF(0, 100))
    assert hand.canvas.drawing.block_item("relu_1").face.shape == (1, 28, 28)
    assert set(graph.wires) <= set(hand.canvas.drawing.graph.wires)
    hand.drag_out()
    assert hand.graph is graph


def test_other_things_are_not_taken(hand: Hand) -> None:
    text, unknown = QMimeData(), layer_mime("no_such_layer")
    text.setText("relu")
    for data in (text, unknown):
        assert not hand.drag_in(data, QPointF(100, 100)).isAccepted()
        hand.drop(data, QPointF(100, 100))
    assert hand.graph.blocks == ()


def test_the_empty_state_makes_way_for_what_is_dragged_in(hand: Hand) -> None:
    empty = hand.canvas.empty_state
    assert empty.isVisible()
    hand.drag_in(layer_mime("relu"), QPointF(0, 0))
    assert not empty.isVisible()
    hand.drag_out()
    assert empty.isVisible()
    hand.drop(layer_mime("relu"), QPointF(0, 0))
    assert not empty.isVisible()
    hand.canvas.document.undo_stack.undo()
    assert empty.isVisible()


def overlaps(hand: Hand) -> list[tuple[str, str]]:
    """The pairs of blocks, folded groups and comments of which one lies on the other."""
    drawing = hand.canvas.drawing
    areas = drawing.bodies() | {note.id: drawing.notes.body(note.id) for note in hand.graph.comments}
    return [(a, b) for a, b in combinations(areas, 2) if areas[a].intersects(areas[b])]


def test_a_block_dropped_on_another_goes_beside_it_as_it_was_seen(hand: Hand) -> None:
    hand.show(loose("input", "relu", "tanh"))
    place = hand.canvas.drawing.body("relu_1").center()
    hand.drag_in(layer_mime("elu"), place)
    seen = hand.canvas.drawing.graph["elu_1"].position
    hand.drop(layer_mime("elu"), place)
    assert overlaps(hand) == []
    assert hand.graph["elu_1"].position == seen
    assert abs(seen[1]) < 200


@pytest.mark.parametrize("snippet", [snippet.name for snippet in SNIPPETS])
def test_a_snippet_dropped_on_blocks_lies_on_none(hand: Hand, snippet: str) -> None:
    hand.show(edits.move(chain("input", "relu"), {"relu_1": (260.0, 40.0)}))
    place = hand.canvas.drawing.body("relu_1").center()
    hand.drag_in(snippet_mime(snippet), place)
    seen = {block.id: block.position for block in hand.canvas.drawing.graph.blocks}
    hand.drop(snippet_mime(snippet), place)
    assert overlaps(hand) == []
    assert {block.id: block.position for block in hand.graph.blocks} == seen


def test_copies_lie_on_nothing(hand: Hand) -> None:
    graph, _ = notes.add_comment(chain("input", "relu", "tanh"), (220.0, 140.0), "Look here")
    hand.show(graph)
    hand.canvas.editor.select(["relu_1", "tanh_1", "comment_1"])
    hand.canvas.editor.clipboard.copy()
    hand.canvas.editor.clipboard.paste()
    hand.canvas.editor.clipboard.paste(hand.canvas.drawing.body("input_1").center())
    hand.canvas.editor.clipboard.duplicate()
    assert len(hand.graph.blocks) == 9
    assert overlaps(hand) == []
    first, second = hand.graph["relu_1"].position, hand.graph["tanh_1"].position
    for copy in (2, 3, 4):
        (x, y), (x2, y2) = hand.graph[f"relu_{copy}"].position, hand.graph[f"tanh_{copy}"].position
        assert (x2 - x, y2 - y) == (second[0] - first[0], second[1] - first[1])


@pytest.mark.parametrize("keys", [NO_KEY, ALT])
def test_a_block_moved_onto_another_or_a_comment_goes_beside_it(
    hand: Hand, keys: Qt.KeyboardModifier
) -> None:
    graph, _ = notes.add_comment(loose("input", "relu"), (0.0, 400.0), "Look here")
    hand.show(graph)
    hand.drag(hand.header("relu_1"), hand.header("input_1") + QPointF(20, 20), keys)
    assert overlaps(hand) == []
    assert hand.canvas.document.undo_stack.count() == 1
    hand.drag(hand.header("relu_1"), hand.canvas.drawing.notes.body("comment_1").center(), keys)
    assert overlaps(hand) == []


def test_a_block_put_into_a_wire_around_another_lies_beside_that(hand: Hand) -> None:
    graph = edits.disconnect(chain("input", "relu", "tanh"), Wire("relu_1", "tanh_1"))
    graph = edits.connect(edits.move(graph, {"tanh_1": (700.0, 0.0)}), "input_1", "tanh_1")
    hand.show(graph)
    wire = Wire("input_1", "tanh_1")
    item = hand.canvas.drawing.wire_items()[wire]
    place = item.start + item.path.pointAtPercent(0.4)
    hand.drag_in(layer_mime("elu"), place)
    seen = hand.canvas.drawing.graph["elu_1"].position
    hand.drop(layer_mime("elu"), place)
    assert wire not in hand.graph.wires
    assert overlaps(hand) == []
    assert hand.graph["elu_1"].position == seen


def test_the_first_block_stays_where_it_was_dropped(hand: Hand) -> None:
    hand.canvas.fit()
    hand.drop(layer_mime("input"), hand.canvas.mapToScene(330, 180))
    place = hand.canvas.pixels_of(hand.canvas.drawing.body("input_1"))
    assert place.contains(330, 180)
    hand.canvas.resize(hand.canvas.width() - 270, hand.canvas.height())  # Properties opens
    assert hand.canvas.pixels_of(hand.canvas.drawing.body("input_1")) == place
