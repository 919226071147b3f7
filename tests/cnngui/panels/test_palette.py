"""The palette: search, keyboard, and what it hands over."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.canvas.editor.mime import dragged_kind
from cnngui.panels.design.palette import Palette, first_sentence
from cnngui.theme.theme import ThemeManager
from core.layers import LAYERS
from tests.cnngui.drags import click_twice


@pytest.fixture
def palette(qtbot: QtBot, themes: ThemeManager) -> Palette:
    palette = Palette(themes)
    qtbot.addWidget(palette)
    palette.resize(240, 700)
    palette.show()
    palette.activateWindow()
    qtbot.waitUntil(palette.isActiveWindow)
    palette.search.setFocus()
    return palette


def test_every_layer_is_there_once_with_icon_and_help(palette: Palette) -> None:
    assert sorted(palette.layers.kinds()) == sorted(layer.kind for layer in LAYERS)
    for layer in LAYERS:
        item = palette.layers.item_of(layer.kind)
        assert item.text(0) == layer.title
        assert not item.icon(0).isNull()
        assert item.toolTip(0) == first_sentence(layer)
        heading = item.parent()
        assert heading is not None
        assert heading.text(0) == layer.group


def test_data_comes_in_at_the_top_and_results_leave_at_the_bottom(palette: Palette) -> None:
    kinds = palette.layers.kinds()
    assert LAYERS[kinds[0]].inputs == 0
    assert not LAYERS[kinds[-1]].has_output


@pytest.mark.parametrize("text", ["pool", "POOL max", "max_pool"])
def test_the_search_finds_titles_kinds_and_groups(palette: Palette, text: str) -> None:
    palette.search.setText(text)
    found = palette.layers.kinds()
    assert "max_pool" in found
    assert "dense" not in found
    palette.search.clear()
    assert len(palette.layers.kinds()) == len(list(LAYERS))


def test_a_search_without_result_says_so(palette: Palette) -> None:
    palette.search.setText("no such layer")
    assert palette.layers.kinds() == []
    assert not palette.layers.isVisible()
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.layers.isVisible()


def test_type_and_enter_chooses_the_first(palette: Palette, qtbot: QtBot) -> None:
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.keyClicks(palette.search, "dense")
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert chosen.args == ["dense"]


def test_enter_without_a_search_chooses_nothing(palette: Palette, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_the_arrows_go_through_the_layers_and_over_the_headings(palette: Palette, qtbot: QtBot) -> None:
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.layers.hasFocus()
    seen = []
    for _ in palette.layers.kinds():
        seen.append(palette.layers.current_kind())
        QTest.keyClick(palette.layers, Qt.Key.Key_Down)
    assert seen == palette.layers.kinds()
    QTest.keyClick(palette.layers, Qt.Key.Key_Up)  # back from the snippets below
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.keyClick(palette.layers, Qt.Key.Key_Return)
    assert chosen.args == [seen[-1]]


def test_a_double_click_chooses(palette: Palette, qtbot: QtBot) -> None:
    place = palette.layers.visualItemRect(palette.layers.item_of("conv2d")).center()
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.mouseClick(palette.layers.viewport(), Qt.MouseButton.LeftButton, pos=place)
        click_twice(palette.layers.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["conv2d"]


def test_a_drag_carries_the_kind(palette: Palette) -> None:
    data = palette.layers.mimeData([palette.layers.item_of("relu")])
    assert dragged_kind(data) == "relu"
