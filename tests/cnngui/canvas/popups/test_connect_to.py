"""Drawing wires with the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.design import edits
from core.design.graph import Graph, Wire
from tests.cnngui.canvas.conftest import CTRL, NO_KEY, Hand, chain, loose


def press(hand: Hand, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.keyClick(hand.canvas.connect_to.line, key, keys)


def start(hand: Hand, graph: Graph, block: str) -> None:
    hand.show(graph)
    hand.canvas.editor.select([block])
    hand.key(Qt.Key.Key_C)


def test_a_typed_name_and_enter_connect(hand: Hand) -> None:
    start(hand, loose("input", "relu", "tanh"), "input_1")
    QTest.keyClicks(hand.canvas.connect_to.line, "tan")
    press(hand, Qt.Key.Key_Return)
    assert hand.graph.wires == (Wire("input_1", "tanh_1"),)
    assert hand.canvas.hasFocus()


def test_control_and_arrows_find_the_target(hand: Hand) -> None:
    start(hand, loose("input", "relu", "tanh"), "input_1")
    press(hand, Qt.Key.Key_Right, CTRL)
    press(hand, Qt.Key.Key_Return)
    assert hand.graph.wires == (Wire("input_1", "tanh_1"),)


def test_a_refused_target_comes_last_with_its_reason(hand: Hand) -> None:
    start(hand, chain("input", "relu", "tanh"), "relu_1")
    popup = hand.canvas.connect_to
    QTest.keyClicks(popup.line, "input")
    choice = popup.list.current()
    assert choice is not None
    assert not choice.possible
    press(hand, Qt.Key.Key_Return)
    assert "no input" in hand.canvas.hint_text()
    assert popup.isVisible()
    assert len(hand.graph.wires) == 2


def test_escape_draws_nothing(hand: Hand) -> None:
    start(hand, loose("input", "relu"), "input_1")
    press(hand, Qt.Key.Key_Escape)
    assert not hand.graph.wires
    assert hand.canvas.connect_to.isHidden()
    assert hand.canvas.hasFocus()


def test_a_merging_block_takes_one_input_more(hand: Hand) -> None:
    graph = edits.add(chain("input", "relu"), edits.new_block(Graph(), loose("add").blocks[0].layer))
    graph = edits.connect(graph, "relu_1", "add_1")
    start(hand, graph, "input_1")
    QTest.keyClicks(hand.canvas.connect_to.line, "add")
    press(hand, Qt.Key.Key_Return)
    assert Wire("input_1", "add_1", 1) in hand.graph.wires


def test_what_a_new_wire_replaces_is_said(hand: Hand) -> None:
    start(hand, edits.add(chain("input", "relu", "tanh"), loose("elu").blocks[0]), "elu_1")
    QTest.keyClicks(hand.canvas.connect_to.line, "tanh")
    choice = hand.canvas.connect_to.list.current()
    assert choice is not None
    assert "ReLU 1" in choice.detail


def test_a_block_without_output_starts_no_wire(hand: Hand) -> None:
    start(hand, chain("input", "classification"), "classification_1")
    assert hand.canvas.connect_to.isHidden()
    assert "no output" in hand.canvas.hint_text()
