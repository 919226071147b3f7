"""What a window leaves behind that is killed, and what the next one makes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.safety.recovery_bar import OfferDialog, OfferRow
from cnngui.window.workbench import Workbench
from core.design.edits import rename
from core.errors import FormatError
from core.formats import snapshot as snapshots
from core.formats.atomic import write_atomically
from core.formats.data_folder import drafts_folder, versions_folder
from core.formats.drafts import left_drafts
from core.formats.project import ProjectFile, load_project, save_project
from core.formats.versions import versions_of
from core.project import Project
from tests.cnngui.dialogs import answering, pressed, typed
from tests.cnngui.runs import GRAPH, PATIENCE, wait_until_saved
from tests.cnngui.window.safety import leave_a_draft
from tests.cnngui.window.safety.edits import change
from tests.cnngui.windows import save, undo
from tests.paths import ROOT

BUTTONS: Final = QMessageBox.StandardButton
KILL: Final = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a signal of POSIX")


def kill_a_window(tmp_path: Path, *names: str) -> None:
    """Opens a window in a process of its own, changes what it shows, and kills it when the draft is kept."""
    command = [sys.executable, "-m", leave_a_draft.__name__, str(tmp_path / "its settings"), *names]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ) as window:
        assert window.stdout is not None
        assert window.stdout.readline().strip() == leave_a_draft.CHANGED
        assert window.stdout.readline().strip() == leave_a_draft.KEPT
        window.kill()


def wait_until_kept(qtbot: QtBot, bench: Workbench) -> None:
    qtbot.waitUntil(lambda: not bench.files.drafts.is_pending, timeout=PATIENCE)


def next_window(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, *, offers: int = 1
) -> tuple[Workbench, list[OfferRow]]:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.resize(1280, 720)
    window.show()
    bench = window.workbench
    bench.load_plots()
    qtbot.waitUntil(lambda: len(bench.recovery_bar.rows) == offers, timeout=PATIENCE)
    return bench, bench.recovery_bar.rows


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# After a kill


@KILL
def test_an_untitled_design_comes_back_after_a_kill(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path
) -> None:
    kill_a_window(tmp_path)
    bench, (row,) = next_window(qtbot, settings, themes)
    assert bench.recovery_bar.isVisible()
    assert "didn't end properly" in bench.recovery_bar.text
    recover, _, _ = row.buttons
    assert recover.accessibleName() == "Recover Untitled"
    recover.setFocus()
    QTest.keyClick(recover, Qt.Key.Key_Space)
    assert bench.document.graph["conv2d_1"].name == "Eye"
    assert bench.document.path is None
    assert bench.window.isWindowModified()
    assert not bench.recovery_bar.isVisible()
    folder = drafts_folder()
    assert folder is not None
    assert len(list(folder.glob("*/draft.json"))) == 1  # until it is saved
    settings.set_folder("designs", tmp_path)
    with answering(typed("mine")):
        save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    qtbot.waitUntil(lambda: not list(folder.iterdir()), timeout=PATIENCE)


@KILL
def test_edits_of_a_file_come_back_as_a_step_after_what_it_holds(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path
) -> None:
    path = tmp_path / "mine.cnn"
    save_project(path, ProjectFile(Project(GRAPH)))
    kill_a_window(tmp_path, str(path))
    bench, (row,) = next_window(qtbot, settings, themes)
    click(row.buttons[0])
    assert bench.document.graph["conv2d_1"].name == "Eye"
    assert bench.document.path == path
    undo(qtbot, bench)
    assert bench.document.graph == GRAPH
    bench.actions["redo"].trigger()
    with answering():
        save(qtbot, bench)
        wait_until_saved(qtbot, bench.files.saving)
    assert load_project(path).project.design["conv2d_1"].name == "Eye"


@KILL
def test_a_recovered_design_of_a_changed_file_overwrites_nothing(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path
) -> None:
    path = tmp_path / "mine.cnn"
    save_project(path, ProjectFile(Project(GRAPH)))
    kill_a_window(tmp_path, str(path))
    save_project(path, ProjectFile(Project(rename(GRAPH, "conv2d_1", "Theirs"))))
    bench, (row,) = next_window(qtbot, settings, themes)
    click(row.buttons[0])
    qtbot.waitUntil(bench.file_bar.isVisible, timeout=PATIENCE)
    assert bench.file_bar.text.startswith("mine.cnn was changed by another program")
    assert load_project(path).project.design["conv2d_1"].name == "Theirs"


@KILL
def test_looking_changes_nothing_and_discarding_is_asked_twice(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path
) -> None:
    kill_a_window(tmp_path)
    bench, (row,) = next_window(qtbot, settings, themes)
    _, look, discard = row.buttons
    click(look)
    dialog = bench.window.findChild(OfferDialog)
    assert dialog is not None
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not bench.document.graph.blocks
    with answering(pressed(BUTTONS.Cancel)):
        click(discard)
    with answering(pressed(BUTTONS.Discard), pressed(BUTTONS.Cancel)):
        click(discard)
    assert bench.files.recovery.offers
    with answering(pressed(BUTTONS.Discard), pressed(BUTTONS.Discard)) as asked:
        click(discard)
    assert "Browse Versions" in asked[1]
    qtbot.waitUntil(lambda: not bench.files.recovery.offers, timeout=PATIENCE)
    folder, versions = drafts_folder(), versions_folder()
    assert folder is not None
    assert versions is not None
    assert left_drafts(folder) == []
    (kept,) = versions_of(versions, None)
    assert kept.snapshot.project.design["conv2d_1"].name == "Eye"


@KILL
def test_later_leaves_it_for_another_start_and_the_menu_shows_it_again(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path
) -> None:
    kill_a_window(tmp_path)
    bench, _ = next_window(qtbot, settings, themes)
    click(bench.recovery_bar.later)
    assert not bench.recovery_bar.isVisible()
    bench.actions["recover"].trigger()
    assert bench.recovery_bar.isVisible()
    assert QApplication.focusWidget() is bench.recovery_bar.rows[0].buttons[0]
    bench.window.close()
    next_window(qtbot, settings, themes)


# While the window lives


def test_a_draft_goes_with_the_save_that_makes_it_needless(qtbot: QtBot, bench: Workbench) -> None:
    folder = drafts_folder()
    assert folder is not None
    change(bench)
    wait_until_kept(qtbot, bench)
    assert len(list(folder.glob("*/draft.json"))) == 1
    assert left_drafts(folder) == []  # a living window has it
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    qtbot.waitUntil(lambda: not list(folder.iterdir()), timeout=PATIENCE)


def test_edits_in_a_row_are_written_together(
    qtbot: QtBot, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def write(path: Path, content: bytes) -> None:
        written.append(path.name)
        write_atomically(path, content)

    monkeypatch.setattr(snapshots, "write_atomically", write)
    for number in range(50):
        change(bench, f"Eye {number}")
    wait_until_kept(qtbot, bench)
    assert written == ["draft.json"]


def test_a_full_disk_is_told_of_once_and_the_window_works_on(
    qtbot: QtBot, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    bench.files.message.connect(told.append)

    def full(*_: object) -> None:
        raise FormatError("draft.json can't be written: No space left on device.")

    with monkeypatch.context() as patched, answering():
        patched.setattr(snapshots, "write_atomically", full)
        for name in ("Eye", "Ear"):
            change(bench, name)
            wait_until_kept(qtbot, bench)
    assert told == [
        "Unsaved changes can't be kept for a crash: draft.json can't be written: No space left on device."
    ]
    change(bench, "Nose")
    wait_until_kept(qtbot, bench)
    folder = drafts_folder()
    assert folder is not None
    (draft,) = folder.glob("*/draft.json")
    assert snapshots.read_snapshot(draft).project.design["conv2d_1"].name == "Nose"


def test_what_is_discarded_on_closing_can_be_browsed(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    change(bench)
    with answering(pressed(BUTTONS.Discard)):
        bench.window.close()
        qtbot.waitUntil(lambda: not bench.window.isVisible(), timeout=PATIENCE)
    folder, versions = drafts_folder(), versions_folder()
    assert folder is not None
    assert versions is not None
    assert left_drafts(folder) == []
    (kept,) = versions_of(versions, tmp_path / "mine.cnn")
    assert (kept.kind, kept.snapshot.project.design["conv2d_1"].name) == ("discarded", "Eye")
