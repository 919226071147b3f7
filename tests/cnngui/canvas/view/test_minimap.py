"""The small map of the whole design."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.canvas.view.minimap import Minimap
from cnngui.theme.theme import DARK
from core.design.graph import Graph
from tests.cnngui.canvas.conftest import Hand, chain

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
