"""A save that is called off: the file is as it was, and what is open stays unsaved."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.window.saving_status import SavingStatus
from cnngui.window.workbench import Workbench
from tests.cnngui.dialogs import answering, pressed
from tests.cnngui.disks import Disk
from tests.cnngui.runs import hold, stopping, wait_for, wait_until_saved
from tests.cnngui.window.safety.edits import change, name_in
from tests.cnngui.windows import save

BUTTONS: Final = QMessageBox.StandardButton


def status_of(bench: Workbench) -> SavingStatus:
    found = bench.window.findChild(SavingStatus)
    assert isinstance(found, SavingStatus)
    return found


def test_saving_can_be_cancelled_and_leaves_the_file_as_it_was(
    qtbot: QtBot, bench: Workbench, disk: Disk, tmp_path: Path
) -> None:
    path = tmp_path / "mine.cnn"
    before = path.read_bytes()
    change(bench)
    disk.stop()
    save(qtbot, bench)
    assert status_of(bench).isVisible()
    with answering():
        QTest.mouseClick(status_of(bench).cancel, Qt.MouseButton.LeftButton)
        disk.go_on()
        wait_until_saved(qtbot, bench.files.saving)
    assert path.read_bytes() == before
    assert [other.name for other in tmp_path.iterdir() if other.name.startswith(".")] == []
    assert bench.window.isWindowModified()
    assert not status_of(bench).isVisible()
    message = bench.window.statusBar().currentMessage()
    assert message == "Saving mine.cnn was cancelled; the file is as it was."
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    assert name_in(path) == "Eye"


def test_cancelling_the_save_before_closing_keeps_the_window(
    qtbot: QtBot, bench: Workbench, disk: Disk
) -> None:
    change(bench)
    disk.stop()
    with answering(pressed(BUTTONS.Save)):
        bench.window.close()
        message = bench.window.statusBar().currentMessage()
        assert message == "The window closes when mine.cnn is saved."
        bench.files.saving.cancel()
        disk.go_on()
        wait_until_saved(qtbot, bench.files.saving)
    assert bench.window.isVisible()
    assert bench.window.isWindowModified()


def test_cancelling_needs_no_answer_of_the_run(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    before = (tmp_path / "mine.cnn").read_bytes()
    hold(qtbot, bench.models, step=1)
    with stopping(bench.models):
        bench.run.stop()
        save(qtbot, bench)
        bench.files.saving.cancel()
        assert bench.files.saving.busy is None
    wait_for(qtbot, bench.models, State.IDLE)
    assert (tmp_path / "mine.cnn").read_bytes() == before
