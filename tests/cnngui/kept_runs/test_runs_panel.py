"""The panel of the kept runs, by its buttons, keys and menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import platformdirs
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.runs.checkpoint_choice import CheckpointChoice
from cnngui.panels.runs.rows import DIFFERS, NOTE, differs_of
from cnngui.panels.runs.runs_panel import RunsPanel
from cnngui.theme.theme import ThemeManager
from cnngui.widgets.small import EmptyState
from cnngui.window.workbench import Workbench
from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import ProjectFile
from core.formats.runs import recording
from core.formats.runs.journal import Journal
from core.formats.runs.kept import read_about
from core.formats.runs.points import points_in
from core.formats.runs.records import JOURNAL, read_run, runs_in
from core.maths.optim import SGD, Adam
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.drags import click_twice
from tests.cnngui.runs import GRAPH, PATIENCE, PLAN, texts
from tests.cnngui.windows import open_window, press, redo, undo

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr(recording, "AT_LEAST_BETWEEN", 0.0)
    monkeypatch.setattr(recording, "SHARE", 1e9)
    return tmp_path / "kept" / "runs"


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    made = open_window(qtbot, settings, themes, tmp_path)
    yield made
    made.run.stop()
    qtbot.waitUntil(lambda: made.run.state is State.IDLE, timeout=PATIENCE)


def train(qtbot: QtBot, bench: Workbench, plan: Plan) -> str:
    """A run with this plan; gives its id."""
    bench.document.set_plan(plan)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run_control.start_over()
    found = bench.run.checkpoint
    assert found is not None
    return found.run


@pytest.fixture
def two(qtbot: QtBot, bench: Workbench, runs: Path) -> tuple[str, str]:
    """Two runs: with a rate of 0.01, and by SGD with larger batches. The second one is shown."""
    first = train(qtbot, bench, replace(PLAN, optimizer=Adam(learning_rate=0.01)))
    second = train(qtbot, bench, replace(PLAN, optimizer=SGD(learning_rate=0.02), batch_size=20, epochs=3))
    for run in (first, second):
        qtbot.waitUntil(lambda run=run: read_run(runs / run).record.ended is not None, timeout=PATIENCE)  # type: ignore[misc]
    return first, second


def opened(qtbot: QtBot, bench: Workbench, count: int = 2) -> RunsPanel:
    """The panel, once it shows so many runs."""
    bench.actions["runs"].trigger()
    made = content(bench, "runs", RunsPanel)
    qtbot.waitUntil(lambda: made.table.filter.rowCount() == count, timeout=PATIENCE)
    QApplication.processEvents()
    return made


def click_row(panel: RunsPanel, run: str, *, also: bool = False) -> None:
    place = panel.table.visualRect(panel.table.filter.index(panel.table.shown.index(run), 1)).center()
    modifier = Qt.KeyboardModifier.ControlModifier if also else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(panel.table.viewport(), LEFT, modifier, place)


def click(panel: RunsPanel, name: str) -> None:
    assert panel.buttons[name].isEnabled(), panel.buttons[name].toolTip()
    QTest.mouseClick(panel.buttons[name], LEFT)


def cell(panel: RunsPanel, run: str, title: str) -> str:
    model = panel.table.filter
    titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    return str(model.index(panel.table.shown.index(run), titles.index(title)).data())


def test_without_runs_it_says_what_to_do(qtbot: QtBot, bench: Workbench) -> None:
    panel = opened(qtbot, bench, 0)
    (empty,) = panel.findChildren(EmptyState)
    qtbot.waitUntil(lambda: "Train (Space)" in texts(empty), timeout=PATIENCE)


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
        assert cell(panel, run, "State") == "running here"
        for name in ("continue", "restore", "branch", "delete"):
            assert not panel.buttons[name].isEnabled()
            assert panel.buttons[name].toolTip() == "It is still being written; that takes a moment."
    finally:
        free.set()
    qtbot.waitUntil(lambda: cell(panel, run, "State") == "completed", timeout=PATIENCE)
    assert panel.buttons["restore"].isEnabled()


def test_the_table_says_how_runs_differ(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    first, second = two
    assert cell(panel, first, "Settings that differ") == "Adam, rate 0.01, batch 10, 2 epochs"
    assert cell(panel, second, "Settings that differ") == "SGD, rate 0.02, batch 20, 3 epochs"
    assert cell(panel, first, "State") == "completed"
    assert cell(panel, first, "Data") == "bars.npz"
    assert cell(panel, first, "Best result").endswith("%")


def test_it_is_sorted_and_filtered(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    header = panel.table.horizontalHeader()

    def click_title(number: int) -> None:
        place = QPoint(header.sectionViewportPosition(number) + 10, header.height() // 2)
        QTest.mouseClick(header.viewport(), LEFT, pos=place)

    click_title(3)
    orders = [panel.table.shown]
    click_title(3)
    orders.append(panel.table.shown)
    assert orders[0] == orders[1][::-1]
    QTest.keyClicks(panel.search, "sgd bars")
    assert panel.table.shown == [two[1]]
    panel.search.clear()
    assert len(panel.table.shown) == 2


def test_curves_of_several_runs_are_told_apart(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    click_row(panel, two[0])
    click_row(panel, two[1], also=True)
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 2, timeout=PATIENCE)
    assert {name.split(",")[0] for name in panel.plot.legend.names} == {"Adam", "SGD"}
    pens = [
        item.opts["pen"] for item in panel.plot.getPlotItem().listDataItems() if item.opts["symbol"] == "o"
    ]
    drawn = {(pen.color().name(), pen.style()) for pen in pens if hasattr(pen, "color")}
    assert len(drawn) >= 2
    assert not panel.buttons["restore"].isEnabled()
    assert "single run" in panel.buttons["restore"].toolTip()


def test_what_few_runs_have_comes_first(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    one = panel.model.rows[0].run
    usual = replace(one.plan, optimizer=Adam(), epochs=5)
    plans = [usual, usual, usual, replace(usual, seed=7), replace(usual, batch_size=99, optimizer=SGD())]
    told = differs_of([replace(one, plan=plan) for plan in plans])
    assert told[:3] == ["", "", ""]
    assert told[3] == "seed 7"
    assert set(told[4].split(", ")) >= {"SGD", "batch 99"}
    assert "epochs" not in told[4]


def test_no_two_runs_look_the_same_in_the_legend(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path
) -> None:
    third = train(qtbot, bench, bench.document.plan)
    qtbot.waitUntil(lambda: read_run(runs / third).record.ended is not None, timeout=PATIENCE)
    panel = opened(qtbot, bench, 3)
    for run in (two[1], third):
        click_row(panel, run)
        QTest.keyClick(panel.table, Qt.Key.Key_F2)
        (editor,) = panel.table.viewport().findChildren(QLineEdit)
        QTest.keyClicks(editor, f"The very same thing once more, and no better than before: {run}")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda run=run: run in cell(panel, run, "Note"), timeout=PATIENCE)  # type: ignore[misc]
    QTest.keyClick(panel.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 3, timeout=PATIENCE)
    assert "…" in "".join(panel.plot.legend.seen)
    assert len(set(panel.plot.legend.seen)) == 3


def test_equal_runs_are_named_by_when_they_began(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path
) -> None:
    third = train(qtbot, bench, bench.document.plan)
    qtbot.waitUntil(lambda: read_run(runs / third).record.ended is not None, timeout=PATIENCE)
    panel = opened(qtbot, bench, 3)
    click_row(panel, two[1])
    click_row(panel, third, also=True)
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 2, timeout=PATIENCE)
    for name, run in zip(panel.plot.legend.names, (third, two[1]), strict=True):
        assert cell(panel, run, "Begun") in name
    assert len(set(panel.plot.legend.seen)) == 2


def test_the_open_run_is_marked_and_selected_first(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    bench.models.kept_runs.refresh()
    qtbot.waitUntil(lambda: len(bench.models.kept_runs.runs) == 2, timeout=PATIENCE)
    first, second = two
    panel = opened(qtbot, bench)
    assert panel.table.chosen == [second]
    assert cell(panel, second, "State") == "open, completed"
    assert cell(panel, first, "State") == "completed"
    before = bench.run.checkpoint
    click_row(panel, first)
    bench.actions["runs"].trigger()  # back to its place, where it stays in sight
    bench.views.show("runs")
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.run.checkpoint is not before, timeout=PATIENCE)
    bench.views.show("runs")
    qtbot.waitUntil(lambda: cell(panel, first, "State") == "open, completed", timeout=PATIENCE)
    assert cell(panel, second, "State") == "completed"
    assert font(panel, first).bold()
    assert not font(panel, second).bold()


def font(panel: RunsPanel, run: str) -> QFont:
    index = panel.table.filter.index(panel.table.shown.index(run), 0)
    return QFont(index.data(Qt.ItemDataRole.FontRole) or panel.table.font())


def test_an_older_run_that_is_open_is_selected_first(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    undo(qtbot, bench)  # the second run's plan
    undo(qtbot, bench)  # the second run
    shown = bench.run.checkpoint
    assert shown is not None
    assert shown.run == two[0]
    assert opened(qtbot, bench).table.chosen == [two[0]]


def test_what_is_filtered_out_is_not_selected(qtbot: QtBot, bench: Workbench, two: tuple[str, str]) -> None:
    panel = opened(qtbot, bench)
    click_row(panel, two[0])
    assert panel.buttons["delete"].isEnabled()
    qtbot.waitUntil(lambda: len(panel.plot.legend.names) == 1, timeout=PATIENCE)
    QTest.keyClicks(panel.search, "sgd")
    assert panel.table.shown == [two[1]]
    assert not panel.table.chosen
    for name, button in panel.buttons.items():
        assert not button.isEnabled(), name
    assert not panel.plot.legend.names


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


def test_deleted_and_brought_back(qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path) -> None:
    panel = opened(qtbot, bench)
    click_row(panel, two[0])
    click_row(panel, two[1], also=True)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not panel.table.filter.rowCount(), timeout=PATIENCE)
    assert not list(runs_in(runs))
    assert "2 runs deleted" in panel.deleted.text
    assert "open" in panel.deleted.text
    assert bench.run.checkpoint is not None  # its weights stay in the window
    QTest.mouseClick(panel.undo, LEFT)
    qtbot.waitUntil(lambda: panel.table.filter.rowCount() == 2, timeout=PATIENCE)
    assert {path.name for path in runs_in(runs)} == set(two)
    assert not panel.deleted.isVisible()


def delete_one_after_the_other(qtbot: QtBot, panel: RunsPanel, two: tuple[str, str]) -> None:
    for left, run in enumerate(two):
        click_row(panel, run)
        QTest.keyClick(panel.table, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda left=left: panel.table.filter.rowCount() == 1 - left, timeout=PATIENCE)  # type: ignore[misc]
    assert "2 runs deleted" in panel.deleted.text


def test_deleted_one_after_the_other_all_come_back(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path
) -> None:
    panel = opened(qtbot, bench)
    delete_one_after_the_other(qtbot, panel, two)
    QTest.mouseClick(panel.undo, LEFT)
    qtbot.waitUntil(lambda: panel.table.filter.rowCount() == 2, timeout=PATIENCE)
    assert {path.name for path in runs_in(runs)} == set(two)


def test_undo_in_the_panel_brings_back_runs_and_leaves_the_design(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str]
) -> None:
    panel, project = opened(qtbot, bench), bench.document.project
    panel.window().activateWindow()
    for left, run in ((1, two[0]), (0, two[1])):
        click_row(panel, run)
        click(panel, "delete")  # which can't be pressed any more, then
        qtbot.waitUntil(lambda left=left: panel.table.filter.rowCount() == left, timeout=PATIENCE)  # type: ignore[misc]
    for count in (1, 2, 2):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused is panel or panel.isAncestorOf(focused)
        QTest.keyClick(focused, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda count=count: panel.table.filter.rowCount() == count, timeout=PATIENCE)  # type: ignore[misc]
        assert panel.deleted.isVisible() == (count == 1)
    assert bench.document.project == project
    assert "No run was deleted" in said(bench)


def test_what_is_written_elsewhere_stays(
    qtbot: QtBot, bench: Workbench, two: tuple[str, str], runs: Path
) -> None:
    with Journal(runs / two[0] / JOURNAL):
        panel = opened(qtbot, bench)
        click_row(panel, two[0])
        assert panel.buttons["delete"].isEnabled()  # it has an end: nobody would have it
        QTest.keyClick(panel.table, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: "another window or command" in said(bench), timeout=PATIENCE)
    assert read_run(runs / two[0]).record.ended is not None


def said(bench: Workbench) -> str:
    return bench.window.statusBar().currentMessage()


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
