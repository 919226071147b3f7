"""The panel of the kept runs, by its buttons, keys and menu."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import platformdirs
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.panels.runs.checkpoint_choice import CheckpointChoice
from cnngui.panels.runs.rows import DIFFERS, NOTE
from cnngui.panels.runs.runs_panel import RunsPanel
from cnngui.widgets.small import EmptyState
from cnngui.window.workbench import Workbench
from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import ProjectFile
from core.formats.runs import recording
from core.formats.runs.kept import read_about
from core.formats.runs.points import points_in
from core.formats.runs.records import read_run, runs_in
from core.maths.optim import Adam
from core.training.checkpoint import Checkpoint
from tests.cnngui.contents import content
from tests.cnngui.drags import click_twice
from tests.cnngui.kept_runs.listed import cell, click, click_row, opened, train
from tests.cnngui.runs import GRAPH, PATIENCE, PLAN, texts
from tests.cnngui.windows import press, redo, undo

LEFT = Qt.MouseButton.LeftButton


def test_without_runs_it_says_what_to_do(qtbot: QtBot, bench: Workbench) -> None:
    panel = opened(qtbot, bench, 0)
    (empty,) = panel.findChildren(EmptyState)
    qtbot.waitUntil(lambda: "Train (Space)" in texts(empty), timeout=PATIENCE)


def test_tooltips_begin_with_what_the_button_does(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    panel = opened(qtbot, bench)
    QTest.keyClick(panel.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert panel.buttons["branch"].toolTip() == "Branch: Select a single run."
    for name, button in panel.buttons.items():
        action = panel.actions_by_name[name]
        assert button.toolTip().startswith(action.text.rstrip("…")), name


def test_a_double_click_restores_and_on_the_note_writes(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    panel = opened(qtbot, bench)
    before = bench.run.checkpoint

    def double_click(column: int) -> None:
        index = panel.table.filter.index(panel.table.shown.index(two[0]), column)
        place = panel.table.visualRect(index).center()
        QTest.mouseClick(panel.table.viewport(), LEFT, pos=place)
        click_twice(panel.table.viewport(), pos=place)

    double_click(NOTE)
    (editor,) = panel.table.viewport().findChildren(QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not bench.models.kept_runs.is_fetching
    double_click(DIFFERS)
    qtbot.waitUntil(lambda: bench.run.checkpoint is not before, timeout=PATIENCE)
    shown = bench.run.checkpoint
    assert shown is not None
    assert shown.run == two[0]


def test_restored_and_taken_back(qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path) -> None:
    panel = opened(qtbot, bench)
    before, project = bench.run.checkpoint, bench.document.project
    click_row(panel, two[0])
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.run.checkpoint is not before, timeout=PATIENCE)
    shown = bench.run.checkpoint
    assert shown is not None
    assert (shown.run, shown.epoch) == (two[0], 2)
    assert bench.document.plan == read_run(runs / two[0]).record.plan
    assert bench.run.curves.losses == read_run(runs / two[0]).record.curves.losses
    undo(qtbot, bench)
    assert bench.run.checkpoint is before
    assert bench.document.project == project
    redo(bench)
    assert bench.run.checkpoint is shown


def test_cloned_without_weights(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    before = bench.run.checkpoint
    click_row(panel, two[0])
    click(panel, "clone")
    assert bench.run.checkpoint is None
    assert bench.document.plan.optimizer == Adam(learning_rate=0.01)
    undo(qtbot, bench)
    assert bench.run.checkpoint is before


def test_branched_from_a_checkpoint(qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path) -> None:
    panel = opened(qtbot, bench)
    point = points_in(runs / two[0])[0]
    click_row(panel, two[0])
    click(panel, "branch")
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, CheckpointChoice))
    assert dialog.table.item(0, 0).text() == str(point.step)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: dialog.table.item(0, 3).text() != "–", timeout=PATIENCE)  # type: ignore[union-attr]
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseClick(dialog.branch, LEFT)
    qtbot.waitUntil(lambda: bench.run.curves.count == point.step, timeout=PATIENCE)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run_control.start()
    branch = next(run for run in runs_in(runs) if run.name not in two)
    assert read_run(branch).record.begun.parent == (two[0], point.step)
    bench.views.show("runs")
    qtbot.waitUntil(lambda: len(panel.table.shown) == 3, timeout=PATIENCE)
    begun = cell(panel, two[0], "Begun")
    qtbot.waitUntil(
        lambda: cell(panel, branch.name, "State") == f"open, completed, branch of {begun}", timeout=PATIENCE
    )


def test_gone_on_with(qtbot: QtBot, bench: Workbench, runs: Path) -> None:
    bench.document.set_plan(replace(PLAN, epochs=100_000))
    bench.run_control.start_over()
    qtbot.waitUntil(lambda: bench.run.curves.count > 20, timeout=PATIENCE)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run.stop()
    stopped = bench.run.checkpoint
    assert stopped is not None
    qtbot.waitUntil(lambda: read_run(runs / stopped.run).record.ended is not None, timeout=PATIENCE)
    bench.files.show_project(ProjectFile(replace(bench.document.project, design=GRAPH)))
    panel = opened(qtbot, bench, 1)
    click_row(panel, stopped.run)
    QTest.keyClick(panel.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bench.run.state is State.RUNNING, timeout=PATIENCE)
    qtbot.waitUntil(lambda: bench.run.curves.count > stopped.steps, timeout=PATIENCE)
    assert [path.name for path in runs_in(runs)] == [stopped.run]
    assert not panel.buttons["continue"].isEnabled()
    qtbot.waitUntil(lambda: cell(panel, stopped.run, "State") == "running here", timeout=PATIENCE)
    assert "Stop the run" in panel.buttons["delete"].toolTip()


def test_a_note_stays(qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path) -> None:
    panel = opened(qtbot, bench)
    click_row(panel, two[0])
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    (editor,) = panel.table.viewport().findChildren(QLineEdit)
    QTest.keyClicks(editor, "the good one")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: read_about(runs / two[0]).note == "the good one", timeout=PATIENCE)
    qtbot.waitUntil(lambda: cell(panel, two[0], "Note") == "the good one", timeout=PATIENCE)
    assert panel.table.currentIndex().column() == NOTE


def test_return_ends_a_note_and_restores_nothing(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path
) -> None:
    panel = opened(qtbot, bench)
    before = bench.run.checkpoint
    click_row(panel, two[0])
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    (editor,) = panel.table.viewport().findChildren(QLineEdit)
    QTest.keyClicks(editor, "tried")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert not bench.models.kept_runs.is_fetching
    qtbot.waitUntil(lambda: read_about(runs / two[0]).note == "tried", timeout=PATIENCE)
    assert bench.run.checkpoint is before


def test_the_menu_offers_the_same(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    click_row(panel, two[0])
    place = panel.table.visualRect(panel.table.currentIndex()).center()
    panel.table.customContextMenuRequested.emit(place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [entry.text() for entry in menu.actions()] == [b.text() for b in panel.buttons.values()]
    menu.close()


def to_design_and_back(qtbot: QtBot, bench: Workbench) -> None:
    for key, workspace in ((Qt.Key.Key_1, "design"), (Qt.Key.Key_3, "train")):
        press(qtbot, bench, key, Qt.KeyboardModifier.ControlModifier)
        QApplication.processEvents()
        assert bench.views.workspace == workspace


def test_behind_tabs_it_keeps_its_height_whatever_workspace_comes(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    press(qtbot, bench, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    bench.views.show("runs")
    docks = bench.window.docks
    qtbot.waitUntil(lambda: docks["runs"].in_sight, timeout=PATIENCE)
    QApplication.processEvents()
    assert not content(bench, "runs", RunsPanel).table.horizontalScrollBar().maximum()
    before = {name: docks[name].size() for name in docks.in_sight()}
    assert {"runs", "training"} <= before.keys()
    for _ in range(3):
        to_design_and_back(qtbot, bench)
        assert {name: docks[name].size() for name in docks.in_sight()} == before


def test_restored_from_over_all_else_the_panels_below_stay(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    press(qtbot, bench, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    panel, docks, before = opened(qtbot, bench), bench.window.docks, bench.run.checkpoint
    assert "training" not in docks.in_sight()  # the list lies over it
    click_row(panel, two[0])
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.run.checkpoint is not before, timeout=PATIENCE)
    assert "training" in docks.in_sight()
    to_design_and_back(qtbot, bench)
    assert "training" in docks.in_sight()


def test_without_a_folder_it_says_why(
    qtbot: QtBot, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in containers, whose users have no home directory."""

    def homeless(*_: object, **__: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(DATA_VARIABLE)
    monkeypatch.setattr(platformdirs, "user_data_path", homeless)
    panel = opened(qtbot, bench, 0)
    (empty,) = panel.findChildren(EmptyState)
    assert "no home directory" in texts(empty)
    assert DATA_VARIABLE in texts(empty)


def test_a_run_that_has_ended_is_of_this_window_until_all_of_it_is_written(
    qtbot: QtBot, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, usual = Event(), recording.Recording.close

    def slowly(made: recording.Recording, last: Checkpoint | None) -> None:
        free.wait(PATIENCE / 1000)
        usual(made, last)

    monkeypatch.setattr(recording.Recording, "close", slowly)
    try:
        run = train(qtbot, bench, PLAN)
        panel = opened(qtbot, bench, 1)
        assert "running here" in cell(panel, run, "State")
        for name in ("continue", "restore", "branch", "delete"):
            assert not panel.buttons[name].isEnabled()
            assert panel.buttons[name].toolTip().endswith("It is still being written; that takes a moment.")
    finally:
        free.set()
    qtbot.waitUntil(lambda: "completed" in cell(panel, run, "State"), timeout=PATIENCE)
    assert panel.buttons["restore"].isEnabled()
