"""What is kept of runs is a setting that the next run goes by."""

from __future__ import annotations

from pathlib import Path
from threading import current_thread, main_thread

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from cnngui.commands import run_rules
from cnngui.commands.run_rules import RulesDialog
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from core.errors import FormatError
from core.formats.data_folder import DATA_VARIABLE, runs_folder
from core.formats.runs.points import points_in
from core.formats.runs.records import runs_in
from core.formats.runs.rules import GB, RunRules, read_rules
from tests.cnngui.runs import PATIENCE, texts
from tests.cnngui.windows import open_window


def test_it_says_what_is_taken_and_is_kept_for_the_next_run(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "kept"))
    runs = runs_folder()
    assert runs is not None
    bench = open_window(qtbot, settings, themes, tmp_path)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start_over()
    qtbot.waitUntil(lambda: any(points_in(run) for run in runs_in(runs)), timeout=PATIENCE)
    bench.actions["run_rules"].trigger()
    dialog = bench.window.findChild(RulesDialog)
    assert isinstance(dialog, RulesDialog)
    qtbot.waitUntil(lambda: dialog.taken.text().startswith("The checkpoints of 1 run take"), timeout=PATIENCE)
    assert dialog.budget.value() == RunRules().budget / GB
    dialog.most.selectAll()
    QTest.keyClicks(dialog.most, "3")
    dialog.budget.selectAll()
    QTest.keyClicks(dialog.budget, "0.5")
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: read_rules(runs) == RunRules(budget=GB // 2, most=3), timeout=PATIENCE)


def test_what_cannot_be_written_is_said_and_can_be_tried_again(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = runs_folder()
    assert runs is not None
    bench = open_window(qtbot, settings, themes, tmp_path)
    bench.actions["run_rules"].trigger()
    dialog = bench.window.findChild(RulesDialog)
    assert isinstance(dialog, RulesDialog)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    dialog.most.selectAll()
    QTest.keyClicks(dialog.most, "7")
    writers: list[bool] = []

    def full(folder: Path, rules: RunRules) -> None:
        writers.append(current_thread() is main_thread())
        raise FormatError("rules.json can't be written: No space left on device.")

    with monkeypatch.context() as patched:
        patched.setattr(run_rules, "write_rules", full)
        QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "No space left on device" in texts(dialog), timeout=PATIENCE)
    assert writers == [False]  # the window doesn't wait for the disk
    assert dialog.isVisible()
    assert dialog.most.value() == 7
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE):
        QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert read_rules(runs).most == 7
