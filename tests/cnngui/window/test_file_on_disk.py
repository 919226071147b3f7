"""The open file on the disk: another program changes or removes it, another window opens it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.commands.versions import VersionsDialog
from cnngui.models.run import State
from cnngui.models.safety.open_file import FileState
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.design.edits import rename
from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import load_project, save_project
from tests.cnngui.dialogs import answering, pressed, typed
from tests.cnngui.runs import GRAPH, PATIENCE, hold, wait_for, wait_until_saved
from tests.cnngui.window import leave_a_draft
from tests.cnngui.windows import open_window, save, undo
from tests.paths import ROOT

BUTTONS: Final = QMessageBox.StandardButton


@pytest.fixture
def bench(
    qtbot: QtBot,
    settings: Settings,
    themes: ThemeManager,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Workbench]:
    """A window whose project is saved as mine.cnn."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    made = open_window(qtbot, settings, themes, tmp_path)
    with answering(typed("mine")):
        save(qtbot, made)
    wait_until_saved(qtbot, made.files.saving)
    yield made
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)
    wait_until_saved(qtbot, made.files.saving)


def change(bench: Workbench, name: str = "Eye") -> None:
    bench.document.edit("Rename", lambda graph: rename(graph, "conv2d_1", name))


def change_elsewhere(path: Path, name: str = "Theirs") -> None:
    file = load_project(path)
    design = rename(file.project.design, "conv2d_1", name)
    save_project(path, replace(file, project=replace(file.project, design=design)))


def name_in(path: Path) -> str:
    return load_project(path).project.design["conv2d_1"].name


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
    change_elsewhere(tmp_path / "mine.cnn")
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.CHANGED)
    assert bench.file_bar.text.startswith("mine.cnn was changed by another program")
    assert shown(bench) == ["Keep Mine", "Take Theirs", "Save Beside…", "Not Now"]
    press(bench, "Not Now")
    assert not bench.file_bar.isVisible()
    change_elsewhere(tmp_path / "mine.cnn", bench.document.graph["conv2d_1"].name)
    come_back_to(bench)
    wait_for_state(qtbot, bench, FileState.SAME)


def test_a_change_is_noticed_while_the_window_is_open(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    bench.files.open_file.look()
    change_elsewhere(tmp_path / "mine.cnn")
    wait_for_state(qtbot, bench, FileState.CHANGED)  # by its watcher alone


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
    assert second.workbench.file_bar.text.startswith("mine.cnn is open in another window, too.")
    assert second.workbench.file_bar.isVisible()
    assert not bench.file_bar.isVisible()
    with answering():
        bench.window.close()
    come_back_to(second.workbench)
    assert not second.workbench.file_bar.isVisible()


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
        assert bench.files.open_file.is_open_elsewhere
        window.kill()
    come_back_to(bench)
    assert not bench.files.open_file.is_open_elsewhere


# Versions


def versions(qtbot: QtBot, bench: Workbench, count: int) -> VersionsDialog:
    bench.actions["versions"].trigger()
    (dialog,) = [found for found in bench.window.findChildren(VersionsDialog) if found.isVisible()]
    qtbot.waitUntil(lambda: dialog.list.count() == count, timeout=PATIENCE)
    return dialog


def names_of_versions(qtbot: QtBot, bench: Workbench) -> list[str]:
    """Of the convolution in each version; one is waited for."""
    dialog = versions(qtbot, bench, 1)
    found = [version.snapshot.project.design["conv2d_1"].name for version in dialog.versions]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    return found


def save_as_it_is(qtbot: QtBot, bench: Workbench, name: str) -> None:
    change(bench, name)
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)


def test_a_version_is_restored_as_a_step(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    for name in ("Eye", "Ear", "Nose"):
        save_as_it_is(qtbot, bench, name)
    dialog = versions(qtbot, bench, 3)
    assert dialog.windowTitle() == "Versions of mine.cnn"
    assert dialog.list.item(0).text().endswith("7 blocks, replaced by a later save")
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    assert bench.document.graph["conv2d_1"].name == "Eye"
    assert bench.document.path == tmp_path / "mine.cnn"
    assert name_in(tmp_path / "mine.cnn") == "Nose"
    undo(qtbot, bench)
    assert bench.document.graph["conv2d_1"].name == "Nose"


def test_a_version_is_opened_as_a_copy_without_a_file(qtbot: QtBot, bench: Workbench) -> None:
    save_as_it_is(qtbot, bench, "Eye")
    dialog = versions(qtbot, bench, 1)
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert bench.document.path is None
    assert bench.document.graph == GRAPH


def test_a_window_without_versions_says_what_will_be_kept(qtbot: QtBot, bench: Workbench) -> None:
    dialog = versions(qtbot, bench, 0)
    assert not dialog.restore.isEnabled()
    close = dialog.buttons.button(QDialogButtonBox.StandardButton.Close)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
