"""The open file on the disk: another program changes or removes it, another window opens it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import current_thread, main_thread
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.safety import open_file
from cnngui.models.safety.open_file import FileState
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.formats.project import load_project, save_project
from core.formats.versions import key_of
from tests.cnngui.dialogs import answering, pressed, typed
from tests.cnngui.runs import GRAPH, PATIENCE, hold, wait_until_saved
from tests.cnngui.window.safety import leave_a_draft
from tests.cnngui.window.safety.edits import change, change_elsewhere, name_in
from tests.cnngui.window.safety.former import names_of_versions
from tests.paths import ROOT

BUTTONS: Final = QMessageBox.StandardButton


def wait_for_state(qtbot: QtBot, bench: Workbench, state: FileState) -> None:
    qtbot.waitUntil(lambda: bench.files.open_file.state is state, timeout=PATIENCE)


def press(bench: Workbench, text: str) -> None:
    """A button of the bar."""
    buttons = bench.file_bar.findChildren(QPushButton)
    button = next(b for b in buttons if b.text().replace("&", "") == text and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def come_back_to(bench: Workbench) -> None:
    """From another program: where a disk can't be watched, this is when the file is looked at."""
    bench.files.open_file.look()


def shown(bench: Workbench) -> list[str]:
    buttons = bench.file_bar.findChildren(QPushButton)
    return [b.text().replace("&", "") for b in buttons if b.isVisible()]


def test_a_changed_file_is_noticed_without_saving(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    before = (tmp_path / "mine.cnn").read_bytes()
    change_elsewhere(tmp_path / "mine.cnn")
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.CHANGED)
    assert bench.file_bar.text.startswith("mine.cnn was changed by another program")
    assert shown(bench) == ["Keep Mine", "Take Theirs", "Save Beside…", "Not Now"]
    press(bench, "Not Now")
    assert not bench.file_bar.isVisible()
    (tmp_path / "mine.cnn").write_bytes(before)
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.SAME)


def test_a_change_is_noticed_while_the_window_is_open(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    come_back_to(bench)
    qtbot.waitUntil(lambda: not bench.files.open_file.is_looking, timeout=PATIENCE)
    change_elsewhere(tmp_path / "mine.cnn")
    wait_for_state(qtbot, bench, FileState.CHANGED)


def test_mine_is_kept_and_theirs_can_be_browsed(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "mine.cnn"
    change(bench)
    change_elsewhere(path)
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.CHANGED)
    with answering():
        press(bench, "Keep Mine")
        wait_until_saved(qtbot, bench.files.saving)
    assert name_in(path) == "Eye"
    wait_for_state(qtbot, bench, FileState.SAME)
    assert not bench.file_bar.isVisible()
    assert names_of_versions(qtbot, bench) == ["Theirs"]


def test_theirs_is_taken_and_mine_can_be_browsed(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    change(bench)
    change_elsewhere(tmp_path / "mine.cnn")
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.CHANGED)
    with answering():
        press(bench, "Take Theirs")
    assert bench.document.graph["conv2d_1"].name == "Theirs"
    assert not bench.window.isWindowModified()
    assert not bench.file_bar.isVisible()
    assert names_of_versions(qtbot, bench) == ["Eye"]


def test_trained_weights_are_asked_about_before_theirs_is_taken(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    hold(qtbot, bench.models, step=1)
    change_elsewhere(tmp_path / "mine.cnn")
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.CHANGED)
    with answering(pressed(BUTTONS.Cancel)) as asked:
        press(bench, "Take Theirs")
    assert asked == ["Lose the trained weights that are here, and open mine.cnn anew?"]
    assert bench.run.state is State.PAUSED
    assert bench.document.graph["conv2d_1"].name != "Theirs"


def test_both_are_kept_under_two_names(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    change(bench)
    change_elsewhere(tmp_path / "mine.cnn")
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.CHANGED)
    with answering(typed("mine too")):
        press(bench, "Save Beside…")
    wait_until_saved(qtbot, bench.files.saving)
    assert (name_in(tmp_path / "mine.cnn"), name_in(tmp_path / "mine too.cnn")) == ("Theirs", "Eye")
    assert not bench.file_bar.isVisible()


def test_a_vanished_file_makes_what_is_open_unsaved(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "mine.cnn"
    path.unlink()
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.GONE)
    assert shown(bench) == ["Save It Again", "Save Beside…", "Not Now"]
    assert bench.window.isWindowModified()
    with answering(pressed(BUTTONS.Cancel)) as asked:
        bench.window.close()
    assert asked == ["mine.cnn isn't on the disk any more. Save it again first?"]
    press(bench, "Save It Again")
    wait_until_saved(qtbot, bench.files.saving)
    assert load_project(path).project.design == GRAPH
    wait_for_state(qtbot, bench, FileState.SAME)
    assert not bench.window.isWindowModified()


def test_a_second_window_on_a_file_says_so_until_the_first_one_is_closed(
    qtbot: QtBot, bench: Workbench, settings: Settings, themes: ThemeManager, tmp_path: Path
) -> None:
    second = MainWindow(settings, themes)
    qtbot.addWidget(second, before_close_func=MainWindow.close_without_asking)
    second.show()
    second.workbench.files.open_path(tmp_path / "mine.cnn")
    qtbot.waitUntil(second.workbench.file_bar.isVisible, timeout=PATIENCE)
    assert second.workbench.file_bar.text.startswith("mine.cnn is open in another window, too.")
    assert not bench.file_bar.isVisible()
    with answering():
        bench.window.close()
    come_back_to(second.workbench)
    qtbot.waitUntil(lambda: not second.workbench.file_bar.isVisible(), timeout=PATIENCE)


def test_a_drive_that_sleeps_does_not_keep_a_file_from_being_opened(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which file a path leads to, and whether it is there, is asked beside the window."""
    other = tmp_path / "other.cnn"
    save_project(other, load_project(tmp_path / "mine.cnn"))
    askers: list[bool] = []

    def slowly(path: Path) -> str:
        askers.append(current_thread() is main_thread())
        return key_of(path)

    monkeypatch.setattr(open_file, "key_of", slowly)
    bench.files.open_path(other)
    qtbot.waitUntil(lambda: bool(askers), timeout=PATIENCE)
    assert askers == [False]


@pytest.mark.skipif(os.name == "nt", reason="a killed process holds its locks for a while there")
def test_a_window_of_another_process_is_noticed_and_a_killed_one_is_not(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    other = tmp_path / "other.cnn"
    save_project(other, load_project(tmp_path / "mine.cnn"))
    command = [sys.executable, "-m", leave_a_draft.__name__, str(tmp_path / "its settings"), str(other)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ) as window:
        assert window.stdout is not None
        assert window.stdout.readline().strip() == leave_a_draft.CHANGED
        bench.files.open_path(other)
        qtbot.waitUntil(lambda: bench.files.open_file.is_open_elsewhere, timeout=PATIENCE)
        window.kill()
    come_back_to(bench)
    qtbot.waitUntil(lambda: not bench.files.open_file.is_open_elsewhere, timeout=PATIENCE)
