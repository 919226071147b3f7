"""Frames hold the blocks in them while these show live pictures, and are as before when they don't."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from cnngui.canvas.drawing.layout import THUMBNAIL
from core.design import groups
from core.design.graph import Comment, Frame, Graph
from tests.cnngui.canvas.conftest import Hand, chain

INNER = Frame("frame_1", "Inner", (-20, -40), (440, 136))
OUTER = Frame("frame_2", "Outer", (-40, -80), (700, 184))
BELOW = Comment("comment_1", "Below", (0, 100), 160)


def framed(*, opened: bool = False) -> Graph:
    """Two blocks in a frame, which is in another one with a third; a comment is below the inner one."""
    graph = chain("conv2d", "relu", "tanh")
    if opened:
        graph = groups.group(graph, ["relu_1"], "Single")
    return replace(graph, frames=(INNER, OUTER), comments=(BELOW,))


def show_pictures(hand: Hand, blocks: Iterable[str]) -> None:
    picture = QImage(THUMBNAIL, QImage.Format.Format_RGB32)
    hand.canvas.drawing.set_thumbnails(dict.fromkeys(blocks, picture))


def bodies(hand: Hand) -> dict[str, QRectF]:
    return {part: hand.canvas.drawing.body(part) for part in ("frame_1", "frame_2", *hand.graph.by_id)}


@pytest.mark.parametrize("opened", [False, True])
def test_blocks_with_pictures_stay_in_their_frames(hand: Hand, opened: bool) -> None:
    hand.show(framed(opened=opened))
    before = bodies(hand)
    show_pictures(hand, hand.graph.by_id)
    now = bodies(hand)
    assert now["conv2d_1"].bottom() > before["frame_1"].bottom()
    assert now["frame_1"].contains(now["conv2d_1"])
    assert now["frame_1"].contains(now["relu_1"])
    assert now["frame_2"].contains(now["frame_1"])
    assert now["frame_2"].contains(now["tanh_1"])
    assert hand.graph.frames == (INNER, OUTER)
    show_pictures(hand, ())
    assert bodies(hand) == before


def test_a_frame_with_room_stays_as_it_is(hand: Hand) -> None:
    hand.show(replace(framed(), frames=(replace(INNER, size=(440, 240)),)))
    show_pictures(hand, hand.graph.by_id)
    assert hand.canvas.drawing.body("frame_1") == QRectF(-20, -40, 440, 240)


def test_a_frame_shrinks_when_a_block_with_a_picture_leaves_it(hand: Hand) -> None:
    hand.show(replace(framed(), frames=(replace(INNER, size=(1000, 136)),), comments=()))
    show_pictures(hand, ["tanh_1"])
    assert hand.canvas.drawing.body("frame_1").contains(hand.canvas.drawing.body("tanh_1"))
    hand.drag(hand.header("tanh_1"), hand.header("tanh_1") + QPointF(0, 400))
    assert hand.canvas.drawing.body("frame_1") == QRectF(-20, -40, 1000, 136)


def test_a_frame_that_has_grown_carries_what_lay_in_it_and_keeps_its_bounds(hand: Hand) -> None:
    hand.show(replace(framed(), frames=(INNER,)))
    show_pictures(hand, hand.graph.by_id)
    title = QPointF(100, -30)
    hand.drag(title, title + QPointF(0, -40))
    assert hand.graph.frames == (replace(INNER, position=(-20, -80)),)
    moved = {block.id: block.position[1] for block in hand.graph.blocks}
    assert moved == {"conv2d_1": -40, "relu_1": -40, "tanh_1": 0}
    assert hand.graph.comments == (BELOW,), "only the picture reaches down to it"


def test_one_side_of_a_frame_that_has_grown_is_led_elsewhere_alone(hand: Hand) -> None:
    hand.show(replace(framed(), frames=(INNER,)))
    show_pictures(hand, hand.graph.by_id)
    hand.drag(QPointF(420, 20), QPointF(400, 20))
    assert hand.graph.frames == (replace(INNER, size=(420, 136)),)
