"""The design beside another one: what is new, gone and changed is marked, with a sign and in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.design.direction import Direction
from core.design.edits import insert, new_block, remove, rename, set_param
from core.design.graph import Graph, Wire
from core.design.groups import fold, group
from core.formats.project import ProjectFile, save_project
from core.layers.activation import Tanh
from core.project import Project
from tests.cnngui.commands.test_menu_bar import entry
from tests.cnngui.dialogs import answering, close, pressed, typed
from tests.cnngui.models.test_run_history import BUTTONS, ON, choose, other_pool
from tests.cnngui.runs import ENDLESS, GRAPH, PATIENCE, wait_for
from tests.cnngui.windows import open_window, press, undo

NEAR = 14
"""Pixels around a corner, in which a sign is."""


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    """A window with GRAPH."""
    bench = open_window(qtbot, settings, themes, tmp_path)
    bench.views.switch("design")
    bench.canvas.following.set_animations(False)
    bench.canvas.editor.arranging.arrange(Direction.RIGHT)
    bench.canvas.zoom_reset()
    yield bench
    bench.run.stop()
    wait_for(qtbot, bench.models, State.IDLE)


def before(graph: Graph) -> Graph:
    """A version of the design: other filters, another name, a block more, a block less."""
    changed = rename(set_param(graph, "conv2d_1", "filters", 2), "dense_1", "Head")
    changed = insert(changed, new_block(changed, Tanh()), changed.outgoing("max_pool_1")[0])
    return remove(changed, ["relu_1"], reconnect=True)


def view_entry(bench: Workbench, text: str) -> QAction:
    assert isinstance(bench.window, MainWindow)
    return entry(bench.window, "View", text)


def is_comparing(bench: Workbench) -> bool:
    return bench.models.comparing.other is not None


def compare(bench: Workbench, graph: Graph, name: str = "before.json") -> None:
    """Compares with a file through the menu."""
    folder = bench.settings.folder("designs")
    assert folder is not None
    save_project(folder / name, ProjectFile(Project(graph)))
    with answering(typed(name)):
        view_entry(bench, "Compare With File…").trigger()


def sign_color(bench: Workbench, area: QRectF, color: QColor) -> bool:
    """Whether the sign at an area's top left corner is painted in this colour."""
    canvas = bench.canvas
    canvas.centerOn(area.center())
    QApplication.processEvents()
    picture = canvas.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    corner = QPointF(canvas.mapFromScene(area.topLeft())) * ratio
    near = round(NEAR * ratio / 2)
    return any(
        picture.pixelColor(round(corner.x()) + x, round(corner.y()) + y) == color
        for x in range(-near, near)
        for y in range(-near, near)
    )


def tooltip(bench: Workbench, point: QPointF) -> str:
    """What is said where the mouse rests."""
    bench.canvas.centerOn(point)
    place = bench.canvas.mapFromScene(point)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, bench.canvas.mapToGlobal(place))
    QApplication.sendEvent(bench.canvas.viewport(), event)
    said = QToolTip.text()
    QToolTip.hideText()
    return said


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_blocks_are_marked_by_signs_in_both_themes(bench: Workbench, themes: ThemeManager, mode: str) -> None:
    themes.mode = "light" if mode == "light" else "dark"
    compare(bench, before(bench.document.graph))
    drawing, theme = bench.canvas.drawing, themes.current
    assert drawing.changes.changes.blocks.keys() == {"conv2d_1", "dense_1", "relu_1"}
    assert sign_color(bench, drawing.body("relu_1"), theme.added)
    assert sign_color(bench, drawing.body("conv2d_1"), theme.changed)
    ghosts = drawing.changes.ghosts()
    assert ghosts.keys() == {"tanh_1"}
    assert sign_color(bench, ghosts["tanh_1"], theme.muted)
    assert not sign_color(bench, drawing.body("flatten_1"), theme.changed)


def test_a_ghost_lies_on_no_block(bench: Workbench) -> None:
    compare(bench, before(bench.document.graph))
    (ghost,) = bench.canvas.drawing.changes.ghosts().values()
    assert not any(ghost.intersects(body) for body in bench.canvas.drawing.bodies().values())


def test_the_tooltips_say_what_is_different(bench: Workbench) -> None:
    compare(bench, before(bench.document.graph))
    drawing = bench.canvas.drawing
    assert "Filters: 2 → 4" in tooltip(bench, drawing.body("conv2d_1").center())
    assert f"Name: Head → {GRAPH['dense_1'].name}" in tooltip(bench, drawing.body("dense_1").center())
    assert "New: not in before.json" in tooltip(bench, drawing.body("relu_1").center())
    (ghost,) = drawing.changes.ghosts().values()
    assert "is gone" in tooltip(bench, ghost.center())
    assert "Changed" not in tooltip(bench, drawing.body("flatten_1").center())


def test_wires_that_came_and_went_are_marked(bench: Workbench) -> None:
    compare(bench, before(bench.document.graph))
    found = bench.canvas.drawing.changes.changes
    assert Wire("conv2d_1", "relu_1") in found.added_wires
    assert {(wire.source.block, wire.target.block) for wire in found.gone_wires} == {
        ("conv2d_1", "max_pool_1"),
        ("max_pool_1", "tanh_1"),
        ("tanh_1", "flatten_1"),
    }


