"""Panels that come up when they have something to show, and panels that are shown for a while."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.panels.design.problem_view import ProblemView
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.panels.studio.feature_maps import FeatureMapsPanel
from cnngui.window.main_window import MainWindow
from core.design.edits import remove, set_param
from core.design.graph import Graph
from core.project import Project
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, pressed
from tests.cnngui.runs import GRAPH, PATIENCE, texts
from tests.cnngui.window.opened import Start, turn_events

BROKEN = set_param(GRAPH, "input_1", "shape", (1, 9, 9))
"""The data have another shape: a problem with two remedies that end it."""


def build(window: MainWindow, graph: Graph = GRAPH) -> None:
    window.workbench.document.edit("Build", lambda _: graph)
    turn_events()


def train(qtbot: QtBot, window: MainWindow) -> None:
    """Trains to the end, from the key on the canvas."""
    window.workbench.canvas.setFocus()
    with qtbot.waitSignal(window.workbench.run.ended, timeout=PATIENCE):
        press(window, Qt.Key.Key_Space)
    turn_events()


def press(
    window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(window.focusWidget() or window, key, modifier)
    turn_events()


def remedies(window: MainWindow) -> list[QPushButton]:
    panel = content(window.workbench, "problems", ProblemsPanel)
    return [button for button in panel.findChildren(QPushButton) if button.isVisible()]


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    turn_events()


# -- what has nothing to show --------------------------------------------------------------------------------


def test_using_a_panel_that_came_up_does_not_keep_it_beside_an_empty_design(window: MainWindow) -> None:
    bench = window.workbench
    bench.views.switch("design")
    build(window)
    bench.canvas.activated.emit("conv2d_1")  # a double click on the block
    turn_events()
    assert "properties" in window.docks.in_sight()
    with answering(pressed(QMessageBox.StandardButton.Discard)):
        bench.files.new()
    turn_events()
    assert "properties" not in window.docks.in_sight()


def test_panels_come_up_when_they_have_something_to_show(qtbot: QtBot, window: MainWindow) -> None:
    views, docks = window.workbench.views, window.docks
    seen = {}
    for name in ("design", "train", "explain"):
        views.switch(name)
        turn_events()
        seen[name] = docks.in_sight()
    assert seen == {"design": ["blocks"], "train": ["training"], "explain": []}
    views.switch("design")
    window.workbench.canvas.setFocus()
    build(window)
    assert docks.in_sight() == ["blocks", "properties"]
    assert window.focusWidget() is window.workbench.canvas
    views.switch("train")
    train(qtbot, window)
    assert docks.in_sight() == ["training", "curves", "maps"]
    assert window.focusWidget() is window.workbench.canvas
    widths = [docks[name].width() for name in ("curves", "maps")]
    assert max(widths) < 1.1 * min(widths)


def test_explain_shows_an_untrained_network_by_itself(qtbot: QtBot, window: MainWindow) -> None:
    build(window)
    press(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "maps" in window.docks.in_sight(), timeout=PATIENCE)
    assert window.docks.in_sight() == ["help", "maps", "field"]
    maps = content(window.workbench, "maps", FeatureMapsPanel)
    qtbot.waitUntil(lambda: "4 × 6 × 6" in texts(maps), timeout=PATIENCE)
    assert not window.workbench.selection.parts  # what isn't selected by the user can't be deleted by a key
    build(window, set_param(GRAPH, "conv2d_1", "filters", 5))
    qtbot.waitUntil(lambda: "5 × 6 × 6" in texts(maps), timeout=PATIENCE)
    assert not window.workbench.run.has_learned


def test_what_the_user_has_closed_stays_closed(start: Start) -> None:
    window = start()
    build(window)
    window.docks["properties"].close()
    turn_events()
    build(window, remove(GRAPH, ["relu_1"]))
    assert window.docks.in_sight() == ["blocks"]
    window = start()
    build(window)
    assert window.docks.in_sight() == ["blocks"]


def test_what_waits_at_the_end_comes_up_at_the_next_start(start: Start) -> None:
    start()
    window = start()
    assert window.docks.in_sight() == ["blocks"]
    build(window)
    assert window.docks.in_sight() == ["blocks", "properties"]
    window.workbench.document.open_project(Project())
    window.workbench.files.opened.emit()
    turn_events()
    assert window.docks.in_sight() == ["blocks"]


def test_what_the_user_opens_stays_though_it_is_empty(window: MainWindow) -> None:
    views = window.workbench.views
    views.show("curves")
    turn_events()
    assert "curves" in window.docks.in_sight()


def test_a_panel_that_waited_has_the_size_that_the_user_gave_it(start: Start) -> None:
    window = start()
    build(window)
    window.resizeDocks([window.docks["properties"]], [400], Qt.Orientation.Horizontal)
    turn_events()
    width = window.docks["properties"].width()
    for _ in range(2):
        window = start()
        build(window)
        assert window.docks["properties"].width() == width


def test_with_nothing_selected_the_properties_are_those_of_the_design(window: MainWindow) -> None:
    build(window)
    said = texts(content(window.workbench, "properties", PropertiesPanel))
    assert "The whole design" in said
    assert "1 × 8 × 8" in said
    assert "Select a block" in said


# -- what is shown for a while -------------------------------------------------------------------------------


@pytest.mark.parametrize("workspace", ["design", "train"])
def test_problems_that_came_up_by_themselves_go_when_they_are_solved(
    window: MainWindow, workspace: str
) -> None:
    window.workbench.views.switch(workspace)
    build(window, BROKEN)
    window.workbench.canvas.setFocus()
    press(window, Qt.Key.Key_Space)
    assert "problems" in window.docks.in_sight()
    click(remedies(window)[0])
    assert not window.workbench.document.obstacles
    assert "problems" not in window.docks.in_sight()
    assert window.focusWidget() is window.workbench.canvas


def test_problems_that_came_up_by_themselves_are_not_remembered(start: Start) -> None:
    window = start()
    build(window, BROKEN)
    window.workbench.run_control.start()
    turn_events()
    assert "problems" in window.docks.in_sight()
    window.workbench.views.switch("train")
    window.workbench.views.switch("design")
    turn_events()
    assert "problems" not in window.docks.in_sight()
    window.workbench.run_control.start()
    window = start()
    assert "problems" not in window.docks.in_sight()


def test_problems_that_the_user_asked_for_stay(window: MainWindow) -> None:
    build(window, BROKEN)
    window.workbench.run_control.start()
    press(window, Qt.Key.Key_F8)
    click(remedies(window)[0])
    assert "problems" in window.docks.in_sight()


def test_a_run_brings_the_curves_back_to_the_front(qtbot: QtBot, window: MainWindow) -> None:
    views = window.workbench.views
    views.switch("train")
    build(window)
    train(qtbot, window)
    views.show("problems")
    views.show("curves")
    build(window, BROKEN)
    window.workbench.run_control.start()
    turn_events()
    assert "curves" not in window.docks.in_sight()
    click(remedies(window)[0])
    assert "curves" in window.docks.in_sight()
    assert views.is_open("problems")  # behind, as the user has put it


# -- the keyboard --------------------------------------------------------------------------------------------


def test_after_a_remedy_nothing_is_typed_into_a_name(window: MainWindow) -> None:
    build(window, remove(BROKEN, ["flatten_1"]))
    workbench = window.workbench
    workbench.selection.set(["conv2d_1"])
    workbench.views.show("problems")
    turn_events()
    while remedies(window):
        click(remedies(window)[0])
        focused = window.focusWidget()
        assert focused is workbench.canvas or isinstance(focused, ProblemView)
        press(window, Qt.Key.Key_X)
    assert [block.name for block in workbench.document.graph.blocks].count("x") == 0
    press(window, Qt.Key.Key_Space)
    assert workbench.run.active


def test_a_button_that_can_not_be_pressed_any_more_gives_the_keyboard_to_the_canvas(
    qtbot: QtBot, window: MainWindow
) -> None:
    views, run = window.workbench.views, window.workbench.run
    views.switch("train")
    build(window)
    [button] = [
        button
        for button in views.content("training").findChildren(QPushButton)
        if button.text() == "Train" and button.isVisible()
    ]
    button.setFocus()
    with qtbot.waitSignal(run.state_changed):
        click(button)
    assert window.focusWidget() is window.workbench.canvas
