"""Drawing wires with the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.tools.wire import impossible_ends
from core.design import edits
from core.design.graph import Graph, Wire
from core.layers import LAYERS
from tests.cnngui.canvas.conftest import Hand, chain, loose


def test_a_drag_from_output_to_input_connects(hand: Hand) -> None:
    hand.show(loose("input", "relu"))
    hand.drag(hand.output("input_1"), hand.input("relu_1"))
    assert hand.graph.wires == (Wire("input_1", "relu_1"),)
    assert hand.canvas.document.undo_stack.undoText() == "Connect Input 1 to ReLU 1"


def test_a_drag_from_input_to_output_connects_too(hand: Hand) -> None:
    hand.show(loose("input", "relu"))
    hand.drag(hand.input("relu_1"), hand.output("input_1"))
    assert hand.graph.wires == (Wire("input_1", "relu_1"),)


def test_the_whole_block_takes_a_wire(hand: Hand) -> None:
    hand.show(loose("input", "relu"))
    hand.drag(hand.output("input_1"), hand.header("relu_1"))
    assert hand.graph.wires == (Wire("input_1", "relu_1"),)


def test_a_wire_may_miss_the_port_by_some_pixels(hand: Hand) -> None:
    hand.show(loose("input", "relu"))
    hand.drag(hand.output("input_1") + QPointF(10, -9), hand.input("relu_1") + QPointF(-10, 9))
    assert len(hand.graph.wires) == 1


def test_a_taken_input_gets_the_new_wire(hand: Hand) -> None:
    hand.show(chain("input", "relu", "tanh"))
    hand.drag(hand.output("input_1"), hand.input("tanh_1"))
    assert set(hand.graph.wires) == {Wire("input_1", "relu_1"), Wire("input_1", "tanh_1")}


def test_a_merging_block_always_shows_one_more_input(hand: Hand) -> None:
    hand.show(loose("input", "relu", "add"))
    for number, source in enumerate(("input_1", "relu_1")):
        assert hand.canvas.drawing.block_item("add_1").face.inputs == number + 1
        hand.drag(hand.output(source), hand.input("add_1", number))
    assert hand.graph.wires == (Wire("input_1", "add_1", 0), Wire("relu_1", "add_1", 1))
    assert hand.canvas.drawing.block_item("add_1").face.inputs == 3


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [("tanh_1", "relu_1", "cycle"), ("relu_1", "input_1", "no input")],
)
def test_a_refused_wire_changes_nothing_and_says_why(
    hand: Hand, qtbot: QtBot, source: str, target: str, reason: str
) -> None:
    graph = chain("input", "relu", "tanh")
    hand.show(graph)
    with qtbot.waitSignal(hand.canvas.editor.message) as said:
        hand.drag(hand.output(source), hand.header(target))
    assert said.args is not None
    assert reason in said.args[0]
    assert hand.graph is graph
    assert not hand.canvas.document.undo_stack.canUndo()


def test_the_reason_shows_while_the_wire_is_over_the_block(hand: Hand) -> None:
    hand.show(chain("input", "relu", "tanh"))
    hand.press(hand.output("tanh_1"))
    hand.move(hand.header("relu_1"))
    assert "cycle" in hand.canvas.hint_text()
    hand.move(hand.header("relu_1") + QPointF(0, 300))
    assert not hand.canvas.hint_text()
    hand.release(hand.header("relu_1") + QPointF(0, 300))


def test_blocks_that_cannot_be_the_other_end_are_pale(hand: Hand) -> None:
    hand.show(Graph((*chain("input", "relu", "tanh").blocks, *loose("sigmoid").blocks)))
    hand.press(hand.output("relu_1"))
    hand.move(hand.output("relu_1") + QPointF(40, 40))
    pale = {block for block in hand.graph.by_id if hand.canvas.drawing.block_item(block).is_dimmed}
    assert pale == {"input_1"}
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.output("relu_1") + QPointF(40, 40))
    assert not any(hand.canvas.drawing.block_item(block).is_dimmed for block in hand.graph.by_id)


def test_pulling_at_an_input_takes_the_wire_elsewhere(hand: Hand) -> None:
    hand.show(edits.add(chain("input", "relu"), edits.new_block(Graph(), LAYERS["tanh"](), (220, 200))))
    hand.drag(hand.input("relu_1"), hand.input("tanh_1"))
    assert hand.graph.wires == (Wire("input_1", "tanh_1"),)
    assert hand.canvas.document.undo_stack.count() == 1


def test_a_wire_pulled_off_and_dropped_on_nothing_is_gone(hand: Hand) -> None:
    graph = chain("input", "relu")
    hand.show(graph)
    hand.drag(hand.input("relu_1"), hand.input("relu_1") + QPointF(0, 200))
    assert hand.graph.wires == ()
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph


def test_a_wire_pulled_off_and_put_back_is_no_edit(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    port = hand.input("relu_1")
    hand.press(port)
    hand.move(port + QPointF(0, 100))
    hand.move(port)
    hand.release(port)
    assert not hand.canvas.document.undo_stack.canUndo()


def test_a_click_on_a_port_selects_its_block(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.click(hand.input("relu_1"))
    assert hand.selected() == ["relu_1"]
    assert len(hand.graph.wires) == 1


def test_escape_drops_the_wire(hand: Hand) -> None:
    graph = chain("input", "relu", "tanh")
    hand.show(graph)
    before = hand.canvas.drawing.snapshot()
    hand.press(hand.input("tanh_1"))
    hand.move(hand.input("relu_1") + QPointF(0, 120))
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.input("relu_1"))
    assert hand.graph is graph
    assert hand.canvas.drawing.snapshot() == before


def test_a_click_on_a_wire_selects_it_and_delete_removes_it(hand: Hand) -> None:
    hand.show(chain("input", "relu", "tanh"))
    hand.click(hand.middle(Wire("input_1", "relu_1")))
    assert hand.canvas.editor.selected_wires() == (Wire("input_1", "relu_1"),)
    hand.key(Qt.Key.Key_Delete)
    assert hand.graph.wires == (Wire("relu_1", "tanh_1"),)
    assert hand.canvas.editor.selected_wires() == ()


def test_several_wires_into_one_block_are_deleted_at_once(hand: Hand) -> None:
    graph = loose("input", "relu", "tanh", "add")
    for source in ("input_1", "relu_1", "tanh_1"):
        graph = edits.connect(graph, source, "add_1")
    hand.show(graph)
    hand.canvas.editor.select((), (Wire("input_1", "add_1", 0), Wire("relu_1", "add_1", 1)))
    hand.canvas.editor.selected.delete()
    assert hand.graph.wires == (Wire("tanh_1", "add_1", 0),)
    assert hand.canvas.document.undo_stack.undoText() == "Delete 2 wires"


def test_all_impossible_ends_at_once_are_those_that_are_refused() -> None:
    graph = edits.connect(chain("input", "relu", "add", "tanh", "classification"), "input_1", "add_1")
    for block in graph.by_id:
        others = graph.by_id.keys() - {block}
        if graph[block].layer.has_output:
            refused = {other for other in others if edits.refusal(graph, block, other)}
            assert impossible_ends(graph, Port(block, True)) == refused
        if graph[block].layer.inputs != 0:
            refused = {other for other in others if edits.refusal(graph, other, block)}
            assert impossible_ends(graph, Port(block, False)) == refused