def test_the_bar_counts_and_leads_out(bench: Workbench) -> None:
    assert not bench.comparison.isVisible()
    compare(bench, before(bench.document.graph))
    bar = bench.comparison
    assert bar.isVisible()
    said = bar.toolTip()
    assert said.startswith("Compared with before.json\n1 new block\n1 block gone\n2 changed blocks\n")
    QTest.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert not bench.canvas.drawing.changes.changes


def test_esc_ends_it_once_nothing_is_selected(qtbot: QtBot, bench: Workbench) -> None:
    compare(bench, before(bench.document.graph))
    bench.canvas.editor.select(["conv2d_1"])
    press(qtbot, bench, Qt.Key.Key_Escape)
    assert not bench.selection.ids
    assert is_comparing(bench)
    press(qtbot, bench, Qt.Key.Key_Escape)
    assert not is_comparing(bench)
    assert not bench.canvas.drawing.changes.changes
    assert not view_entry(bench, "Stop Comparing").isEnabled()


def test_the_marks_follow_every_edit_and_undo(qtbot: QtBot, bench: Workbench) -> None:
    compare(bench, bench.document.graph)
    assert bench.comparison.toolTip().endswith("There is no difference")
    bench.canvas.editor.select(["conv2d_1"])
    press(qtbot, bench, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert bench.canvas.drawing.changes.ghosts().keys() == {"conv2d_1"}
    undo(qtbot, bench)
    assert not bench.canvas.drawing.changes.changes
    assert bench.comparison.toolTip().endswith("There is no difference")


def test_a_folded_group_says_what_is_different_in_it(bench: Workbench) -> None:
    other = before(bench.document.graph)
    grouped = group(bench.document.graph, ["conv2d_1", "relu_1"], "Stage")
    made = grouped.groups[0].id
    bench.document.edit("Group", lambda _: fold(grouped, made))
    compare(bench, other)
    drawing = bench.canvas.drawing
    assert sign_color(bench, drawing.body(made), bench.themes.current.changed)
    assert f"{GRAPH['conv2d_1'].name}: Changed:\nFilters: 2 → 4" in drawing.describe(made)


def test_a_file_that_cannot_be_read_is_told_of_and_nothing_is_compared(
    bench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "broken.json").write_text("nothing")
    with answering(typed("broken.json"), pressed(BUTTONS.Ok)) as asked:
        view_entry(bench, "Compare With File…").trigger()
    assert "broken.json" in asked[1]
    with answering(close):
        view_entry(bench, "Compare With File…").trigger()
    assert not is_comparing(bench)


def test_comparing_ends_when_another_design_is_opened(bench: Workbench) -> None:
    compare(bench, before(bench.document.graph))
    with answering():
        bench.document.open(Graph())
    assert not is_comparing(bench)
    assert not bench.comparison.isVisible()


def test_changes_since_training_are_shown_on_the_canvas(qtbot: QtBot, bench: Workbench) -> None:
    text = "Show Changes Since Training"
    assert not view_entry(bench, text).isEnabled()
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        press(qtbot, bench, Qt.Key.Key_Space)
    assert not view_entry(bench, text).isEnabled()
    bench.document.edit("Set kernel", other_pool)
    view_entry(bench, text).trigger()
    drawing = bench.canvas.drawing
    assert drawing.changes.changes.blocks.keys() == {"max_pool_1"}
    assert "Kernel: 2 × 2 → 3 × 3" in drawing.describe("max_pool_1")
    assert bench.comparison.title.text() == "Compared with the design that was trained"
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start_over()
    assert not is_comparing(bench)  # the run is of this design now


def test_untrained_blocks_are_marked_while_the_run_is_on(qtbot: QtBot, bench: Workbench) -> None:
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        press(qtbot, bench, Qt.Key.Key_Space)
    bench.document.edit("Set kernel", other_pool)
    bench.document.set_plan(ENDLESS)
    press(qtbot, bench, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    choose(bench, *ON)
    wait_for(qtbot, bench.models, State.PAUSED)
    drawing = bench.canvas.drawing
    assert {i: change.sign for i, change in drawing.changes.changes.blocks.items()} == {
        "dense_1": "untrained"
    }
    assert "Untrained when this run began" in drawing.describe("dense_1")
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run.stop()
    assert not drawing.changes.changes


def test_from_far_away_the_marks_are_painted_too(bench: Workbench) -> None:
    compare(bench, before(bench.document.graph))
    bench.canvas.zoom_to(0.3)
    bench.canvas.centerOn(bench.canvas.drawing.content_rect().center())
    QApplication.processEvents()
    picture = bench.canvas.viewport().grab().toImage()
    place = bench.canvas.mapFromScene(bench.canvas.drawing.body("conv2d_1").topLeft()) + QPoint(6, -1)
    seen = [picture.pixelColor(place + QPoint(0, y)) for y in range(-3, 3)]
    changed = bench.themes.current.changed
    assert any(abs(color.hue() - changed.hue()) < 12 and color.saturation() > 80 for color in seen)
