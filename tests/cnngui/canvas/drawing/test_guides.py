"""A dragged block snaps to its neighbours, and thin lines show to what."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsPathItem

from cnngui.canvas.drawing.guides import Guides
from core.design import edits
from tests.cnngui.canvas.conftest import ALT, Hand, loose


def guides(hand: Hand) -> list[QGraphicsPathItem]:
    return [
        item
        for item in hand.canvas.drawing.items()
        if isinstance(item, QGraphicsPathItem) and not item.path().isEmpty()
    ]


def apart(hand: Hand) -> None:
    hand.show(edits.move(loose("relu", "tanh"), {"tanh_1": (320.0, 200.0)}))


def test_a_block_snaps_to_the_row_of_another_and_a_line_shows_it(hand: Hand) -> None:
    apart(hand)
    start = hand.header("tanh_1")
    hand.press(start)
    hand.move(start + QPointF(40, -100))
    assert not guides(hand)
    hand.move(start + QPointF(40, -195))
    assert len(guides(hand)) == 1
    hand.release(start + QPointF(40, -195))
    assert hand.graph["tanh_1"].position == (360.0, 0.0)
    assert not guides(hand)


def test_alt_lets_a_block_go_beside_the_row(hand: Hand) -> None:
    apart(hand)
    start = hand.header("tanh_1")
    hand.drag(start, start + QPointF(40, -196), keys=ALT)
    assert hand.graph["tanh_1"].position == (360.0, 4.0)


def test_blocks_that_move_together_do_not_snap_to_each_other(hand: Hand) -> None:
    apart(hand)
    hand.canvas.editor.select(["relu_1", "tanh_1"])
    hand.drag(hand.header("tanh_1"), hand.header("tanh_1") + QPointF(4, 4))
    assert hand.graph["relu_1"].position == (4.0, 4.0)
    assert hand.graph["tanh_1"].position == (324.0, 204.0)


def test_a_cancelled_drag_takes_its_lines_along(hand: Hand) -> None:
    apart(hand)
    start = hand.header("tanh_1")
    hand.press(start)
    hand.move(start + QPointF(40, -195))
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
    assert not guides(hand)
    assert hand.canvas.drawing.graph is hand.graph


def test_the_nearest_line_wins_and_reaches_over_all_that_is_level() -> None:
    body = QRectF(0, 3, 100, 60)
    others = [QRectF(200, 0, 100, 80), QRectF(400, 5, 100, 90), QRectF(600, 5, 100, 60)]
    way, lines = Guides(others).snap(body)
    assert way == QPointF(0, 2)
    assert lines == [QLineF(0, 5, 700, 5)]


def test_far_blocks_draw_nothing() -> None:
    assert Guides([QRectF(22, 90, 200, 90)]).snap(QRectF(0, 0, 100, 60)) == (QPointF(), [])
