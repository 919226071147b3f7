"""The canvas without a mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.design import edits
from tests.cnngui.canvas.conftest import CTRL, SHIFT, Hand, chain, loose


def test_arrows_move_the_selected_blocks_in_one_undo_step(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select(["relu_1"])
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert hand.graph["relu_1"].position == (224.0, 40.0)
    assert hand.canvas.document.undo_stack.count() == 1


def test_without_a_selection_arrows_move_the_view(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    before = hand.canvas.visible_area().left()
    hand.key(Qt.Key.Key_Right)
    assert hand.canvas.visible_area().left() > before


def test_shift_tab_leaves_the_canvas(hand: Hand, qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    row = QHBoxLayout(around)
    before = QLineEdit()
    row.addWidget(before)
    row.addWidget(hand.canvas)
    around.show()
    around.activateWindow()
    qtbot.waitUntil(around.isActiveWindow)
    hand.canvas.setFocus()
    hand.show(chain("input", "relu"))
    hand.key(Qt.Key.Key_Backtab, SHIFT)
    assert before.hasFocus()
    hand.canvas.setParent(None)


def test_control_and_arrows_go_to_the_neighbour(hand: Hand) -> None:
    hand.show(loose("input", "relu", "tanh"))
    hand.canvas.editor.select(["relu_1"])
    hand.key(Qt.Key.Key_Right, CTRL)
    assert hand.selected() == ["tanh_1"]
    hand.key(Qt.Key.Key_Right, CTRL)
    assert hand.selected() == ["tanh_1"]
    hand.key(Qt.Key.Key_Left, CTRL)
    assert hand.selected() == ["relu_1"]


def test_enter_activates_the_current_block(hand: Hand, qtbot: QtBot) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select(["relu_1"])
    with qtbot.waitSignal(hand.canvas.activated) as activated:
        hand.key(Qt.Key.Key_Return)
    assert activated.args == ["relu_1"]


def test_a_key_without_a_meaning_here_is_left_to_the_window(hand: Hand) -> None:
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    hand.canvas.keyPressEvent(press)
    assert not press.isAccepted()


def heard(hand: Hand) -> list[str]:
    """What a screen reader is told of the canvas, line by line."""
    interface = QAccessible.queryAccessibleInterface(hand.canvas)
    assert interface.text(QAccessible.Text.Name) == "Canvas"
    return interface.text(QAccessible.Text.Description).splitlines()


def test_a_screen_reader_hears_the_current_block(hand: Hand) -> None:
    hand.show(chain("input", "conv2d", "dense"))
    hand.canvas.editor.select(["conv2d_1"])
    name, title, settings, output, *cost, size = heard(hand)
    assert [name, title, settings, output] == ["Conv 2D 1", "Conv 2D", "16, 3 × 3", "Output 16 × 26 × 26"]
    assert cost == ["Parameters 160", "Multiply-adds 97,344"]
    assert size == "3 blocks, 2 wires."
    hand.key(Qt.Key.Key_Right, CTRL)
    said = " ".join(heard(hand))
    assert said.startswith("Dense 1 Dense")
    assert "Error" in said
    assert "vector" in said


def test_a_screen_reader_hears_what_an_edit_changes(hand: Hand) -> None:
    hand.show(chain("input", "conv2d"))
    hand.canvas.editor.select(["conv2d_1"])
    hand.canvas.editor.edit("Change", lambda graph: edits.set_param(graph, "conv2d_1", "filters", 8))
    assert "Output 8 × 26 × 26" in heard(hand)


def test_without_a_current_block_the_size_of_the_design_is_said(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select([])
    assert heard(hand) == ["2 blocks, 1 wire."]
