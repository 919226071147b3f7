"""Samples in a row: what is chosen is what is seen, and a screen reader hears which one it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.theme.theme import ThemeManager
from cnngui.widgets.gallery import Gallery, Tile

LEFT, RIGHT, RETURN = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return


@pytest.fixture
def gallery(qtbot: QtBot, themes: ThemeManager) -> Gallery:
    """Six samples where there is the width for two and a half."""
    made = Gallery(themes)
    image = QImage(8, 8, QImage.Format.Format_Grayscale8)
    image.fill(0)
    made.show_tiles([Tile(image, str(number), f"It is {number}.") for number in range(6)])
    qtbot.addWidget(made)
    made.resize(120, 60)
    made.show()
    return made


def test_the_arrows_go_to_what_is_seen(gallery: Gallery) -> None:
    chosen: list[int] = []
    gallery.chosen.connect(chosen.append)
    for keys in ([LEFT], [RIGHT], [RIGHT, RIGHT]):
        for key in (*keys, RETURN):
            QTest.keyClick(gallery, key)
        assert gallery.rect().contains(gallery.place(chosen[-1]).toRect())
    assert chosen == [1, 0, 0]


def test_a_tile_that_is_cut_off_is_not_there(gallery: Gallery) -> None:
    chosen: list[int] = []
    gallery.chosen.connect(chosen.append)
    QTest.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=QPoint(110, 20))
    assert not chosen
    assert gallery.texts == ["0", "1"]
    gallery.resize(300, 60)
    assert gallery.texts == ["0", "1", "2", "3", "4", "5"]


def test_where_the_row_becomes_short_its_last_one_is_current(gallery: Gallery) -> None:
    gallery.resize(300, 60)
    QTest.keyClick(gallery, LEFT)
    assert gallery.accessibleDescription() == "It is 5."
    gallery.resize(120, 60)
    assert gallery.accessibleDescription() == "It is 1."


def test_a_screen_reader_hears_of_the_current_one(gallery: Gallery) -> None:
    assert gallery.accessibleDescription() == "It is 0."
    QTest.keyClick(gallery, RIGHT)
    assert gallery.accessibleDescription() == "It is 1."
