"""What tests do with a window that is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.window.main_window import MainWindow
from tests.cnngui.runs import ENDLESS, GRAPH, PATIENCE

Start = Callable[[], MainWindow]
CTRL = Qt.KeyboardModifier.ControlModifier


def turn_events() -> None:
    for _ in range(10):
        QApplication.processEvents()


def press(
    window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    focused = window.focusWidget() or window
    QTest.keyClick(focused, key, modifier)
    turn_events()


def build(window: MainWindow) -> None:
    """A design, so that panels have something to show."""
    window.workbench.document.edit("Build", lambda _: GRAPH)
    turn_events()


def hold(qtbot: QtBot, window: MainWindow) -> None:
    """Begins a run that goes on."""
    bench = window.workbench
    build(window)
    bench.document.set_plan(ENDLESS)
    bench.run_control.start()
    qtbot.waitUntil(lambda: bench.run.last_step is not None, timeout=PATIENCE)


def end(qtbot: QtBot, window: MainWindow) -> None:
    window.workbench.run.stop()
    qtbot.waitUntil(lambda: not window.workbench.run.active, timeout=PATIENCE)
