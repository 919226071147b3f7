"""The small map of the whole design."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.canvas.editor.mime import layer_mime
from cnngui.canvas.view.minimap import Minimap
from cnngui.theme.theme import DARK
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import MIDDLE, Hand, chain

LONG = ("input", *["relu"] * 20)


@pytest.fixture
def minimap(hand: Hand) -> Minimap:
    hand.show(chain(*LONG))
    minimap = hand.canvas.minimap
    minimap.refresh()
    return minimap


def test_it_is_there_only_while_a_part_is_out_of_sight(hand: Hand, minimap: Minimap) -> None:
    assert minimap.isVisible()
    hand.canvas.fit()
    assert not minimap.isVisible()
    hand.canvas.zoom_in()
    hand.canvas.zoom_in()
    assert minimap.isVisible()


def test_it_can_be_turned_off(minimap: Minimap) -> None:
    minimap.turn(False)
    assert not minimap.isVisible()
    minimap.turn(True)
    assert minimap.isVisible()


def test_a_click_and_a_drag_lead_elsewhere(hand: Hand, minimap: Minimap) -> None:
    for step, block in enumerate(("relu_3", "relu_15")):
        middle = hand.canvas.drawing.block_item(block).body.center()
        spot = minimap.place_of(middle).toPoint()
        if step == 0:
            QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=spot)
        else:
            QTest.mouseMove(minimap, spot)
        assert hand.canvas.visible_area().contains(middle)
        assert hand.selected() == []
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton)


def test_blocks_are_in_the_color_of_their_category(hand: Hand, minimap: Minimap) -> None:
    spot = minimap.place_of(hand.canvas.drawing.block_item("relu_3").body.center()).toPoint()
    assert minimap.grab().toImage().pixelColor(spot) == DARK.category("Activation")


def test_it_follows_the_design(hand: Hand, minimap: Minimap, qtbot: QtBot) -> None:
    hand.canvas.document.open(Graph())
    qtbot.waitUntil(lambda: not minimap.isVisible())
    hand.canvas.document.open(chain(*LONG))
    hand.canvas.centerOn(QPointF())
    qtbot.waitUntil(minimap.isVisible)


def covers(hand: Hand, part: str) -> bool:
    minimap = hand.canvas.minimap
    body = hand.canvas.pixels_of(hand.canvas.drawing.body(part))
    return minimap.isVisible() and minimap.geometry().intersects(body)


def under(hand: Hand, minimap: Minimap) -> QPointF:
    """The point of the plane below the middle of the map."""
    return hand.canvas.mapToScene(minimap.geometry().center())


def test_it_hides_while_something_is_dragged_in_or_moved(hand: Hand, minimap: Minimap) -> None:
    hand.drag_in(layer_mime("tanh"), under(hand, minimap))
    assert not minimap.isVisible()
    hand.drag_out()
    assert minimap.isVisible()
    start = hand.header("relu_10")
    hand.press(start)
    assert minimap.isVisible()  # a click doesn't let it flicker
    hand.move(start + QPointF(40, 80))
    assert not minimap.isVisible()
    hand.key(Qt.Key.Key_Escape)
    assert minimap.isVisible()
    hand.release(start)
    hand.press(start, MIDDLE)
    hand.move(start + QPointF(40, 80))
    assert minimap.isVisible()  # it shows where one looks
    hand.release(start, MIDDLE)


def test_it_lies_over_no_block_that_was_just_added(hand: Hand, minimap: Minimap) -> None:
    hand.drop(layer_mime("tanh"), under(hand, minimap))
    assert hand.canvas.visible_area().intersects(hand.canvas.drawing.body("tanh_1"))
    assert minimap.isVisible()
    assert not covers(hand, "tanh_1")
    place = minimap.geometry()
    hand.canvas.editor.select(["relu_10"], ())
    assert minimap.geometry() == place  # it doesn't jump back


def test_it_lies_over_nothing_that_is_brought_into_sight(hand: Hand, minimap: Minimap) -> None:
    middle = hand.canvas.drawing.body("relu_18").center()
    hand.canvas.centerOn(middle - (under(hand, minimap) - hand.canvas.visible_area().center()))
    hand.canvas.bring_into_sight(["relu_18"])
    assert minimap.isVisible()
    assert not covers(hand, "relu_18")


def test_it_hides_where_one_works_in_all_corners(hand: Hand, minimap: Minimap, qtbot: QtBot) -> None:
    seen = hand.canvas.visible_area()
    for corner in (seen.topLeft(), seen.topRight(), seen.bottomLeft(), seen.bottomRight()):
        hand.drop(layer_mime("tanh"), corner + (seen.center() - corner) * 0.1)
    hand.canvas.editor.select([f"tanh_{number}" for number in (1, 2, 3, 4)], ())
    assert not minimap.isVisible()
    hand.canvas.editor.select((), ())
    assert not minimap.isVisible()  # the blocks are still there to be read
    hand.canvas.editor.select(["tanh_4"], ())
    hand.key(Qt.Key.Key_Delete)
    qtbot.waitUntil(minimap.isVisible)


def covers_any(hand: Hand) -> bool:
    return any(covers(hand, part) for part in hand.graph.by_id)


def test_it_lies_over_no_block_wherever_one_looks(hand: Hand, minimap: Minimap) -> None:
    middle = hand.canvas.drawing.content_rect().center()
    assert minimap.isVisible()
    for down in range(-400, 401, 50):
        hand.canvas.centerOn(middle + QPointF(0, down))
        assert minimap.isVisible()
        assert not covers_any(hand)
    for width, height in ((600, 400), (1280, 330), (700, 800)):
        hand.canvas.resize(width, height)
        assert not covers_any(hand)


def test_it_goes_where_blocks_do_not_grow_with_pictures(hand: Hand, minimap: Minimap, qtbot: QtBot) -> None:
    hand.canvas.centerOn(hand.canvas.drawing.body("relu_10").center())
    corner = minimap.geometry()
    down = hand.canvas.pixels_of(hand.canvas.drawing.body("relu_10")).bottom() - corner.top()
    hand.canvas.scroll_by(QPointF(0, down + 20))  # the blocks end just above the map
    assert minimap.geometry() == corner
    image = QImage(60, 20, QImage.Format.Format_RGB32)
    hand.canvas.set_thumbnails(dict.fromkeys(hand.graph.by_id, image))
    qtbot.waitUntil(lambda: minimap.geometry() != corner)
    assert not covers_any(hand)


def test_after_undo_it_lies_over_no_block(hand: Hand, minimap: Minimap) -> None:
    hand.canvas.editor.select(["relu_10"], ())
    hand.key(Qt.Key.Key_Delete)
    middle = hand.canvas.drawing.body("relu_9").center()
    hand.canvas.centerOn(middle - (under(hand, minimap) - hand.canvas.visible_area().center()))
    hand.canvas.document.undo_stack.undo()
    minimap.refresh()
    assert not covers_any(hand)


def test_it_hides_while_a_remedy_is_looked_at(hand: Hand) -> None:
    hand.show(chain(*LONG, "flatten", "conv2d"))
    hand.canvas.minimap.refresh()
    assert hand.canvas.minimap.isVisible()
    problem = hand.canvas.document.inference.problem("conv2d_1")
    assert problem is not None
    hand.canvas.following.preview(hand.canvas.document.with_fixes(problem).fixes[0])
    assert not hand.canvas.minimap.isVisible()
    hand.canvas.following.preview(None)
    assert hand.canvas.minimap.isVisible()
