"""The menus as a whole."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design.direction import Direction


def test_no_key_has_two_meanings_and_switches_are_remembered(
    qtbot: QtBot, settings: Settings, themes: ThemeManager
) -> None:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.workbench.load_plots()
    actions = set(window.findChildren(QAction))
    keys = Counter(key.toString() for action in actions for key in action.shortcuts())
    everywhere = [a for a in actions if a.shortcutContext() == Qt.ShortcutContext.WindowShortcut]
    assert [a.text() for a in everywhere if any(keys[key.toString()] > 1 for key in a.shortcuts())] == []
    minimap = next(action for action in actions if action.text() == "&Minimap")
    assert minimap.isChecked()
    minimap.trigger()
    assert not settings.switch("minimap", default=True)


def test_the_menu_says_which_way_the_design_would_run(
    qtbot: QtBot, settings: Settings, themes: ThemeManager
) -> None:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    bench = window.workbench
    turn = bench.actions_["turn"]
    assert turn.text().replace("&", "") == "Flow Top Down"
    turn.trigger()
    assert bench.document.graph.direction is Direction.DOWN
    assert turn.text().replace("&", "") == "Flow Left to Right"
    bench.document.undo_stack.undo()
    assert turn.text().replace("&", "") == "Flow Top Down"
