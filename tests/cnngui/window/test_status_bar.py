"""What the status bar and the tabs tell of runs, and the offers that they make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.panels.design.palette import Palette
from cnngui.panels.studio.training import TrainingPanel
from cnngui.widgets.elided import ElidedLabel
from cnngui.window.main_window import MainWindow
from cnngui.window.run_state import RunState
from cnngui.window.scale import apply_interface_size
from core.design.edits import remove
from core.training.plan import Plan
from tests.cnngui.contents import content
from tests.cnngui.runs import PATIENCE, texts
from tests.cnngui.window.opened import CTRL, build, end, hold, press, turn_events


def test_the_end_of_a_run_is_told_in_full_in_every_workspace(qtbot: QtBot, window: MainWindow) -> None:
    hold(qtbot, window)
    end(qtbot, window)
    for name in ("design", "present"):
        window.workbench.views.switch(name)
        turn_events()
        told = [
            label
            for label in window.statusBar().findChildren(ElidedLabel)
            if label.isVisible() and label.text().startswith("Stopped after ")
        ]
        assert [label.fontMetrics().horizontalAdvance(label.text()) <= label.width() for label in told] == [
            True
        ]


def test_one_step_is_no_steps(qtbot: QtBot, window: MainWindow) -> None:
    build(window)
    window.workbench.actions["step"].trigger()
    qtbot.waitUntil(lambda: window.workbench.run.last_step is not None, timeout=PATIENCE)
    end(qtbot, window)
    window.workbench.views.switch("train")
    turn_events()
    said = [label.text() for label in window.statusBar().findChildren(ElidedLabel)]
    assert any(text.startswith("Stopped after 1 step in ") for text in said), said


def test_the_end_of_a_run_is_called_the_same_in_the_status_bar_and_in_the_panel(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> tuple[str, str]:
        turn_events()
        [said] = window.statusBar().findChildren(RunState)
        return said.text(), texts(content(bench, "training", TrainingPanel).status)

    bench = window.workbench
    build(window)
    bench.views.switch("train")
    bench.document.set_plan(Plan(epochs=2, batch_size=256))
    for broken in (False, True):
        if broken:
            monkeypatch.setattr("cnngui.compute.jobs.train.compile_graph", lambda *_, **__: 1 / 0)
        with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
            bench.run_control.start_over()
        in_bar, in_panel = told()
        assert in_bar.startswith("The run has failed" if broken else "Finished after 2 epochs in ")
        assert in_bar.partition(" in ")[0] in in_panel


def test_training_offers_its_workspace_and_leaves_the_user_alone(qtbot: QtBot, window: MainWindow) -> None:
    views = window.workbench.views
    hold(qtbot, window)
    assert window.workspace == "design"
    [button] = [b for b in window.statusBar().findChildren(QWidget) if b.property("text") == "Go to Train"]
    assert button.isVisible()
    for width in (1100, 1800):
        window.resize(width, 700)
        turn_events()
        [text] = [t for t in window.statusBar().findChildren(ElidedLabel) if t.text() == button.toolTip()]
        assert text.width() >= text.fontMetrics().horizontalAdvance(text.text())
        assert button.x() - text.geometry().right() <= 12
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.workspace == "train"
    assert not button.isVisible()
    views.switch("design")
    window.workbench.run_control.toggle()
    window.workbench.run_control.toggle()
    end(qtbot, window)
    assert not button.isVisible()


def test_problems_out_of_sight_are_counted_in_the_status_bar(window: MainWindow) -> None:
    def buttons() -> list[QToolButton]:
        found = window.statusBar().findChildren(QToolButton)
        return [button for button in found if button.isVisible()]

    assert not buttons()
    content(window.workbench, "blocks", Palette).chosen.emit("relu")
    turn_events()
    [button] = buttons()
    assert button.text().startswith("Problems (")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    turn_events()
    assert window.docks["problems"].in_sight
    assert window.docks["problems"].windowTitle().startswith("Problems (")
    assert not buttons()


@pytest.mark.parametrize(
    ("before", "percent", "factor"),
    [
        ("1", 150, "1.5"),
        ("2", 90, "1.8"),
        ("odd", 125, "1.25"),
        ("nan", 150, "1.5"),
        ("inf", 100, "1"),
        ("-2", 100, "1"),
    ],
)
def test_the_interface_size_is_a_factor_for_qt(
    monkeypatch: pytest.MonkeyPatch, before: str, percent: int, factor: str
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", before)
    monkeypatch.delenv("CNNGUI_SCALE_FACTOR", raising=False)
    apply_interface_size(percent)
    apply_interface_size(percent)
    assert os.environ["QT_SCALE_FACTOR"] == factor
    monkeypatch.delenv("CNNGUI_SCALE_FACTOR")


def test_another_interface_size_is_remembered_and_a_restart_offered(
    window: MainWindow, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("cnngui.window.views.restart", started.append)
    window.workbench.views.set_interface_size(150)
    assert settings.interface_size == 150
    [button] = [b for b in window.statusBar().findChildren(QWidget) if b.property("text") == "Restart now"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert started == [[]]
    assert not window.isVisible()


def test_a_restart_comes_after_saving_and_opens_what_was_saved(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("cnngui.window.views.restart", started.append)
    path = tmp_path / "mine.cnn"
    monkeypatch.setattr(
        "cnngui.window.files.QMessageBox.question", lambda *_: QMessageBox.StandardButton.Save
    )
    monkeypatch.setattr("cnngui.window.files.ask_for_path", lambda *_: path)
    window.workbench.files.open_example("lenet5")
    window.workbench.document.edit("Delete", lambda graph: remove(graph, [graph.blocks[-1].id]))
    window.workbench.views.set_interface_size(150)
    [button] = [b for b in window.statusBar().findChildren(QWidget) if b.property("text") == "Restart now"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: started == [[str(path)]])
    assert path.exists()
    assert not window.isVisible()


def status_texts(window: MainWindow) -> list[str]:
    """What stands in the status bar, as far as it is seen in full."""
    labels = [label for label in window.statusBar().findChildren(QLabel) if label.isVisible()]
    return [
        label.text()
        for label in labels
        if label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    ]


def test_a_paused_run_looks_paused_in_every_workspace(qtbot: QtBot, window: MainWindow) -> None:
    hold(qtbot, window)
    assert window.tabs.bar.mark == "play"
    assert "A network is being trained." in status_texts(window)
    window.workbench.canvas.setFocus()
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.tabs.bar.mark == "pause", timeout=PATIENCE)
    turn_events()
    assert "The run is paused." in status_texts(window)
    assert any(text.startswith("Paused in epoch") for text in status_texts(window))
    end(qtbot, window)
    assert window.tabs.bar.offered == -1


def test_how_a_run_stands_is_said_in_full_in_large_type(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 720)
    hold(qtbot, window)
    window.workbench.views.switch("present")
    turn_events()
    window.workbench.run_control.toggle()
    qtbot.waitUntil(lambda: window.workbench.run.state is State.PAUSED, timeout=PATIENCE)
    turn_events()
    assert any("batch" in text and "loss" in text for text in status_texts(window))
    end(qtbot, window)
    turn_events()
    assert any(text.startswith("Stopped after") for text in status_texts(window))


def test_the_offer_of_a_restart_outlives_a_run(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 720)
    hold(qtbot, window)
    window.workbench.views.set_interface_size(150)
    turn_events()
    assert any("150 %" in text for text in status_texts(window))
    assert "A network is being trained." in status_texts(window)
    end(qtbot, window)
    turn_events()
    assert any("150 %" in text for text in status_texts(window))


def test_a_message_ends_with_what_it_was_about(window: MainWindow) -> None:
    said, bar = window.workbench.run_control.message, window.statusBar()
    said.emit("The later run is back; Undo returns to the one before.")
    assert bar.currentMessage()
    press(window, Qt.Key.Key_N, CTRL)
    assert not bar.currentMessage()
    said.emit("The later run is back; Undo returns to the one before.")
    build(window)
    assert not bar.currentMessage()
