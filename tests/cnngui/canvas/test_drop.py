"""Blocks dragged in from the palette."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF

from cnngui.canvas.mime import layer_mime
from cnngui.theme import BLOCK_HEADER, BLOCK_WIDTH
from core.graph import Wire
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


def test_other_things_are_not_taken(hand: Hand) -> None:
    text, unknown = QMimeData(), layer_mime("no_such_layer")
    text.setText("relu")
    for data in (text, unknown):
        assert not hand.drag_in(data, QPointF(100, 100)).isAccepted()
        hand.drop(data, QPointF(100, 100))
    assert hand.graph.blocks == ()
