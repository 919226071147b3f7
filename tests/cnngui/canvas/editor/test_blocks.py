"""Selecting, moving, deleting and copying blocks."""

from __future__ import annotations

import itertools
import json

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.picking import part_at, wire_at
from cnngui.canvas.drawing.placing import rect_of
from cnngui.theme.theme import GRID
from core.design import edits, notes
from core.design.direction import Direction
from core.design.graph import Graph, Wire
from core.design.spec import DataSpec
from core.layers import LAYERS
from tests.cnngui.canvas.conftest import CTRL, SHIFT, Hand, Menu, chain, loose


def places(graph: Graph) -> dict[str, tuple[float, float]]:
    return {block.id: block.position for block in graph.blocks}


def test_a_drag_moves_a_block_onto_the_grid(hand: Hand) -> None:
    before = hand.show(chain("input", "relu"))
    start = hand.header("relu_1")
    hand.drag(start, start + QPointF(53, 31))
    x, y = hand.graph["relu_1"].position
    old_x, old_y = before["relu_1"].position
    assert (x - old_x, y - old_y) == (52, 32)
    assert hand.graph["input_1"] == before["input_1"]
    assert hand.canvas.document.undo_stack.undoText() == "Move ReLU 1"


def test_all_selected_blocks_move_as_one_and_undo_as_one(hand: Hand) -> None:
    graph = chain("input", "relu", "tanh")
    hand.show(graph)
    hand.canvas.editor.select(["relu_1", "tanh_1"])
    hand.drag(hand.header("tanh_1"), hand.header("tanh_1") + QPointF(-40, 80))
    assert places(hand.graph) == {"input_1": (0, 0), "relu_1": (180, 80), "tanh_1": (400, 80)}
    assert hand.canvas.document.undo_stack.count() == 1
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph


def test_a_block_that_is_dragged_passes_over_the_others(hand: Hand) -> None:
    hand.show(chain("input", "relu", "tanh"))
    start, there = hand.header("input_1"), hand.header("relu_1")
    hand.press(start)
    hand.move(start + QPointF(0, 40))
    hand.move(there)
    assert part_at(hand.canvas.drawing, there) == "input_1"
    hand.release(there)


def test_wires_follow_a_block_while_it_moves(hand: Hand) -> None:
    graph = chain("input", "relu")
    hand.show(graph)
    start = hand.header("relu_1")
    hand.press(start)
    hand.move(start + QPointF(0, 60))
    hand.move(start + QPointF(0, 120))
    assert wire_at(hand.canvas.drawing, hand.middle(Wire("input_1", "relu_1"))) is not None
    assert hand.graph is graph
    hand.key(Qt.Key.Key_Escape)
    assert hand.canvas.drawing.graph is graph
    hand.release(start)
    assert hand.graph is graph
    assert not hand.canvas.document.undo_stack.canUndo()


