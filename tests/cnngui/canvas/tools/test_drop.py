"""Blocks dragged in from the palette."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF

from cnngui.canvas.editor.mime import layer_mime
from cnngui.theme.theme import BLOCK_HEADER, BLOCK_WIDTH
from core.design import edits
from core.design.graph import Wire
from tests.cnngui.canvas.conftest import Hand, chain


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
