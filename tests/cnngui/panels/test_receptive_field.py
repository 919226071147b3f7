"""The receptive field of a unit, on a sample: mouse and keys choose the unit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.models.document import Document
from cnngui.models.models import Models
from cnngui.models.selection import Selection
from cnngui.panels.studio.receptive_field import ReceptiveFieldPanel
from cnngui.theme.theme import ThemeManager
from cnngui.widgets.pixels import PixelView
from core.design.edits import remove, set_param
from tests.cnngui.runs import GRAPH, regression_graph, texts


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(GRAPH)
    return made


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def panel(
    qtbot: QtBot, themes: ThemeManager, document: Document, selection: Selection, models: Models
) -> ReceptiveFieldPanel:
    made = ReceptiveFieldPanel(models, selection, themes)
    qtbot.addWidget(made)
    made.resize(700, 240)
    with qtbot.waitExposed(made):
        made.show()
    selection.set(["max_pool_1"])
    return made


def point(view: PixelView, row: int, column: int) -> None:
    QTest.mouseMove(view, view.center_of(row, column).toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.center_of(row, column).toPoint())


def test_the_grid_chooses_the_unit(panel: ReceptiveFieldPanel) -> None:
    point(panel.map, 0, 2)
    assert panel.unit == (0, 2)
    assert panel.area == ((0, 3), (4, 7))
    assert "sees 4 × 4 of 8 × 8 pixels" in texts(panel)


def test_the_picture_chooses_the_unit_that_sees_the_pixel(panel: ReceptiveFieldPanel) -> None:
    point(panel.sample, 7, 1)
    assert panel.unit == (2, 0)
    point(panel.sample, 0, 0)
    assert panel.unit == (0, 0)


def test_keys_move_the_unit_and_stop_at_the_edge(panel: ReceptiveFieldPanel) -> None:
    panel.map.setFocus()
    for _ in range(5):
        QTest.keyClick(panel.map, Qt.Key.Key_Right)
    QTest.keyClick(panel.map, Qt.Key.Key_Up)
    assert panel.unit == (0, 2)
    assert "columns 5 to 8" in panel.sample.accessibleDescription()


def test_the_field_follows_the_design(panel: ReceptiveFieldPanel, document: Document) -> None:
    document.edit("Edit", lambda graph: set_param(graph, "conv2d_1", "kernel", (1, 5)))
    assert panel.area is not None
    assert [last - first + 1 for first, last in panel.area] == [2, 6]


def test_a_block_may_go_while_the_mouse_is_held_on_a_picture(
    panel: ReceptiveFieldPanel, document: Document
) -> None:
    place = panel.sample.center_of(2, 2).toPoint()
    QTest.mousePress(panel.sample, Qt.MouseButton.LeftButton, pos=place)
    document.edit("Delete", lambda graph: remove(graph, ["max_pool_1"]))
    QTest.mouseRelease(panel.sample, Qt.MouseButton.LeftButton, pos=place)
    point(panel.sample, 5, 5)
    QTest.keyClick(panel.map, Qt.Key.Key_Right)
    assert "Conv 2D 1" in texts(panel)  # the first block with maps stands in


def test_a_vector_sees_everything(panel: ReceptiveFieldPanel, selection: Selection) -> None:
    selection.set(["dense_1"])
    assert "sees all of 8 × 8 pixels" in texts(panel)
    point(panel.sample, 3, 3)
    assert panel.unit == (0, 0)
    assert not panel.map.isVisible()  # one square says nothing
    assert "another unit" not in texts(panel)
    selection.set(["max_pool_1"])
    assert panel.map.isVisible()
    assert "another unit" in texts(panel)


def test_a_sample_of_another_shape_is_not_shown(panel: ReceptiveFieldPanel, document: Document) -> None:
    assert "another unit" in texts(panel)
    document.edit("Edit", lambda graph: set_param(graph, "input_1", "shape", (1, 9, 9)))
    assert "another shape" in texts(panel)
    assert "of 9 × 9 pixels" in texts(panel)


def test_there_is_a_unit_to_look_at_wherever_an_image_enters(
    panel: ReceptiveFieldPanel, document: Document, selection: Selection
) -> None:
    selection.set([])
    assert "Conv 2D 1, row" in texts(panel)  # the first block with maps stands in
    document.open(regression_graph())
    assert "No image enters" in texts(panel)
