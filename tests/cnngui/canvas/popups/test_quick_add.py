"""Adding blocks by typing, with real keys and drags."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from shiboken6 import delete

from cnngui.canvas.drawing.picking import hit
from cnngui.canvas.view.view import Canvas
from core.design.graph import Wire
from core.design.infer import infer
from core.design.spec import DataSpec
from tests.cnngui.canvas.conftest import LEFT, NO_KEY, SHIFT, Hand, chain
from tests.cnngui.drags import click_twice

LENET5 = (
    "input",
    "conv 6 5x5 same",
    "relu",
    "pool 2",
    "conv 16 5x5",
    "relu",
    "pool 2",
    "flatten",
    "dense 120",
    "relu",
    "dense 84",
    "relu",
    "dense 10",
    "class",
)


def type_in(canvas: Canvas, text: str) -> None:
    QTest.keyClicks(canvas.quick_add.line, text)


def press(canvas: Canvas, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.keyClick(canvas.quick_add.line, key, keys)


def listed(canvas: Canvas) -> list[str]:
    return [choice.title for choice in canvas.quick_add.list.choices.choices]


def test_lenet5_is_one_typed_line_a_block(hand: Hand) -> None:
    canvas = hand.canvas
    hand.key(Qt.Key.Key_Tab)
    for text in LENET5:
        assert canvas.quick_add.line.hasFocus()
        type_in(canvas, text)
        press(canvas, Qt.Key.Key_Return, SHIFT)
    press(canvas, Qt.Key.Key_Escape)
    assert canvas.hasFocus()
    found = infer(hand.graph, DataSpec((1, 28, 28), 10))
    assert not found.problems
    kinds = [hand.graph[block].layer.kind for block in hand.graph.order]
    assert len(kinds) == len(LENET5)
    assert found.shapes["flatten_1"] == (400,)
    bodies = [canvas.drawing.block_item(block).body for block in hand.graph.by_id]
    assert not any(a.intersects(b) for a in bodies for b in bodies if a is not b)


def test_lenet5_takes_at_most_30_gestures_with_the_mouse(hand: Hand) -> None:
    """Two a block: a double click or a dropped wire opens the list, and a line is typed."""
    canvas, gestures = hand.canvas, 0
    last: str | None = None
    for number, text in enumerate(LENET5):
        place = QPointF(220 * (number % 4), 120 * (number // 4))
        canvas.centerOn(place)
        if last is None:
            click_twice(canvas.viewport(), LEFT, NO_KEY, hand.pixel(place))
        else:
            hand.drag(hand.output(last), place)
        type_in(canvas, text)
        press(canvas, Qt.Key.Key_Return)
        gestures += 2
        last = canvas.selection.current
    assert not infer(hand.graph, DataSpec((1, 28, 28), 10)).problems
    assert gestures <= 30


def test_what_the_settings_give_is_shown_before_it_is_added(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    hand.key(Qt.Key.Key_Tab)
    type_in(hand.canvas, "conv 16 5x5 s2")
    choice = hand.canvas.quick_add.list.current()
    assert choice is not None
    assert (choice.title, choice.note) == ("Conv 2D", "16, 5 × 5, stride 2")
    assert choice.detail == "Output 16 × 12 × 12"
    assert "16 × 12 × 12" in hand.canvas.quick_add.line.accessibleDescription()
    assert len(hand.graph.blocks) == 1


def test_what_does_not_fit_comes_last_with_its_reason(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    hand.key(Qt.Key.Key_Tab)
    choices = list(hand.canvas.quick_add.list.choices.choices)
    possible = [choice.possible for choice in choices]
    assert possible == sorted(possible, reverse=True)
    dense = next(choice for choice in choices if choice.title == "Dense")
    assert not dense.possible
    assert "vector" in dense.detail


@pytest.mark.parametrize("by_wire", [False, True])
def test_what_is_typed_comes_before_another_layer_that_happens_to_fit(hand: Hand, by_wire: bool) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    if by_wire:
        hand.drag(hand.output("input_1"), hand.output("input_1") + QPointF(200, 100))
    else:
        hand.key(Qt.Key.Key_Tab)
    type_in(hand.canvas, "conv 4 31x31")
    choice = hand.canvas.quick_add.list.current()
    assert choice is not None
    assert (choice.title, choice.possible) == ("Conv 2D", False)
    assert "31 × 31" in choice.detail
    press(hand.canvas, Qt.Key.Key_Return)
    [added] = [block for block in hand.graph.blocks if block.id != "input_1"]
    assert added.layer.kind == "conv2d"
    problem = hand.canvas.document.inference.problem(added.id)
    assert problem is not None
    assert hand.graph.wires == (Wire("input_1", added.id),)


def test_a_setting_that_is_not_understood_is_not_dropped(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    hand.key(Qt.Key.Key_Tab)
    type_in(hand.canvas, "conv 16 fast")
    press(hand.canvas, Qt.Key.Key_Return)
    assert len(hand.graph.blocks) == 1
    assert "fast" in hand.canvas.hint_text()


def test_arrows_choose_and_tab_completes(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    type_in(hand.canvas, "conv 8 3x3")
    first, second = listed(hand.canvas)[:2]
    press(hand.canvas, Qt.Key.Key_Down)
    press(hand.canvas, Qt.Key.Key_Up)
    press(hand.canvas, Qt.Key.Key_Tab)
    assert hand.canvas.quick_add.line.text() == f"{first} 8 3x3 "
    press(hand.canvas, Qt.Key.Key_Down)
    press(hand.canvas, Qt.Key.Key_Return)
    [block] = hand.graph.blocks
    assert block.layer.title == second


def test_escape_adds_nothing_and_gives_the_keyboard_back(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    type_in(hand.canvas, "relu")
    press(hand.canvas, Qt.Key.Key_Escape)
    assert not hand.graph.blocks
    assert hand.canvas.quick_add.isHidden()
    assert hand.canvas.hasFocus()


def test_a_double_click_on_nothing_adds_there(hand: Hand) -> None:
    place = QPointF(60, 40)
    click_twice(hand.canvas.viewport(), LEFT, NO_KEY, hand.pixel(place))
    type_in(hand.canvas, "relu")
    press(hand.canvas, Qt.Key.Key_Return)
    assert hit(hand.canvas.drawing, place) == "relu_1"


def test_a_click_in_the_list_chooses(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    view = hand.canvas.quick_add.list
    title = listed(hand.canvas)[1]
    spot = view.visualRect(view.model().index(1, 0)).center()
    QTest.mouseClick(view.viewport(), LEFT, NO_KEY, QPoint(spot))
    [block] = hand.graph.blocks
    assert block.layer.title == title


def test_a_wire_dropped_on_nothing_asks_for_what_fits_and_connects_it(hand: Hand) -> None:
    hand.show(chain("input", "flatten"))
    place = hand.output("flatten_1") + QPointF(80, 120)
    hand.drag(hand.output("flatten_1"), place)
    assert "Dense" in listed(hand.canvas)
    assert "Conv 2D" not in listed(hand.canvas)
    type_in(hand.canvas, "dense 10")
    press(hand.canvas, Qt.Key.Key_Return)
    assert Wire("flatten_1", "dense_1") in hand.graph.wires
    assert hit(hand.canvas.drawing, place) == "dense_1"
    hand.canvas.document.undo_stack.undo()
    assert "dense_1" not in hand.graph.by_id


def test_a_wire_pulled_from_an_input_asks_for_what_comes_before(hand: Hand) -> None:
    hand.show(chain("relu"))
    hand.drag(hand.input("relu_1"), hand.input("relu_1") - QPointF(150, 0))
    assert "Classification" not in listed(hand.canvas)
    type_in(hand.canvas, "tanh")
    press(hand.canvas, Qt.Key.Key_Return)
    assert Wire("tanh_1", "relu_1") in hand.graph.wires


def test_the_data_s_shape_is_taken_and_shown(hand: Hand) -> None:
    hand.canvas.document.data = DataSpec((3, 32, 32), 10)
    hand.key(Qt.Key.Key_Tab)
    choice = hand.canvas.quick_add.list.current()
    assert choice is not None
    assert choice.detail == "Output 3 × 32 × 32"
    press(hand.canvas, Qt.Key.Key_Return)
    assert hand.canvas.document.inference.shapes["input_1"] == (3, 32, 32)


def test_it_closes_when_its_block_goes(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"])
    hand.key(Qt.Key.Key_Tab)
    hand.canvas.document.open(chain("relu"))
    assert hand.canvas.quick_add.isHidden()


@pytest.mark.parametrize("text", ["nothing like it", "?"])
def test_an_unknown_name_says_so(hand: Hand, text: str) -> None:
    hand.key(Qt.Key.Key_Tab)
    type_in(hand.canvas, text)
    assert not listed(hand.canvas)
    press(hand.canvas, Qt.Key.Key_Return)
    assert not hand.graph.blocks


@pytest.mark.parametrize("height", [170, 220, 700])
def test_it_stays_on_a_low_canvas_with_the_chosen_row_in_sight(hand: Hand, height: int) -> None:
    canvas = hand.canvas
    canvas.resize(640, height)
    hand.key(Qt.Key.Key_Tab)
    popup = canvas.quick_add
    assert canvas.rect().contains(popup.geometry())
    for _ in range(4):
        press(canvas, Qt.Key.Key_Down)
    assert popup.list.rect().contains(popup.list.visualRect(popup.list.currentIndex()))
    type_in(canvas, "conv")
    assert canvas.rect().contains(popup.geometry())
    press(canvas, Qt.Key.Key_Escape)


def test_the_keyboard_is_not_given_back_to_what_has_gone(hand: Hand) -> None:
    """As a dialog may that it was opened from."""
    hand.show(chain("input"))
    field = QLineEdit(hand.canvas.window())
    field.show()
    field.setFocus()
    hand.canvas.quick_add.open_after_current()
    delete(field)
    QTest.keyClick(hand.canvas.quick_add.line, Qt.Key.Key_Escape)
    assert hand.canvas.quick_add.isHidden()
