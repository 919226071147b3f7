"""What is a run of the open project: one that was trained in it, not one of a design of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.runs.runs_panel import RunsPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.formats.project import ProjectFile, save_project
from core.project import DataChoice, Project
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.dialogs import answering, pressed, typed
from tests.cnngui.runs import GRAPH, PATIENCE, PLAN, wait_until_saved
from tests.cnngui.windows import open_window, save, undo

OTHER = replace(PLAN, epochs=3)


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    made = open_window(qtbot, settings, themes, tmp_path)
    yield made
    made.run.stop()
    qtbot.waitUntil(lambda: made.run.state is State.IDLE, timeout=PATIENCE)


def train(qtbot: QtBot, bench: Workbench, plan: Plan) -> str:
    bench.document.set_plan(plan)
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        bench.run_control.start_over()
    found = bench.run.checkpoint
    assert found is not None
    return found.run


def restore(qtbot: QtBot, bench: Workbench, run: str) -> None:
    """By Return in the list of runs."""
    bench.actions["runs"].trigger()
    panel = content(bench, "runs", RunsPanel)
    qtbot.waitUntil(lambda: run in panel.table.shown, timeout=PATIENCE)
    QApplication.processEvents()
    row = panel.table.visualRect(panel.table.filter.index(panel.table.shown.index(run), 1)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    qtbot.waitUntil(panel.buttons["restore"].isEnabled, timeout=PATIENCE)
    before = bench.run.checkpoint
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.run.checkpoint is not before, timeout=PATIENCE)


def test_a_file_of_the_same_name_is_another_project(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    theirs, mine = (tmp_path / folder / "net.cnn" for folder in "ba")
    for path in (theirs, mine):
        path.parent.mkdir()
    bench.settings.set_folder("designs", theirs.parent)
    with answering(typed("net")):
        save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    run = train(qtbot, bench, OTHER)
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    save_project(mine, ProjectFile(Project(GRAPH, PLAN, DataChoice(str(tmp_path / "bars.npz")))))
    before = mine.read_bytes()
    bench.files.open_path(mine)
    assert bench.document.name == "net"
    restore(qtbot, bench, run)
    assert bench.document.path != mine
    assert bench.document.plan == OTHER
    assert mine.read_bytes() == before


def test_a_run_of_the_file_is_one_after_it_is_opened_again(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    run = train(qtbot, bench, OTHER)
    bench.document.set_plan(PLAN)
    with answering(typed("net")):
        save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    bench.files.open_path(tmp_path / "net.cnn")
    restore(qtbot, bench, run)
    assert bench.document.path == tmp_path / "net.cnn"
    assert bench.document.plan == OTHER
    undo(qtbot, bench)
    assert bench.document.plan == PLAN


def test_two_untitled_designs_are_two_projects(qtbot: QtBot, bench: Workbench) -> None:
    first = train(qtbot, bench, OTHER)
    bench.files.show_project(ProjectFile(replace(bench.document.project, plan=PLAN)))
    train(qtbot, bench, PLAN)
    with answering(pressed(QMessageBox.StandardButton.Discard)) as asked:
        restore(qtbot, bench, first)
    assert len(asked) == 1
    assert bench.document.plan == OTHER
    undo(qtbot, bench)
    assert bench.document.plan == OTHER  # there is no step that leads back to the other project
