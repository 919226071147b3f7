"""Groups on the canvas, through real events: folding, opening, nesting, unpacking, copying, finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from cnngui.canvas.drawing.groups.open_group import OpenGroupItem
from cnngui.canvas.drawing.layout import OPEN_BUTTON
from cnngui.canvas.drawing.ports import Port
from core.design import edits, groups
from core.design.direction import Direction
from core.design.graph import Graph, Group, Wire
from core.formats.project import ProjectFile, load_project, save_project
from core.project import Project
from tests.cnngui.canvas.conftest import CTRL, SHIFT, Hand, Menu, chain, loose
from tests.cnngui.drags import click_twice

G = Qt.Key.Key_G
NETWORK = ("input", "conv2d", "relu", "tanh")


@pytest.fixture
def folded(hand: Hand) -> Hand:
    """Conv 2D and ReLU folded into group_1, between an Input and a Tanh."""
    hand.show(chain(*NETWORK))
    hand.canvas.editor.select(("conv2d_1", "relu_1"), ())
    hand.canvas.editor.groups.group()
    return hand


def group(hand: Hand, group_id: str = "group_1") -> Group:
    return hand.graph.group(group_id)


def title(hand: Hand, group_id: str = "group_1") -> QPointF:
    """A point on the title of an open group, beside its button."""
    return hand.canvas.drawing.body(group_id).topLeft() + QPointF(80, 14)


def double_click(hand: Hand, at: QPointF) -> None:
    click_twice(
        hand.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hand.pixel(at)
    )


def test_a_group_is_drawn_as_one_block(folded: Hand) -> None:
    drawing = folded.canvas.drawing
    assert group(folded).folded
    assert set(drawing.snapshot()) == {
        "input_1",
        "group_1",
        "tanh_1",
        Wire("input_1", "conv2d_1"),
        Wire("relu_1", "tanh_1"),
    }
    face = drawing.block_item("conv2d_1").face
    assert (face.name, face.summary, face.shape_text) == ("Group 1", "2 blocks", "16 × 26 × 26")
    assert (face.inputs, face.outputs) == (1, 1)
    assert "parameters" in face.cost_text or "MAC" in face.cost_text
    assert drawing.port_point(Port("relu_1", True)).x() == drawing.body("group_1").right()
    assert folded.canvas.selection.group == "group_1"
    assert folded.selected() == ["conv2d_1", "relu_1"]


def test_folding_and_opening_again_leaves_everything_in_place(hand: Hand) -> None:
    before = hand.show(chain(*NETWORK))
    hand.canvas.editor.select(("conv2d_1", "relu_1"), ())
    hand.canvas.editor.groups.group()
    assert hand.graph["tanh_1"].position[0] < before["tanh_1"].position[0]
    hand.canvas.setFocus()
    hand.key(Qt.Key.Key_Return)
    assert not group(hand).folded
    assert hand.graph.by_id == before


def test_the_button_and_a_double_click_open_and_fold(folded: Hand) -> None:
    corner = folded.canvas.drawing.body("group_1").topLeft()
    folded.click(corner + OPEN_BUTTON.center())
    assert not group(folded).folded
    double_click(folded, title(folded))
    assert group(folded).folded
    double_click(folded, folded.header("group_1"))
    assert not group(folded).folded
    folded.click(folded.canvas.drawing.body("group_1").topLeft() + QPointF(14, 14))
    assert group(folded).folded


def test_each_step_is_undone_and_redone(folded: Hand) -> None:
    stack = folded.canvas.document.undo_stack
    after = folded.graph
    folded.canvas.editor.groups.toggle("group_1")
    folded.canvas.editor.groups.unpack()
    unpacked = folded.graph
    assert unpacked.groups == ()
    assert stack.undoText() == "Unpack Group 1"
    for _ in range(3):
        stack.undo()
    assert folded.graph == chain(*NETWORK)
    stack.redo()
    assert folded.graph == after
    stack.redo()
    stack.redo()
    assert folded.graph == unpacked


def test_dragging_a_folded_group_moves_its_blocks(folded: Hand) -> None:
    before = folded.graph
    start = folded.header("group_1")
    folded.drag(start, start + QPointF(0, 200))
    for block in ("conv2d_1", "relu_1"):
        (x, y), (to_x, to_y) = before[block].position, folded.graph[block].position
        assert (to_x - x, to_y - y) == (0, 200)
    assert folded.graph["tanh_1"] == before["tanh_1"]


def test_dragging_the_title_moves_the_members(folded: Hand) -> None:
    folded.canvas.editor.groups.toggle("group_1")
    before = folded.graph
    start = title(folded)
    folded.drag(start, start + QPointF(40, 160))
    moved = {b.id for b in folded.graph.blocks if b.position != before[b.id].position}
    assert moved == {"conv2d_1", "relu_1"}


def test_groups_nest_and_unpack(folded: Hand) -> None:
    canvas = folded.canvas
    folded.click(folded.header("group_1"))
    folded.click(folded.header("tanh_1"), CTRL)
    canvas.editor.groups.group()
    assert group(folded, "group_2").members == ("tanh_1", "group_1")
    assert set(canvas.drawing.snapshot()) == {"input_1", "group_2", Wire("input_1", "conv2d_1")}
    canvas.editor.groups.toggle("group_2")
    assert canvas.drawing.block_item("relu_1").face.id == "group_1"
    assert canvas.drawing.body("group_2").contains(canvas.drawing.body("group_1"))
    canvas.editor.select(("group_2",), ())
    canvas.editor.groups.unpack()
    assert [g.id for g in folded.graph.groups] == ["group_1"]


def test_a_copied_group_is_a_group(folded: Hand) -> None:
    folded.canvas.editor.clipboard.copy()
    folded.canvas.editor.clipboard.paste()
    copy = group(folded, "group_2")
    assert (copy.name, copy.members, copy.folded) == ("Group 1", ("conv2d_2", "relu_2"), True)
    assert folded.graph.parent["conv2d_1"] == "group_1"


def test_a_deleted_group_takes_its_blocks(folded: Hand) -> None:
    folded.click(folded.header("group_1"))
    folded.key(Qt.Key.Key_Delete)
    assert (set(folded.graph.by_id), folded.graph.groups) == ({"input_1", "tanh_1"}, ())


def test_a_saved_group_comes_back(folded: Hand, tmp_path: Path) -> None:
    save_project(tmp_path / "a.cnn", ProjectFile(Project(folded.graph)))
    assert load_project(tmp_path / "a.cnn").project.design == folded.graph


def test_a_wire_can_be_drawn_to_and_from_a_folded_group(hand: Hand) -> None:
    hand.show(
        groups.fold(groups.group(loose("input", "relu", "tanh", "elu"), ["relu_1", "tanh_1"]), "group_1")
    )
    hand.drag(hand.output("input_1"), hand.canvas.drawing.body("group_1").center())
    assert hand.graph.wires == (Wire("input_1", "relu_1"),)
    hand.drag(hand.output("tanh_1"), hand.input("elu_1"))
    assert Wire("tanh_1", "elu_1") in hand.graph.wires


def shortcut() -> Graph:
    """Input, then a folded group of a Conv 2D and an Add that both take the input."""
    graph = chain("input", "relu", "add")
    graph = edits.connect(graph, "input_1", "add_1")
    return groups.fold(groups.group(graph, ["relu_1", "add_1"]), "group_1")


def test_one_port_stands_for_all_inputs_that_one_block_feeds(hand: Hand) -> None:
    hand.show(shortcut())
    assert hand.canvas.drawing.block_item("group_1").face.inputs == 1
    (wire,) = (key for key in hand.canvas.drawing.snapshot() if isinstance(key, Wire))
    hand.click((hand.output("input_1") + hand.input("relu_1")) / 2)
    assert hand.canvas.editor.selected_wires() == (wire,)
    hand.key(Qt.Key.Key_Delete)
    assert hand.graph.wires == (Wire("relu_1", "add_1"),)


def test_a_block_inserted_there_feeds_all_of_them(hand: Hand) -> None:
    hand.show(shortcut())
    hand.canvas.editor.blocks.add("tanh", (hand.output("input_1") + hand.input("relu_1")) / 2)
    assert {wire.target for wire in hand.graph.outgoing("tanh_1")} == {"relu_1", "add_1"}
    assert [wire.target for wire in hand.graph.outgoing("input_1")] == ["tanh_1"]
    assert "tanh_1" not in hand.graph.parent


def test_a_problem_inside_is_shown_and_reveals_its_block(hand: Hand) -> None:
    hand.show(
        groups.fold(groups.group(chain("input", "conv2d", "dense"), ["conv2d_1", "dense_1"]), "group_1")
    )
    face = hand.canvas.drawing.block_item("group_1").face
    assert face.problem == hand.canvas.document.inference.problem("dense_1")
    assert "Dense 1" in face.message
    hand.canvas.selection.reveal("dense_1")
    assert not group(hand).folded
    assert hand.selected() == ["dense_1"]


def test_search_finds_blocks_in_folded_groups_and_groups_by_name(folded: Hand) -> None:
    bar = folded.canvas.search_bar
    bar.open()
    QTest.keyClicks(bar.line, "group 1")
    assert folded.canvas.selection.group == "group_1"
    bar.line.clear()
    QTest.keyClicks(bar.line, "conv")
    assert folded.selected() == ["conv2d_1"]
    assert not group(folded).folded


def test_the_keyboard_walks_over_a_folded_group(folded: Hand) -> None:
    folded.click(folded.header("input_1"))
    folded.key(Qt.Key.Key_Right, CTRL)
    assert folded.canvas.selection.group == "group_1"
    assert "Folded group of 2 blocks" in folded.canvas.accessibleDescription()
    folded.key(Qt.Key.Key_Right, CTRL)
    assert folded.selected() == ["tanh_1"]


def test_the_menu_offers_what_can_be_done(folded: Hand, menu: Menu) -> None:
    def texts() -> list[str]:
        return [action.text() for action in menu(QPointF()).actions()]

    assert {"Group", "Open Group 1", "Unpack Group 1"} <= set(texts())
    folded.canvas.editor.groups.toggle("group_1")
    folded.canvas.editor.select(("relu_1",), ())
    assert {"Fold Group 1", "Take Out of Group 1"} <= set(texts())
    folded.canvas.editor.members.take_out()
    assert group(folded).members == ("conv2d_1",)


def test_what_can_not_be_grouped_says_why(hand: Hand) -> None:
    hand.show(chain(*NETWORK))
    hand.canvas.editor.groups.group()
    assert "nothing to group" in hand.canvas.hint_text()
    hand.canvas.editor.groups.toggle()
    assert "no group here" in hand.canvas.hint_text()


def test_arranging_keeps_groups_together(folded: Hand) -> None:
    canvas = folded.canvas
    canvas.following.set_animations(False)
    canvas.editor.groups.toggle("group_1")
    canvas.editor.select((), ())
    canvas.editor.arranging.arrange(Direction.DOWN)
    area = canvas.drawing.body("group_1")
    assert not any(area.intersects(canvas.drawing.body(block)) for block in ("input_1", "tanh_1"))
    canvas.editor.groups.toggle("group_1")
    canvas.editor.select((), ())
    canvas.editor.arranging.arrange(Direction.RIGHT)
    (x, y), (next_x, next_y) = (folded.graph[block].position for block in ("conv2d_1", "relu_1"))
    assert (next_x > x, next_y) == (True, y)  # what it hides is turned, too
    assert folded.graph["tanh_1"].position[0] - canvas.drawing.body("group_1").right() == 64


def test_a_repeated_group_says_how_often(folded: Hand) -> None:
    folded.canvas.editor.edit("Repeat", lambda graph: groups.set_repeat(graph, "group_1", 3))
    face = folded.canvas.drawing.block_item("group_1").face
    assert (face.name, face.shape_text) == ("Group 1 ×3", "16 × 22 × 22")
    folded.canvas.editor.groups.toggle("group_1")
    (item,) = (item for item in folded.canvas.drawing.items() if isinstance(item, OpenGroupItem))
    assert item.shown.name == "Group 1 ×3"


@pytest.mark.parametrize("keys", [CTRL, CTRL | SHIFT])
def test_the_keys_of_the_menu_are_free_on_the_canvas(hand: Hand, keys: Qt.KeyboardModifier) -> None:
    """Ctrl+G and Ctrl+Shift+G are the window's; the canvas must not take them for something else."""
    hand.show(chain(*NETWORK))
    before = hand.graph
    hand.key(G, keys)
    assert hand.graph is before
