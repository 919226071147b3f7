"""The menu of the right mouse button opens in the window, from the canvas and from the outline."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.panels.design.outline import OutlinePanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from tests.cnngui.canvas.conftest import chain
from tests.cnngui.contents import content


@pytest.mark.parametrize("where", ["canvas", "outline"])
def test_the_menu_offers_what_fits_the_selection(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, where: str
) -> None:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.show()
    bench = window.workbench
    bench.center.show_canvas()
    bench.document.open(chain("input", "relu"))
    bench.canvas.editor.select(("relu_1",), ())
    bench.views.show("outline")
    outline = content(bench, "outline", OutlinePanel)
    qtbot.waitUntil(outline.isVisible)
    area = bench.canvas.viewport() if where == "canvas" else outline.view.viewport()
    if where == "canvas":
        place = bench.canvas.pixels_of(bench.canvas.drawing.body("relu_1")).center()
    else:
        place = outline.view.visualRect(outline.view.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, area.mapToGlobal(place))
    QApplication.sendEvent(area, event)
    (menu,) = (menu for menu in bench.canvas.findChildren(QMenu) if menu.isVisible() and menu.isWindow())
    texts = [action.text() for action in menu.actions()]
    offered = [action for part in (menu, *menu.findChildren(QMenu)) for action in part.actions()]
    keys = {action.text().replace("&", ""): action.shortcut().toString() for action in menu.actions()}
    plain = [action.text() for action in menu.actions() if action.text() and action.icon().isNull()]
    unusable = [action.text() for action in offered if not action.isEnabled()]
    menu.close()
    assert unusable == []  # "Distribute", for one, needs three blocks
    assert not any("Distribute" in action.text() for action in offered)
    assert {"Cut", "Connect to…", "Add Frame"} <= set(texts)
    assert plain == []
    assert {keys[text] for text in ("Cut", "Rename", "Help on the Block")} == {"Ctrl+X", "F2", "F1"}
    assert bench.selection.ids == ("relu_1",)
