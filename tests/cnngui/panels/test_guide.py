"""The guided first design in a real window: what it asks for and marks, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.panels.design.palette import Palette
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.panels.start.start_page import StartPage
from cnngui.panels.studio.training import TrainingPanel
from cnngui.panels.teaching.guide import Guide
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design.edits import add as add_block
from core.design.edits import connect, insert, new_block
from core.layers import LAYERS
from core.teaching.lesson import CLASSES
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, pressed
from tests.cnngui.drags import click_twice
from tests.cnngui.runs import PATIENCE
from tests.cnngui.window.opened import CTRL, press, turn_events

KINDS = ("input", "conv2d", "relu", "max_pool", "flatten", "dense", "classification")


@pytest.fixture
def window(qtbot: QtBot, themes: ThemeManager, settings: Settings) -> Iterator[MainWindow]:
    """With the tour begun by its button on the start page."""
    made = MainWindow(settings, themes)
    made.resize(1280, 720)
    made.show()
    made.activateWindow()
    made.workbench.load_plots()
    qtbot.waitUntil(lambda: made.workbench.data.source is not None, timeout=PATIENCE)
    page = made.findChild(StartPage)
    assert page is not None
    click(page.buttons["guide"])
    turn_events()
    yield made
    made.close_without_asking()
    made.deleteLater()


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def guide_of(window: MainWindow) -> Guide:
    [found] = [guide for guide in window.findChildren(Guide) if guide.isVisible()]
    return found


def palette_of(window: MainWindow) -> Palette:
    return content(window.workbench, "blocks", Palette)


def asked_for(window: MainWindow) -> str:
    return palette_of(window).layers.pointed_out


def place_of(window: MainWindow, kind: str) -> QPoint:
    """The middle of an entry of the palette, which has to be in sight as a whole."""
    layers = palette_of(window).layers
    place = layers.visualItemRect(layers.item_of(kind))
    assert layers.viewport().rect().contains(place)
    return place.center()


def add(window: MainWindow, kind: str) -> None:
    """A double click on what is in sight."""
    viewport, place = palette_of(window).layers.viewport(), place_of(window, kind)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    click_twice(viewport, Qt.MouseButton.LeftButton, pos=place)
    turn_events()


def build(window: MainWindow) -> None:
    """Does all that the tour asks for, up to training."""
    for kind in KINDS:
        add(window, kind)
        if kind == "dense":
            set_units(window)


def set_units(window: MainWindow) -> None:
    form = content(window.workbench, "properties", PropertiesPanel).form
    field = form.editors["units"].findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, str(CLASSES))
    QTest.keyClick(field, Qt.Key.Key_Return)
    turn_events()


def train(qtbot: QtBot, window: MainWindow) -> None:
    """By Space, as the tour says: the list of blocks has the keyboard, since that was used last."""
    bench = window.workbench
    bench.document.set_plan(Plan(epochs=1, batch_size=256))
    palette_of(window).layers.setFocus()
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        press(window, Qt.Key.Key_Space)
    turn_events()


def test_it_marks_what_it_asks_for_and_brings_it_into_sight(window: MainWindow) -> None:
    window.resize(1280, 420)
    turn_events()
    for kind in KINDS:
        assert asked_for(window) == kind
        if kind == "relu":  # found by a search, which the next block isn't among
            search = palette_of(window).search
            QTest.keyClicks(search, "relu")
            QTest.keyClick(search, Qt.Key.Key_Return)
            assert not search.text()
            continue
        add(window, kind)
        if kind == "dense":
            assert asked_for(window) == ""
            form = content(window.workbench, "properties", PropertiesPanel).form
            assert form.pointed_out is not None
            assert form.pointed_out.contains(form.rows["units"].geometry())
            set_units(window)
            assert form.pointed_out is None
    assert asked_for(window) == ""
    assert guide_of(window).text.text().startswith("Press Train")
    assert guide_of(window).next.isVisible()


@pytest.mark.parametrize("workspace", ["design", "train", "explain"])
@pytest.mark.parametrize("size", [(900, 500), (1024, 600), (1280, 720), (1920, 1080)])
def test_what_it_asks_for_is_in_sight_in_every_window_and_workspace(
    window: MainWindow, size: tuple[int, int], workspace: str
) -> None:
    """Each step is done with the mouse on what is seen; where nothing is, with the button that shows it."""
    window.resize(*size)
    turn_events()
    views = window.workbench.views
    views.switch(workspace)
    for kind in KINDS:
        turn_events()
        show_what_is_asked_for(window)
        assert asked_for(window) == kind
        add(window, kind)
        if kind == "dense":
            properties = content(window.workbench, "properties", PropertiesPanel)
            show_what_is_asked_for(window)
            assert properties.isVisible()
            row = properties.form.rows["units"]
            assert row.visibleRegion().boundingRect().contains(row.rect())
            set_units(window)
    turn_events()
    guide = guide_of(window)
    assert guide.text.text().startswith("Press Train")
    assert guide.next.isVisible()
    assert guide.rect().contains(guide.next.geometry())
    assert not window.sheet.name  # what it has brought out of a strip goes again: the canvas is all there


def show_what_is_asked_for(window: MainWindow) -> None:
    guide = guide_of(window)
    if guide.next.isVisible():
        assert guide.next.text().startswith("Show ")
        click(guide.next)
        turn_events()
        assert not guide.next.isVisible()


def test_a_panel_that_is_closed_stays_so_and_is_offered_until_the_next_task(window: MainWindow) -> None:
    views = window.workbench.views
    views.close_panel("blocks")
    turn_events()
    guide = guide_of(window)
    assert guide.next.isVisible()
    assert guide.next.text() == "Show Blocks"
    window.workbench.canvas.editor.blocks.add("input")
    turn_events()
    assert palette_of(window).isVisible()
    assert not guide.next.isVisible()


def test_a_block_that_is_to_be_selected_is_marked_on_the_canvas(window: MainWindow) -> None:
    bench = window.workbench
    for kind in KINDS[:6]:
        add(window, kind)
    drawing = bench.canvas.drawing
    assert not drawing.found.parts
    bench.selection.set(["input_1"])
    turn_events()
    assert list(drawing.found.parts) == ["dense_1"]
    assert bench.canvas.visible_area().contains(drawing.body("dense_1"))
    views = bench.views
    views.close_panel("properties")
    bench.selection.set(["dense_1"])
    turn_events()
    assert not drawing.found.parts
    assert content(bench, "properties", PropertiesPanel).isVisible()


def test_a_faulty_design_is_not_asked_for_an_output_that_it_has(window: MainWindow) -> None:
    """After the end of the tour's design, one more block is easily added where it doesn't fit."""
    bench = window.workbench
    build(window)
    bench.canvas.editor.blocks.add("conv2d")
    turn_events()
    guide = guide_of(window)
    assert "Problems says what" in guide.text.text()
    assert asked_for(window) == ""
    problems = content(bench, "problems", ProblemsPanel)
    assert problems.isVisible()
    assert problems.problems
    press(window, Qt.Key.Key_Z, CTRL)
    turn_events()
    assert guide.text.text().startswith("Press Train")
    assert not problems.isVisible()


def test_what_it_proposes_next_leads_to_a_network_without_a_problem(window: MainWindow) -> None:
    bench = window.workbench
    build(window)
    [wire] = bench.document.graph.incoming("flatten_1")
    bench.document.edit("Insert", lambda g: insert(g, new_block(g, LAYERS["conv2d"]()), wire))
    turn_events()
    assert not bench.document.inference.problems
    assert guide_of(window).text.text().startswith("Press Train")


@pytest.mark.parametrize("width", [700, 1024, 1280])
def test_its_steps_are_never_cut_off(window: MainWindow, width: int) -> None:
    window.resize(width, 600)
    for kind in ("input", "conv2d", "relu"):
        window.workbench.canvas.editor.blocks.add(kind)
    turn_events()
    guide = guide_of(window)
    labels = [label for mark in guide.marks for label in mark.findChildren(QLabel) if label.isVisible()]
    assert "Pooling" in [label.text() for label in labels]
    assert all(label.width() >= label.sizeHint().width() for label in labels)
    assert all(guide.rect().contains(mark.geometry()) for mark in guide.marks)


def test_in_a_small_window_the_result_of_the_run_is_a_click_away(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(900, 500)
    turn_events()
    build(window)
    train(qtbot, window)
    guide = guide_of(window)
    click(guide.next)
    turn_events()
    end = content(window.workbench, "training", TrainingPanel).end
    assert window.workspace == "train"
    assert end.isVisible()
    QTest.keyClick(window.sheet, Qt.Key.Key_Escape)
    turn_events()
    assert not end.isVisible()
    assert guide.next.text() == "Show the result"
    click(guide.next)
    assert end.isVisible()


def test_it_warns_of_nothing_that_it_has_not_asked_for(window: MainWindow) -> None:
    bench = window.workbench
    for kind in KINDS[:4]:
        add(window, kind)
        assert not bench.document.inference.problems
    problems = content(bench, "problems", ProblemsPanel)
    assert not problems.problems
    bench.canvas.setFocus()
    press(window, Qt.Key.Key_Space)  # whoever wants to train already is told why that can't be done
    assert any("no output block" in str(problem) for problem in problems.problems)
    add(window, "flatten")
    assert not problems.problems
    click(guide_of(window).end)
    assert problems.problems  # from now on, nobody says what comes next


def test_done_steps_are_ticked_off_and_undo_takes_the_tick_back(window: MainWindow) -> None:
    guide = guide_of(window)
    for kind in KINDS[:2]:
        add(window, kind)
    assert [mark.done for mark in guide.marks] == [True, True, *[False] * 5]
    window.workbench.actions["undo"].trigger()
    assert [mark.done for mark in guide.marks][:2] == [True, False]
    assert asked_for(window) == "conv2d"
    click(guide.end)
    turn_events()
    assert not guide.isVisible()
    assert asked_for(window) == ""


def test_another_design_ends_it(window: MainWindow) -> None:
    add(window, "input")
    with answering(pressed(QMessageBox.StandardButton.Discard)):
        press(window, Qt.Key.Key_N, CTRL)
    turn_events()
    assert not [guide for guide in window.findChildren(Guide) if guide.isVisible()]
    assert not window.workbench.models.lesson.is_on
    window.workbench.views.start_guide()
    turn_events()
    assert guide_of(window).marks[0].done is False


def test_another_design_opens_no_panel_of_the_tour(window: MainWindow) -> None:
    add(window, "input")
    bench = window.workbench
    bench.views.switch("train")
    turn_events()
    with answering(pressed(QMessageBox.StandardButton.Discard)):
        press(window, Qt.Key.Key_N, CTRL)
    turn_events()
    assert not bench.views.is_open("blocks")
    assert not bench.canvas.drawing.found.parts


def test_it_shows_the_whole_network_while_it_learns_and_says_what_came_of_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    bench = window.workbench
    build(window)
    guide = guide_of(window)
    bench.canvas.zoom_to(3.0)
    assert not bench.canvas.is_fitted
    seen: list[str] = []
    bench.models.lesson.changed.connect(lambda: seen.append(guide.text.text()))
    bench.run_control.began.connect(lambda: seen.append(f"fitted: {bench.canvas.is_fitted}"))
    train(qtbot, window)
    assert "fitted: True" in seen
    assert bench.canvas.visible_area().contains(bench.canvas.drawing.whole())
    assert all(mark.done for mark in guide.marks)
    text = guide.text.text()
    assert "learns" not in text
    assert "of the digits rightly that it hasn't seen before" in text
    assert "Next:" in text
    click(guide.next)
    assert window.workspace == "train"
    assert guide.next.text() == "Go to Design"  # where the blocks are that the text speaks of
    click(guide.next)
    turn_events()
    assert window.workspace == "design"
    assert palette_of(window).isVisible()
    click(guide.end)
    assert not bench.models.lesson.is_on


def test_with_nothing_selected_a_block_goes_behind_the_one_open_end(window: MainWindow) -> None:
    bench = window.workbench
    for kind in KINDS[:4]:
        add(window, kind)
    bench.selection.set([])
    turn_events()
    add(window, "flatten")
    [wire] = bench.document.graph.incoming("flatten_1")
    assert wire.source == "max_pool_1"
    assert asked_for(window) == "dense"


def test_a_block_that_was_put_down_loose_is_to_be_connected(window: MainWindow) -> None:
    bench = window.workbench
    for kind in KINDS[:4]:
        add(window, kind)
    bench.document.edit("Add", lambda g: add_block(g, new_block(g, LAYERS["flatten"]())))
    turn_events()
    assert guide_of(window).text.text().startswith("Flatten 1 isn't connected yet: drag a wire")
    assert list(bench.canvas.drawing.found.parts) == ["flatten_1"]
    bench.document.edit("Connect", lambda g: connect(g, "max_pool_1", "flatten_1"))
    turn_events()
    assert guide_of(window).text.text().startswith("Double-click Dense")
    assert not bench.canvas.drawing.found.parts


def test_where_a_block_would_go_is_to_be_said_where_there_are_several_open_ends(window: MainWindow) -> None:
    bench = window.workbench
    for kind in KINDS[:4]:
        add(window, kind)
    bench.selection.set(["conv2d_1"])
    add(window, "relu")
    bench.selection.set([])
    turn_events()
    assert guide_of(window).text.text() == (
        "Select the block that Flatten is to come behind, then double-click Flatten."
    )
    bench.selection.set(["max_pool_1"])
    turn_events()
    assert guide_of(window).text.text().startswith("Double-click Flatten")


def test_it_points_at_the_block_where_others_are_selected_with_it(window: MainWindow) -> None:
    for kind in KINDS[:6]:
        add(window, kind)
    window.workbench.selection.set(window.workbench.document.graph.by_id)
    turn_events()
    assert list(window.workbench.canvas.drawing.found.parts) == ["dense_1"]


@pytest.mark.parametrize("width", [900, 1280, 1920])
def test_the_canvas_keeps_its_place_below_it(window: MainWindow, width: int) -> None:
    window.resize(width, 720)
    add(window, "input")  # with it, properties come beside the canvas
    heights = {guide_of(window).height()}
    for kind in KINDS[1:]:
        add(window, kind)
        heights.add(guide_of(window).height())
        if kind == "dense":
            set_units(window)
            heights.add(guide_of(window).height())
    assert len(heights) == 1
