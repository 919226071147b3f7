"""A whole window with a small project, and the keys that a user presses in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.project import DataChoice, Project
from tests.cnngui.runs import GRAPH, PATIENCE, PLAN, write_bars


def open_window(qtbot: QtBot, settings: Settings, themes: ThemeManager, folder: Path) -> Workbench:
    """A window with GRAPH, PLAN and the data of `write_bars` in this folder, where files are saved, too."""
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.resize(1280, 720)
    bench = window.workbench
    project = Project(GRAPH, PLAN, DataChoice(str(write_bars(folder / "bars.npz"))))
    bench.document.open_project(project)
    window.show()
    bench.load_plots()
    qtbot.waitUntil(lambda: bench.data.source is not None, timeout=PATIENCE)
    settings.set_folder("designs", folder)
    return bench


def press(
    qtbot: QtBot,
    bench: Workbench,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """A key on the canvas. Off screen, no window manager gives the window back what a dialog or menu took."""
    bench.window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is bench.window)
    bench.canvas.setFocus()
    QTest.keyClick(bench.canvas, key, modifier)


def undo(qtbot: QtBot, bench: Workbench) -> None:
    press(qtbot, bench, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def redo(bench: Workbench) -> None:
    bench.actions["redo"].trigger()


def save(qtbot: QtBot, bench: Workbench) -> None:
    press(qtbot, bench, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
