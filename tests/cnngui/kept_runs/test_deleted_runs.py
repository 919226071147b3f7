"""Runs that are deleted, and brought back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.panels.runs.runs_panel import RunsPanel
from cnngui.window.workbench import Workbench
from core.formats.runs.journal import Journal
from core.formats.runs.records import JOURNAL, read_run, runs_in
from tests.cnngui.kept_runs.listed import click, click_row, opened, said
from tests.cnngui.runs import PATIENCE

LEFT = Qt.MouseButton.LeftButton


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
