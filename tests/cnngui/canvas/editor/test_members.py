"""Moving what is selected into groups and out of them with the keyboard: what it takes along."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from core.design import groups
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import CTRL, Hand, chain


def nested() -> Graph:
    """A row of Input, a folded Stage of Conv 2D and ReLU, Tanh, ELU; Outer is around all but the Input."""
    graph = groups.group(chain("input", "conv2d", "relu", "tanh", "elu"), ["conv2d_1", "relu_1"], "Stage")
    return groups.fold(groups.group(graph, ["group_1", "tanh_1", "elu_1"], "Outer"), "group_1")


def drawn_around(hand: Hand, *parts: str) -> None:
    """Selects with a rectangle from the plane above to the middle of what it is to touch."""
    area = hand.canvas.drawing.content_rect(parts)
    hand.drag(area.topLeft() - QPointF(30, 60), area.center() + QPointF(1, 1))


def test_a_folded_group_in_a_rectangle_is_taken_out_as_a_whole(hand: Hand) -> None:
    hand.show(nested())
    drawn_around(hand, "group_1")
    assert hand.selected() == ["conv2d_1", "relu_1"]
    hand.canvas.editor.members.take_out()
    assert hand.graph.parent == {
        "conv2d_1": "group_1", "relu_1": "group_1", "tanh_1": "group_2", "elu_1": "group_2",
    }  # fmt: skip
    assert hand.canvas.document.undo_stack.undoText() == "Take Stage out of Outer"
    hand.canvas.editor.members.take_out()
    assert "in no group" in hand.canvas.hint_text()


def test_a_folded_group_of_one_block_moves_as_a_whole(hand: Hand) -> None:
    graph = groups.group(chain("input", "relu", "tanh"), ["relu_1"], "Single")
    hand.show(groups.group(groups.fold(graph, "group_1"), ["tanh_1"], "Other"))
    drawn_around(hand, "group_1")
    assert hand.canvas.editor.members.move_into("group_2")
    assert hand.graph.parent == {"relu_1": "group_1", "tanh_1": "group_2", "group_1": "group_2"}


@pytest.mark.parametrize("order", [("tanh_1", "group_1"), ("group_1", "tanh_1")])
def test_a_block_and_a_group_go_together(hand: Hand, order: tuple[str, str]) -> None:
    hand.show(nested())
    before = hand.graph
    hand.click(hand.header(order[0]))
    hand.click(hand.header(order[1]), CTRL)
    hand.canvas.editor.members.take_out()
    assert hand.graph.group("group_2").members == ("elu_1",)
    assert hand.graph.group("group_1") == before.group("group_1")
    assert hand.canvas.editor.members.move_into("group_2")
    assert set(hand.graph.group("group_2").members) == {"elu_1", "tanh_1", "group_1"}
    hand.canvas.document.undo_stack.undo()
    hand.canvas.document.undo_stack.undo()
    assert hand.graph == before
