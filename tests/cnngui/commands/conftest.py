"""A window in front, with its canvas in sight and a small network on it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from tests.cnngui.canvas.conftest import chain


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> MainWindow:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.workbench.load_plots()
    window.workbench.center.show_canvas()
    window.workbench.document.open(chain("input", "conv2d", "relu", "max_pool"))
    window.workbench.canvas.setFocus()
    return window
