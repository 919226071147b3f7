"""The canvas without a mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.cnngui.canvas.conftest import CTRL, SHIFT, Hand, chain, loose


def test_arrows_move_the_selected_blocks_in_one_undo_step(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.select(["relu_1"])
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
    hand.canvas.select(["relu_1"])
    hand.key(Qt.Key.Key_Right, CTRL)
    assert hand.selected() == ["tanh_1"]
    hand.key(Qt.Key.Key_Right, CTRL)
    assert hand.selected() == ["tanh_1"]
    hand.key(Qt.Key.Key_Left, CTRL)
    assert hand.selected() == ["relu_1"]


def test_enter_activates_the_current_block(hand: Hand, qtbot: QtBot) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.select(["relu_1"])
    with qtbot.waitSignal(hand.canvas.activated) as activated:
        hand.key(Qt.Key.Key_Return)
    assert activated.args == ["relu_1"]


def test_a_key_without_a_meaning_here_is_left_to_the_window(hand: Hand) -> None:
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    hand.canvas.keyPressEvent(press)
    assert not press.isAccepted()


def test_a_screen_reader_hears_the_current_block(hand: Hand) -> None:
    hand.show(chain("input", "dense"))
    hand.canvas.select(["dense_1"])
    heard = hand.canvas.accessibleDescription()
    assert "2 blocks, 1 wire." in heard
    assert "Dense 1" in heard
    assert "Error" in heard
    assert "vector" in heard
