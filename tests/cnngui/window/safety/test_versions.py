"""Former versions of the open file, as somebody browses and restores them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from cnngui.models import saving
from cnngui.window.workbench import Workbench
from core.errors import FormatError
from tests.cnngui.dialogs import answering
from tests.cnngui.runs import GRAPH, wait_until_saved
from tests.cnngui.window.safety.edits import change, name_in
from tests.cnngui.window.safety.former import versions
from tests.cnngui.windows import save, undo


def save_as_it_is(qtbot: QtBot, bench: Workbench, name: str) -> None:
    change(bench, name)
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)


def test_a_version_is_restored_as_a_step(qtbot: QtBot, bench: Workbench, tmp_path: Path) -> None:
    for name in ("Eye", "Ear", "Nose"):
        save_as_it_is(qtbot, bench, name)
    dialog = versions(qtbot, bench, 3)
    assert dialog.windowTitle() == "Versions of mine.cnn"
    assert dialog.list.item(0).text().endswith("7 blocks, replaced by a save")
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
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


def test_a_version_that_cannot_be_kept_is_told_of_and_the_file_is_saved(
    qtbot: QtBot, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise FormatError("The disk is full.")

    monkeypatch.setattr(saving, "keep_version", full)
    with answering():
        save_as_it_is(qtbot, bench, "Eye")
    assert name_in(tmp_path / "mine.cnn") == "Eye"
    message = bench.window.statusBar().currentMessage()
    assert message == "Saved mine.cnn, but not what it held before: The disk is full."
