"""At the sizes that a window has at first, words are read in full."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.panels.design.palette import Palette
from cnngui.panels.studio.feature_maps import FeatureMapsPanel
from cnngui.theme.theme import ThemeManager
from cnngui.widgets.small import TextLabel
from cnngui.window.workbench import Workbench
from tests.cnngui.contents import content
from tests.cnngui.windows import open_window


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Workbench:
    return open_window(qtbot, settings, themes, tmp_path)


def test_the_names_of_layers(bench: Workbench) -> None:
    bench.views.reset()
    QApplication.processEvents()
    layers = content(bench, "blocks", Palette).layers
    assert layers.isVisible()
    assert layers.sizeHintForColumn(0) <= layers.viewport().width()


@pytest.mark.parametrize("workspace", ["design", "data", "train", "explain"])
def test_tabs_and_buttons(bench: Workbench, workspace: str) -> None:
    bench.views.switch(workspace)
    QApplication.processEvents()
    cut = []
    for bar in bench.window.findChildren(QTabBar):
        for number in range(bar.count() if bar.isVisible() else 0):
            needed = bar.fontMetrics().horizontalAdvance(bar.tabText(number).replace("&", ""))
            if needed > bar.tabRect(number).width():
                cut.append(bar.tabText(number))
    for button in bench.window.findChildren(QPushButton) + bench.window.findChildren(QToolButton):
        needed = button.fontMetrics().horizontalAdvance(button.text().replace("&", ""))
        if button.isVisible() and needed > button.width():
            cut.append(button.text())
    assert not cut


def test_the_title_of_the_maps(qtbot: QtBot, bench: Workbench) -> None:
    bench.views.switch("train")
    bench.select_first_image_block()
    maps = content(bench, "maps", FeatureMapsPanel)
    maps.untrained.click()
    current = bench.selection.current
    assert current is not None
    name = bench.document.graph[current].name
    (title,) = (t for t in maps.findChildren(TextLabel) if t.font().bold() and t.text() in ("", name))
    qtbot.waitUntil(lambda: title.text() == name and title.isVisible())
    QApplication.processEvents()
    assert title.fontMetrics().horizontalAdvance(name) <= title.width()
