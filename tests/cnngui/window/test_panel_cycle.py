"""F6 and Shift+F6 lead the keyboard through the panels of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.docking.panel_cycle import focus_panel
from cnngui.window.main_window import MainWindow

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QListWidget())
    for name, content in (("a", QLineEdit()), ("b", QPushButton()), ("empty", QWidget())):
        dock = QDockWidget(name, window)
        dock.setWidget(content)
        window.addDockWidget(LEFT, dock)
    window.resize(800, 600)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    focus_panel(window, 1)
    return window


def kind(window: QMainWindow) -> type[QWidget]:
    focused = window.focusWidget()
    assert focused is not None
    return type(focused)


def test_the_keyboard_goes_round_and_past_panels_without_anything_to_press(window: QMainWindow) -> None:
    seen = []
    for _ in range(3):
        focus_panel(window, 1)
        seen.append(kind(window))
    assert sorted(seen, key=str) == sorted([QLineEdit, QPushButton, QListWidget], key=str)
    focus_panel(window, -1)
    assert kind(window) is seen[1]


def test_a_panel_behind_a_tab_is_passed_over(window: QMainWindow, qtbot: QtBot) -> None:
    first, second, _ = window.findChildren(QDockWidget)
    window.tabifyDockWidget(first, second)
    first.raise_()
    qtbot.waitUntil(lambda: second.visibleRegion().isEmpty() and not first.visibleRegion().isEmpty())
    seen = []
    for _ in range(4):
        focus_panel(window, 1)
        seen.append(kind(window))
    assert set(seen) == {QLineEdit, QListWidget}


def test_f6_leads_out_of_the_canvas_and_back(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> None:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.workbench.load_plots()
    for _ in range(2):  # the docks get their places, then the canvas its view
        QApplication.processEvents()
    window.workbench.center.show_canvas()
    window.workbench.canvas.setFocus()
    QTest.keyClick(window.workbench.canvas, Qt.Key.Key_F6)
    assert not window.workbench.canvas.hasFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert window.workbench.canvas.hasFocus()


def test_f6_stays_in_a_panel_that_hides_all_others(
    qtbot: QtBot, settings: Settings, themes: ThemeManager
) -> None:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.workbench.files.open_example("lenet5")
    window.workbench.views.show("blocks")
    window.workbench.views.maximise("blocks")
    for _ in range(4):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_F6)
        assert not window.workbench.canvas.hasFocus()
    assert window.sheet.isAncestorOf(window.focusWidget())
