"""Joining and leaving open groups with the mouse, through real events."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from cnngui.canvas.drawing.groups.open_group import OpenGroupItem
from cnngui.canvas.editor.mime import layer_mime, snippet_mime
from core.design import edits, groups, notes
from core.design.expand import expand
from core.design.graph import Graph
from core.layers import LAYERS
from tests.cnngui.canvas.conftest import ALT, CTRL, Hand, chain

FAR = QPointF(0, 400)


def stage() -> Graph:
    """Input, an open group_1 of Conv 2D and ReLU, a Tanh beside it, and an ELU that stands alone, below."""
    graph = groups.group(chain("input", "conv2d", "relu", "tanh"), ["conv2d_1", "relu_1"], "Stage")
    return edits.add(graph, edits.new_block(graph, LAYERS["elu"](), (220, 300)))


@pytest.fixture
def opened(hand: Hand) -> Hand:
    hand.show(stage())
    return hand


def taker(hand: Hand) -> str | None:
    """The group that is marked as the one that takes what is dragged."""
    items = (item for item in hand.canvas.drawing.items() if isinstance(item, OpenGroupItem))
    marked = [item.shown.group.id for item in items if item.snapshot()[2]]
    assert len(marked) <= 1
    return marked[0] if marked else None


def members(hand: Hand, group_id: str = "group_1") -> tuple[str, ...]:
    return hand.graph.group(group_id).members


def title(hand: Hand, group_id: str = "group_1") -> QPointF:
    return hand.canvas.drawing.body(group_id).topLeft() + QPointF(80, 14)


def overlaps(hand: Hand) -> list[tuple[str, str]]:
    """What lies on one another, of the members of a group or on the top level."""
    graph, drawing = hand.graph, hand.canvas.drawing
    drawn = [part for part in (*graph.by_id, *graph.group_by_id) if part not in graph.hidden]
    pairs = [
        (one, two) for one, two in combinations(drawn, 2) if graph.parent.get(one) == graph.parent.get(two)
    ]
    return [(one, two) for one, two in pairs if drawing.body(one).intersects(drawing.body(two))]


def test_a_block_dropped_in_an_open_group_joins_it_in_one_step(opened: Hand) -> None:
    before = opened.graph
    goal = opened.header("relu_1") + QPointF(20, 60)
    opened.press(opened.header("elu_1"))
    opened.move(goal)
    assert taker(opened) == "group_1"
    assert opened.canvas.drawing.graph.parent["elu_1"] == "group_1"
    opened.release(goal)
    assert members(opened) == ("conv2d_1", "relu_1", "elu_1")
    assert taker(opened) is None
    assert opened.canvas.drawing.body("group_1").contains(opened.canvas.drawing.body("elu_1"))
    stack = opened.canvas.document.undo_stack
    assert stack.undoText() == "Move ELU 1 into Stage"
    stack.undo()
    assert opened.graph == before


def test_a_block_dragged_out_leaves(opened: Hand) -> None:
    start = opened.header("relu_1")
    opened.press(start)
    opened.move(start + FAR)
    assert taker(opened) is None
    opened.release(start + FAR)
    assert members(opened) == ("conv2d_1",)
    assert not opened.canvas.drawing.body("group_1").intersects(opened.canvas.drawing.body("relu_1"))
    assert opened.canvas.document.undo_stack.undoText() == "Move ReLU 1 out of Stage"


def test_a_block_moved_within_its_group_stays(opened: Hand) -> None:
    start = opened.header("relu_1")
    opened.drag(start, start + QPointF(-20, 30))
    assert members(opened) == ("conv2d_1", "relu_1")
    assert opened.canvas.document.undo_stack.undoText() == "Move ReLU 1"


@pytest.mark.parametrize(("block", "way"), [("relu_1", FAR), ("elu_1", QPointF(100, -280))])
def test_alt_leaves_everything_in_its_group(opened: Hand, block: str, way: QPointF) -> None:
    before, start = opened.graph.groups, opened.header(block)
    place = opened.graph[block].position
    opened.drag(start, start + way, ALT)
    assert opened.graph.groups == before
    assert opened.graph[block].position != place


def test_escape_leaves_no_trace(opened: Hand) -> None:
    before, drawn = opened.graph, opened.canvas.drawing.snapshot()
    opened.press(opened.header("elu_1"))
    opened.move(opened.header("relu_1"))
    opened.key(Qt.Key.Key_Escape)
    opened.release(opened.header("relu_1"))
    assert opened.graph is before
    opened.canvas.editor.select((), ())
    assert opened.canvas.drawing.snapshot() == drawn


def test_a_selection_joins_as_a_whole(opened: Hand) -> None:
    opened.click(opened.header("tanh_1"))
    opened.click(opened.header("elu_1"), CTRL)
    opened.drag(opened.header("elu_1"), opened.header("conv2d_1"))
    assert set(members(opened)) == {"conv2d_1", "relu_1", "elu_1", "tanh_1"}
    opened.canvas.document.undo_stack.undo()
    assert set(members(opened)) == {"conv2d_1", "relu_1"}


def test_the_innermost_group_under_the_cursor_takes_it(hand: Hand) -> None:
    graph = stage()
    hand.show(groups.group(graph, ["group_1", "tanh_1"], "Outer"))
    start = hand.header("elu_1")
    hand.drag(start, hand.header("tanh_1") + QPointF(0, 40))
    assert hand.graph.parent["elu_1"] == "group_2"
    hand.drag(hand.header("elu_1"), hand.header("conv2d_1"))
    assert hand.graph.parent["elu_1"] == "group_1"
    hand.drag(hand.header("elu_1"), hand.header("tanh_1"))
    assert hand.graph.parent["elu_1"] == "group_2"


def test_a_folded_group_joins_an_open_one(opened: Hand) -> None:
    canvas = opened.canvas
    canvas.editor.select(("elu_1",), ())
    canvas.editor.groups.group()
    opened.drag(opened.header("elu_1"), opened.header("relu_1"))
    assert members(opened) == ("conv2d_1", "relu_1", "group_2")
    canvas.editor.groups.toggle("group_1")
    assert opened.graph.hidden["group_2"] == "group_1"


def test_an_open_group_joins_another_by_its_title(hand: Hand) -> None:
    graph = groups.group(stage(), ["elu_1"], "Other")
    hand.show(graph)
    hand.drag(title(hand, "group_2"), hand.header("relu_1") + QPointF(-40, 90))
    assert members(hand) == ("conv2d_1", "relu_1", "group_2")
    hand.drag(title(hand, "group_2"), title(hand, "group_2") + FAR)
    assert members(hand) == ("conv2d_1", "relu_1")
    assert members(hand, "group_2") == ("elu_1",)


def test_a_group_goes_with_its_last_member(opened: Hand) -> None:
    for block in ("relu_1", "conv2d_1"):
        start = opened.header(block)
        opened.drag(start, start + FAR)
    assert opened.graph.groups == ()
    opened.canvas.document.undo_stack.undo()
    assert members(opened) == ("conv2d_1",)


def test_a_member_that_is_folded_away_gives_the_group_its_ports(opened: Hand) -> None:
    opened.drag(opened.header("tanh_1"), opened.header("relu_1") + QPointF(0, 90))
    opened.canvas.editor.groups.toggle("group_1")
    face = opened.canvas.drawing.block_item("group_1").face
    assert (face.inputs, face.outputs) == (1, 1)
    assert opened.output("tanh_1").x() == opened.canvas.drawing.body("group_1").right()


def test_neighbours_make_room_and_nothing_overlaps(opened: Hand) -> None:
    tanh = opened.graph["tanh_1"].position
    opened.press(opened.header("elu_1"))
    goal = opened.header("relu_1") + QPointF(70, 60)
    opened.move(goal)
    assert opened.canvas.drawing.graph["tanh_1"].position[0] > tanh[0]
    opened.release(goal)
    assert opened.graph["tanh_1"].position[0] > tanh[0]
    assert opened.graph["tanh_1"].position[1] == tanh[1]
    assert overlaps(opened) == []
    opened.canvas.document.undo_stack.undo()
    assert opened.graph["tanh_1"].position == tanh


@pytest.mark.parametrize("dy", [-30, 60])
def test_what_is_dropped_on_a_member_lies_beside_it(opened: Hand, dy: float) -> None:
    relu = opened.graph["relu_1"].position
    goal = opened.header("relu_1") + QPointF(30, dy)
    opened.press(opened.header("elu_1"))
    opened.move(goal)
    seen = opened.canvas.drawing.graph["elu_1"].position
    opened.release(goal)
    assert opened.graph["elu_1"].position == seen
    assert (seen[1] < relu[1]) == (dy < 0)
    assert opened.graph["relu_1"].position == relu
    assert overlaps(opened) == []


def test_what_leaves_a_group_does_not_lie_on_it(opened: Hand) -> None:
    area = opened.canvas.drawing.body("group_1")
    opened.drag(opened.header("relu_1"), QPointF(area.center().x() - 100, area.bottom() + 5))
    assert members(opened) == ("conv2d_1",)
    assert overlaps(opened) == []


def test_a_group_opened_among_others_makes_room_on_every_side(hand: Hand) -> None:
    hand.show(stage())
    hand.canvas.editor.groups.toggle("group_1")
    corner = hand.graph["conv2d_1"].position
    graph = edits.remove(hand.graph, ["elu_1", "tanh_1", "input_1"])
    for dx, dy in ((-180, 0), (0, -120), (0, 130), (180, 0), (180, -110)):
        new = edits.new_block(graph, LAYERS["elu"](), (corner[0] + dx, corner[1] + dy))
        graph = edits.add(graph, new)
    hand.show(graph)
    assert overlaps(hand) == []
    hand.canvas.editor.groups.toggle("group_1")
    assert overlaps(hand) == []


def repeated(times: int = 3) -> Graph:
    """Input, Stage ×3 of Conv 2D and ReLU, Tanh, Sigmoid in a chain, and a loose ELU below."""
    graph = groups.group(chain("input", "conv2d", "relu", "tanh", "sigmoid"), ["conv2d_1", "relu_1"], "Stage")
    graph = edits.add(graph, edits.new_block(graph, LAYERS["elu"](), (220, 300)))
    return groups.set_repeat(graph, "group_1", times)


def test_a_repeated_group_takes_what_it_can_repeat(hand: Hand) -> None:
    hand.show(repeated())
    hand.press(hand.header("tanh_1"))
    goal = hand.header("relu_1") + QPointF(0, 90)
    hand.move(goal)
    assert hand.canvas.drawing.block_item("tanh_1").face.inputs == 1
    hand.release(goal)
    assert members(hand) == ("conv2d_1", "relu_1", "tanh_1")
    assert len(expand(hand.graph).copies["tanh_1"]) == 3
    assert not any(problem.block in members(hand) for problem in hand.canvas.document.inference.problems)


def test_a_repeated_group_refuses_what_it_could_not_repeat(hand: Hand) -> None:
    hand.show(repeated())
    before = hand.graph
    goal = hand.header("relu_1") + QPointF(0, 90)
    hand.press(hand.header("sigmoid_1"))
    hand.move(goal)
    assert taker(hand) is None
    assert "Stage couldn't run 3 times any more" in hand.canvas.hint_text()
    assert "it has 2 inputs" in hand.canvas.hint_text()
    assert "let the group run once" in hand.canvas.hint_text()
    hand.release(goal)
    assert hand.graph is before
    assert "Stage couldn't run 3 times any more" in hand.canvas.hint_text()


def test_what_a_repeated_group_needs_can_not_leave(hand: Hand) -> None:
    graph = groups.join(repeated(1), ["tanh_1"], "group_1")
    hand.show(groups.set_repeat(graph, "group_1", 2))
    before, start = hand.graph, hand.header("relu_1")
    hand.drag(start, start + FAR)
    assert hand.graph is before
    assert "Stage couldn't run 2 times any more" in hand.canvas.hint_text()


def test_a_comment_in_an_open_group_goes_with_it_and_never_joins(opened: Hand) -> None:
    corner = opened.canvas.drawing.body("group_1").bottomRight()
    opened.canvas.editor.edit(
        "Add", lambda g: notes.add_comment(g, (corner.x() - 120, corner.y() - 40), "Why", 60)[0]
    )
    opened.canvas.editor.edit("Add", lambda g: notes.add_comment(g, (240, 420), "Else", 60)[0])
    before = {comment.id: comment.position for comment in opened.graph.comments}
    opened.drag(title(opened), title(opened) + QPointF(0, -80))
    after = {comment.id: comment.position for comment in opened.graph.comments}
    assert after["comment_1"] == (before["comment_1"][0], before["comment_1"][1] - 80)
    assert after["comment_2"] == before["comment_2"]
    opened.click(opened.header("elu_1"))
    opened.click(opened.canvas.drawing.body("comment_2").center(), CTRL)
    opened.drag(opened.header("elu_1"), opened.header("conv2d_1") + QPointF(0, 60))
    assert members(opened) == ("conv2d_1", "relu_1", "elu_1")
    assert opened.graph.comments[1].position != before["comment_2"]


def test_a_frame_that_carries_blocks_leaves_them_in_their_groups(opened: Hand) -> None:
    opened.canvas.editor.edit("Add", lambda g: notes.add_frame(g, (200, 250), (220, 200), "Below")[0])
    start = opened.canvas.drawing.notes.title("frame_1").center()
    opened.drag(start, title(opened))
    assert opened.graph["elu_1"].position != (220, 300)
    assert "elu_1" not in opened.graph.parent


def test_a_new_block_belongs_to_the_open_group_where_it_is_dropped(opened: Hand) -> None:
    data, spot = layer_mime("sigmoid"), opened.header("relu_1") + QPointF(0, 90)
    opened.drag_in(data, spot)
    assert taker(opened) == "group_1"
    opened.drag_over(data, opened.header("elu_1") + QPointF(0, 200))
    assert taker(opened) is None
    opened.drop(data, spot)
    assert members(opened) == ("conv2d_1", "relu_1", "sigmoid_1")
    assert taker(opened) is None
    assert overlaps(opened) == []
    opened.canvas.document.undo_stack.undo()
    assert opened.graph == stage()


def test_a_repeated_group_says_why_it_does_not_take_a_new_block(hand: Hand) -> None:
    graph = edits.remove(repeated(), ["tanh_1", "sigmoid_1"])
    hand.show(graph)
    data, spot = layer_mime("sigmoid"), hand.header("relu_1") + QPointF(0, 90)
    hand.drag_in(data, spot)
    assert "it has 2 outputs" in hand.canvas.hint_text()
    hand.drag_out()
    assert hand.canvas.hint_text() == ""
    hand.drop(data, spot)
    assert hand.graph == graph
    assert "it has 2 outputs" in hand.canvas.hint_text()


def test_a_typed_block_belongs_where_it_is_placed(opened: Hand) -> None:
    canvas = opened.canvas
    for after, spot, around in (
        (None, opened.header("relu_1") + QPointF(0, 90), "group_1"),
        ("relu_1", opened.header("elu_1") + QPointF(0, 200), None),
        ("relu_1", None, "group_1"),
    ):
        made = canvas.editor.blocks.add_layer(LAYERS["sigmoid"](), spot, after)
        assert made is not None
        assert opened.graph.parent.get(made) == around
        canvas.document.undo_stack.undo()


def test_a_snippet_belongs_where_it_is_dropped(opened: Hand) -> None:
    data = snippet_mime("residual")
    opened.drop(data, opened.header("relu_1") + QPointF(-60, 90))
    new = set(opened.graph.by_id) - set(stage().by_id)
    assert new
    assert {opened.graph.parent.get(block) for block in new} == {"group_1"}
    assert overlaps(opened) == []


def test_copies_of_members_are_members(opened: Hand) -> None:
    canvas = opened.canvas
    canvas.editor.select(("relu_1",), ())
    canvas.editor.clipboard.duplicate()
    assert opened.graph.parent["relu_2"] == "group_1"
    canvas.editor.clipboard.copy()
    canvas.editor.clipboard.paste()
    assert opened.graph.parent["relu_3"] == "group_1"
    canvas.editor.select((), ())
    canvas.editor.clipboard.paste(opened.header("elu_1") + QPointF(0, 150))
    assert "relu_4" not in opened.graph.parent
    canvas.editor.clipboard.paste(opened.canvas.drawing.body("group_1").topLeft() + QPointF(4, 40))
    assert opened.graph.parent["relu_5"] == "group_1"
    assert overlaps(opened) == []


def test_a_copy_of_a_group_lies_beside_it(opened: Hand) -> None:
    opened.canvas.editor.select(("group_1",), ())
    opened.canvas.editor.clipboard.duplicate()
    assert opened.graph.parent == {
        "conv2d_1": "group_1",
        "relu_1": "group_1",
        "conv2d_2": "group_2",
        "relu_2": "group_2",
    }


def into(hand: Hand, name: str) -> None:
    """Alt+Right in the window: the group is typed."""
    hand.canvas.into_group.open_for_selection()
    QTest.keyClicks(hand.canvas.into_group.line, name)
    QTest.keyClick(hand.canvas.into_group.line, Qt.Key.Key_Return)


def test_a_group_is_typed_and_takes_what_is_selected(opened: Hand) -> None:
    canvas = opened.canvas
    canvas.editor.select(("elu_1",), ())
    canvas.into_group.open_for_selection()
    assert taker(opened) == "group_1"
    into(opened, "stage")
    assert members(opened) == ("conv2d_1", "relu_1", "elu_1")
    assert opened.graph["elu_1"].position[1] == opened.graph["relu_1"].position[1]
    assert opened.selected() == ["elu_1"]
    assert canvas.hasFocus()
    assert taker(opened) is None
    assert overlaps(opened) == []
    canvas.document.undo_stack.undo()
    assert opened.graph == stage()


def test_only_what_is_not_in_the_group_moves_into_it(opened: Hand) -> None:
    canvas, conv = opened.canvas, opened.graph["conv2d_1"]
    canvas.editor.select(("conv2d_1", "elu_1"), ())
    assert canvas.editor.members.move_into("group_1")
    assert members(opened) == ("conv2d_1", "relu_1", "elu_1")
    assert opened.graph["conv2d_1"] == conv
    canvas.editor.select(("relu_1",), ())
    assert not canvas.editor.members.move_into("group_1")
    assert "in Stage already" in canvas.hint_text()


def test_a_folded_group_takes_what_is_selected(opened: Hand) -> None:
    opened.canvas.editor.groups.toggle("group_1")
    opened.canvas.editor.select(("elu_1",), ())
    into(opened, "stage")
    assert opened.graph.hidden["elu_1"] == "group_1"
    assert opened.canvas.selection.group == "group_1"
    opened.canvas.editor.groups.toggle("group_1")
    assert overlaps(opened) == []


def test_a_group_that_can_not_take_it_says_why(hand: Hand) -> None:
    hand.show(repeated())
    hand.canvas.editor.select(("sigmoid_1",), ())
    into(hand, "stage")
    assert "it has 2 inputs" in hand.canvas.hint_text()
    assert hand.graph == repeated()
    hand.show(chain("input", "relu"))
    hand.canvas.editor.select(("relu_1",), ())
    hand.canvas.into_group.open_for_selection()
    assert "no other group" in hand.canvas.hint_text()


def test_what_is_taken_out_is_put_beside_its_group(opened: Hand) -> None:
    canvas = opened.canvas
    opened.canvas.editor.select(("elu_1",), ())
    into(opened, "stage")
    canvas.editor.select(("relu_1",), ())
    canvas.editor.members.take_out()
    assert members(opened) == ("conv2d_1", "elu_1")
    assert overlaps(opened) == []
    assert canvas.document.undo_stack.undoText() == "Take ReLU 1 out of Stage"
    canvas.editor.select(("tanh_1",), ())
    canvas.editor.members.take_out()
    assert "in no group" in canvas.hint_text()


def test_the_last_member_taken_out_takes_the_group_with_it(opened: Hand) -> None:
    for block in ("conv2d_1", "relu_1"):
        opened.canvas.editor.select((block,), ())
        opened.canvas.editor.members.take_out()
    assert opened.graph.groups == ()