def test_an_edit_from_elsewhere_ends_the_gesture(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    start = hand.header("relu_1")
    hand.press(start)
    hand.move(start + QPointF(0, 120))
    hand.canvas.document.edit("Rename", lambda graph: edits.rename(graph, "relu_1", "Mine"))
    assert hand.canvas.drawing.graph is hand.graph
    hand.move(start + QPointF(0, 200))
    hand.release(start + QPointF(0, 200))
    assert hand.graph["relu_1"].position == (220, 0)


def test_clicks_select(hand: Hand) -> None:
    hand.show(loose("input", "relu", "tanh"))
    hand.click(hand.header("input_1"))
    hand.click(hand.header("relu_1"))
    assert hand.selected() == ["relu_1"]
    hand.click(hand.header("tanh_1"), CTRL)
    assert hand.selected() == ["relu_1", "tanh_1"]
    hand.click(hand.header("relu_1"), CTRL)
    assert hand.selected() == ["tanh_1"]
    hand.click(hand.header("input_1"), SHIFT)
    hand.click(hand.header("input_1"))
    assert hand.selected() == ["input_1"]
    hand.click(hand.header("input_1") - QPointF(0, 100))
    assert hand.selected() == []


def test_the_rubber_band_selects_what_it_touches(hand: Hand) -> None:
    hand.show(loose("input", "relu", "tanh"))
    hand.drag(QPointF(200, -40), QPointF(480, 20))
    assert hand.selected() == ["relu_1", "tanh_1"]
    hand.drag(QPointF(-40, -40), QPointF(20, 20), CTRL)
    assert hand.selected() == ["relu_1", "tanh_1", "input_1"]


def test_escape_takes_the_rubber_band_back(hand: Hand) -> None:
    hand.show(loose("input", "relu", "tanh"))
    hand.canvas.editor.select(["input_1"])
    hand.press(QPointF(200, -40))
    hand.move(QPointF(480, 20))
    assert hand.selected() == ["relu_1", "tanh_1"]
    hand.key(Qt.Key.Key_Escape)
    hand.release(QPointF(480, 20))
    assert hand.selected() == ["input_1"]


def test_delete_removes_blocks_and_their_wires_in_one_step(hand: Hand) -> None:
    graph = chain("input", "relu", "tanh", "flatten")
    hand.show(graph)
    hand.canvas.editor.select(["relu_1", "tanh_1"])
    hand.key(Qt.Key.Key_Delete)
    assert set(hand.graph.by_id) == {"input_1", "flatten_1"}
    assert hand.graph.wires == ()
    assert hand.selected() == []
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == graph


def test_delete_and_reconnect_closes_the_gap(hand: Hand) -> None:
    hand.show(chain("input", "relu", "tanh"))
    hand.canvas.editor.select(["relu_1"])
    hand.canvas.editor.selected.delete_and_reconnect()
    assert hand.graph.wires == (Wire("input_1", "tanh_1"),)


def test_delete_and_reconnect_takes_comments_along_and_needs_a_selection(hand: Hand) -> None:
    graph, comment = notes.add_comment(chain("input", "relu", "tanh"), (0, 300), "Why", 60)
    hand.show(graph)
    hand.canvas.editor.selected.delete_and_reconnect()
    assert hand.graph == graph
    hand.canvas.editor.select([comment])
    hand.canvas.editor.selected.delete_and_reconnect()
    assert hand.graph == chain("input", "relu", "tanh")


def test_copy_and_paste_keep_the_wires_among_the_blocks(hand: Hand) -> None:
    hand.show(chain("input", "relu", "tanh"))
    hand.canvas.editor.select(["relu_1", "tanh_1"])
    hand.canvas.editor.clipboard.copy()
    hand.canvas.editor.clipboard.paste()
    hand.canvas.editor.clipboard.paste()
    assert hand.selected() == ["relu_3", "tanh_3"]
    new = set(hand.graph.wires) - {Wire("input_1", "relu_1"), Wire("relu_1", "tanh_1")}
    assert new == {Wire("relu_2", "tanh_2"), Wire("relu_3", "tanh_3")}
    corners = [hand.graph[f"relu_{number}"].position for number in (1, 2, 3)]
    assert len(set(corners)) == 3


def test_what_is_pasted_far_from_its_original_comes_into_sight(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select_all()
    hand.canvas.editor.clipboard.copy()
    hand.canvas.centerOn(9000, 9000)
    hand.canvas.editor.clipboard.paste()
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.content_rect(["input_2", "relu_2"]))


def test_cut_blocks_can_be_pasted_into_another_design(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select(["relu_1"])
    hand.canvas.editor.clipboard.cut()
    assert set(hand.graph.by_id) == {"input_1"}
    hand.show(Graph())
    hand.canvas.editor.clipboard.paste()
    assert [block.name for block in hand.graph.blocks] == ["ReLU 1"]


@pytest.mark.parametrize("text", ["", "hello", "{}", json.dumps({"format": "cnngui-design", "version": 1})])
def test_pasting_something_else_changes_nothing(hand: Hand, qtbot: QtBot, text: str) -> None:
    hand.show(chain("input"))
    QGuiApplication.clipboard().setText(text)
    with qtbot.waitSignal(hand.canvas.editor.message):
        hand.canvas.editor.clipboard.paste()
    assert len(hand.graph.blocks) == 1


def test_duplicate_leaves_the_clipboard_alone(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select(["relu_1"])
    hand.canvas.editor.clipboard.duplicate()
    assert hand.selected() == ["relu_2"]
    assert not QGuiApplication.clipboard().text()


def test_the_selection_forgets_blocks_that_are_gone(hand: Hand) -> None:
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select(["input_1", "relu_1"])
    hand.canvas.document.edit("Delete", lambda graph: edits.remove(graph, ["relu_1"]))
    assert hand.selected() == ["input_1"]


def test_appended_blocks_are_connected_one_behind_the_other(hand: Hand) -> None:
    for kind in ("input", "conv2d", "relu"):
        hand.canvas.editor.blocks.add(kind)
    assert hand.graph.wires == (Wire("input_1", "conv2d_1"), Wire("conv2d_1", "relu_1"))
    assert hand.selected() == ["relu_1"]
    corners = [block.position for block in hand.graph.blocks]
    assert len({y for _, y in corners}) == 1
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in corners)


def test_blocks_appended_to_the_same_block_do_not_cover_each_other(hand: Hand) -> None:
    hand.show(chain("input"))
    for _ in range(3):
        hand.canvas.editor.select(["input_1"])
        hand.canvas.editor.blocks.add("relu")
    bodies = [hand.canvas.drawing.block_item(block).body for block in hand.graph.by_id]
    assert not any(a.intersects(b) for a in bodies for b in bodies if a is not b)


def test_where_the_data_enters_a_new_block_takes_its_shape(hand: Hand) -> None:
    hand.canvas.document.data = DataSpec((3, 32, 32), 10)
    entry = next(layer for layer in LAYERS if layer.inputs == 0)
    block = hand.canvas.editor.blocks.add(entry.kind)
    assert block is not None
    assert hand.canvas.document.inference.shapes[block] == (3, 32, 32)


def test_the_menu_offers_the_remedies_of_the_current_problem(hand: Hand, menu: Menu) -> None:
    hand.show(chain("input", "conv2d", "dense", "classification"))
    hand.canvas.editor.select(["dense_1"])
    opened = menu(QPointF())
    texts = [action.text() for action in opened.actions()]
    problem = hand.canvas.document.inference.problem("dense_1")
    assert problem is not None
    remedies = [fix.title for fix in hand.canvas.document.with_fixes(problem).fixes]
    assert remedies and texts[: len(remedies)] == remedies
    assert {"Delete", "Duplicate", "Disconnect"} <= set(texts)
    opened.actions()[0].trigger()
    assert hand.canvas.document.inference.problem("dense_1") is None
    assert hand.canvas.document.undo_stack.undoText() == remedies[0]
    opened.close()


OWN = ("input", *["conv2d", "relu", "max_pool"] * 2, "flatten", "dense", "classification")


@pytest.mark.parametrize("direction", Direction)
def test_appended_blocks_stay_readable_when_they_are_fitted(hand: Hand, direction: Direction) -> None:
    hand.show(Graph(direction=direction))
    hand.canvas.resize(784, 616)  # what Design leaves of a screen of 1280 × 720
    for kind in OWN:
        hand.canvas.editor.blocks.add(kind)
    assert len(hand.graph.wires) == len(OWN) - 1
    hand.canvas.fit()
    assert hand.canvas.zoom > 0.6
    rooms = [rect_of(hand.canvas.drawing.room(block)) for block in hand.graph.by_id]
    assert not any(a.meets(b) for a, b in itertools.combinations(rooms, 2))


def test_a_row_that_is_full_goes_on_below_where_it_began(hand: Hand) -> None:
    hand.show(chain("input"))
    hand.canvas.editor.select(["input_1"], ())
    for _ in range(5):
        hand.canvas.editor.blocks.add("relu")
    first, last = hand.graph["input_1"].position, hand.graph["relu_5"].position
    assert last[0] == first[0]
    assert last[1] > hand.canvas.drawing.room("relu_4").bottom()
    hand.canvas.editor.blocks.add("relu")
    assert hand.graph["relu_6"].position[1] == last[1]


def test_what_was_deleted_is_selected_again_by_undo(hand: Hand) -> None:
    hand.show(chain("input", "relu", "tanh"))
    undo = hand.canvas.document.undo_stack
    wire = hand.graph.wires[1]
    hand.click(hand.header("relu_1"))
    hand.key(Qt.Key.Key_Delete)
    assert hand.selected() == []
    undo.undo()
    assert hand.selected() == ["relu_1"]
    undo.redo()
    assert hand.selected() == []
    undo.undo()
    hand.canvas.editor.select((), (wire,))
    hand.key(Qt.Key.Key_Delete)
    hand.click(hand.header("tanh_1"))
    undo.undo()
    assert hand.selected() == []
    assert hand.canvas.editor.selected_wires() == (wire,)
