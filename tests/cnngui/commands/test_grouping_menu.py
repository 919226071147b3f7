"""Groups in the window: the keys of the menu, the form, the outline, and the analysis of copies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.commands.menus import canvas_menu
from cnngui.forms.number_box import NumberBox
from cnngui.models.settings import Settings
from cnngui.panels.costs.analysis import AnalysisPanel
from cnngui.panels.design.outline import OutlinePanel
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.design import groups
from core.design.graph import Graph
from core.errors import Problem
from tests.cnngui.canvas.conftest import ALT, CTRL, SHIFT, chain
from tests.cnngui.contents import content

TEXT = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> Iterator[Workbench]:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    bench = window.workbench
    bench.load_plots()
    bench.center.show_canvas()
    bench.document.open(chain("input", "conv2d", "relu", "max_pool"))
    bench.canvas.setFocus()
    yield bench


def test_the_keys_group_fold_and_unpack(bench: Workbench) -> None:
    document, canvas = bench.document, bench.canvas
    canvas.editor.select(("conv2d_1", "relu_1"), ())
    QTest.keyClick(canvas, Qt.Key.Key_G, CTRL)
    assert [(g.members, g.folded) for g in document.graph.groups] == [(("conv2d_1", "relu_1"), True)]
    QTest.keyClick(canvas, Qt.Key.Key_G)
    assert not document.graph.groups[0].folded
    QTest.keyClick(canvas, Qt.Key.Key_G, CTRL | SHIFT)
    assert document.graph.groups == ()
    assert document.graph == chain("input", "conv2d", "relu", "max_pool")


def test_the_form_of_a_group_renames_and_repeats_it(bench: Workbench) -> None:
    bench.canvas.editor.select(("conv2d_1", "relu_1"), ())
    bench.canvas.editor.groups.group()
    view = content(bench, "properties", PropertiesPanel).group
    view.header.renamed.emit("Stage")
    box = view.form.editors["repeat"].findChild(NumberBox)
    assert box is not None
    box.stepBy(1)
    box.stepBy(1)
    stage = bench.document.graph.groups[0]
    assert (stage.name, stage.repeat) == ("Stage", 3)
    assert bench.document.undo_stack.undoText() == "Repeat Stage"
    bench.document.undo_stack.undo()
    assert bench.document.graph.groups[0].repeat == 1


def test_the_outline_lists_an_open_group_with_its_members(bench: Workbench) -> None:
    bench.views.show("outline")
    document, model = bench.document, content(bench, "outline", OutlinePanel).model
    document.edit("Group", lambda graph: groups.group(graph, ["conv2d_1", "relu_1"], "Stage"))
    model.update()
    assert [model.part_at(row) for row in range(model.rowCount())] == [
        "input_1", "group_1", "conv2d_1", "relu_1", "max_pool_1",
    ]  # fmt: skip
    assert model.data(model.index(1, 0), TEXT) == (
        "Stage, open group of 2 blocks, after Input 1, output 16 × 26 × 26, 160 parameters"
    )
    assert "group level 1" in str(model.data(model.index(2, 0), TEXT))
    model.setData(model.index(1, 0), "Stem")
    assert document.graph.groups[0].name == "Stem"
    document.edit("Fold", lambda graph: groups.fold(graph, "group_1"))
    model.update()
    assert [model.part_at(row) for row in range(model.rowCount())] == ["input_1", "group_1", "max_pool_1"]


def test_a_row_of_the_outline_selects_the_group(bench: Workbench, qtbot: QtBot) -> None:
    bench.document.edit("Group", lambda graph: groups.group(graph, ["conv2d_1", "relu_1"], "Stage"))
    bench.views.show("outline")
    outline = content(bench, "outline", OutlinePanel)
    qtbot.waitUntil(outline.isVisible)
    view = outline.view
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(outline.model.index(1, 0), flags.ClearAndSelect | flags.Rows)
    assert (bench.selection.group, bench.selection.ids) == ("group_1", ("conv2d_1", "relu_1"))
    QTest.keyClick(view, Qt.Key.Key_G)
    assert bench.document.graph.groups[0].folded
    assert view.currentIndex().row() == 1


@pytest.mark.parametrize("where", ["canvas", "outline"])
def test_keys_move_into_a_group_and_out_of_it(bench: Workbench, qtbot: QtBot, where: str) -> None:
    bench.document.edit("Group", lambda graph: groups.group(graph, ["conv2d_1"], "Stage"))
    bench.views.show("outline")
    outline = content(bench, "outline", OutlinePanel)
    qtbot.waitUntil(outline.isVisible)
    widget = bench.canvas if where == "canvas" else outline.view
    bench.canvas.editor.select(("relu_1",), ())
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_Right, ALT)
    line = bench.canvas.into_group.line
    qtbot.waitUntil(line.hasFocus)
    QTest.keyClicks(line, "sta")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.document.graph.parent == {"conv2d_1": "group_1", "relu_1": "group_1"}
    assert widget.hasFocus()
    assert bench.selection.ids == ("relu_1",)
    QTest.keyClick(widget, Qt.Key.Key_Left, ALT)
    assert bench.document.graph.parent == {"conv2d_1": "group_1"}
    texts = [action.text() for action in canvas_menu(bench.actions, QPointF()).actions()]
    assert "Move into Group…" in texts


def test_the_analysis_lists_copies_and_leads_to_their_block(bench: Workbench, qtbot: QtBot) -> None:
    def repeated(graph: Graph) -> Graph:
        return groups.fold(
            groups.set_repeat(groups.group(graph, ["conv2d_1"], "Stage"), "group_1", 2), "group_1"
        )

    bench.document.edit("Repeat", repeated)
    bench.views.show("analysis")
    analysis = content(bench, "analysis", AnalysisPanel)
    expected = ["input_1", "conv2d_1@1", "conv2d_1", "relu_1", "max_pool_1"]
    qtbot.waitUntil(lambda: [row.block for row in analysis.analysis.rows] == expected)
    analysis.table.chosen.emit("conv2d_1@1")
    assert bench.selection.ids == ("conv2d_1",)
    assert not bench.document.graph.groups[0].folded
    bench.document.show_run_problem(Problem("It failed.", block="conv2d_1@1"))
    assert bench.document.inference.problems[0].block == "conv2d_1"
