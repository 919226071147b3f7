"""The right mouse button selects what is there, and asks for the menu; a gesture that runs comes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from core.design import edits, groups, notes
from core.design.graph import Graph, Wire
from tests.cnngui.canvas.conftest import Hand, chain

WIRE = Wire("input_1", "relu_1")
Place = Callable[[Hand], QPointF]


def design() -> Graph:
    """Input, ReLU, Tanh, and a comment below."""
    graph, _ = notes.add_comment(chain("input", "relu", "tanh"), (0.0, 300.0), "Look")
    return graph


def right_click(hand: Hand, at: QPointF) -> list[tuple[QPointF, QPoint]]:
    """Gives what was asked for: points of the plane and places of the screen."""
    asked: list[tuple[QPointF, QPoint]] = []
    hand.canvas.menu_wanted.connect(lambda point, place: asked.append((point, place)))
    place = hand.pixel(at)
    screen = hand.canvas.viewport().mapToGlobal(place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, screen)
    QApplication.sendEvent(hand.canvas.viewport(), event)
    return asked


@pytest.mark.parametrize(
    ("at", "parts", "wires"),
    [
        (lambda hand: hand.header("tanh_1"), ("tanh_1",), ()),
        (lambda hand: hand.output("relu_1"), ("relu_1",), ()),
        (lambda hand: hand.middle(WIRE), (), (WIRE,)),
        (lambda hand: QPointF(10, 310), ("comment_1",), ()),
        (lambda hand: QPointF(-200, -200), (), ()),
    ],
    ids=["block", "port", "wire", "comment", "nothing"],
)
def test_a_right_click_selects_what_is_there(
    hand: Hand, at: Place, parts: tuple[str, ...], wires: tuple[Wire, ...]
) -> None:
    hand.show(design())
    hand.canvas.editor.select(("input_1",), ())
    ((point, place),) = right_click(hand, at(hand))
    assert (hand.canvas.selection.parts, hand.canvas.editor.selected_wires()) == (parts, wires)
    assert hand.pixel(point) == hand.pixel(at(hand))
    assert place == hand.canvas.viewport().mapToGlobal(hand.pixel(at(hand)))


def test_a_right_click_on_a_selected_part_keeps_the_others(hand: Hand) -> None:
    hand.show(groups.fold(groups.group(design(), ["relu_1", "tanh_1"]), "group_1"))
    hand.canvas.editor.select(("input_1", "group_1", "comment_1"), ())
    chosen = hand.canvas.selection.parts
    for at in (hand.header("group_1"), hand.header("input_1"), QPointF(10, 310)):
        assert right_click(hand, at)
        assert hand.canvas.selection.parts == chosen


def test_no_menu_opens_in_the_middle_of_a_gesture(hand: Hand) -> None:
    hand.show(design())
    start = hand.header("tanh_1")
    hand.press(start)
    hand.move(start + QPointF(60, 60))
    assert not right_click(hand, start + QPointF(60, 60))
    hand.release(start)


def test_a_gesture_cancelled_by_an_edit_selects_nothing_that_is_gone(hand: Hand) -> None:
    hand.show(design())
    hand.canvas.editor.select(("relu_1", "tanh_1"), (WIRE,))
    hand.press(QPointF(-60, 200))
    hand.move(QPointF(60, 230))
    hand.canvas.document.edit("Remove", lambda graph: edits.remove(graph, ["relu_1"]))
    assert hand.selected() == ["tanh_1"]
    assert hand.canvas.editor.selected_wires() == ()
    assert hand.canvas.drawing.graph is hand.graph
    hand.release(QPointF(60, 230))
