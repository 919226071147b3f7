"""The workspaces of the window, its maximised panels, and the strips of small windows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES
from cnngui.panels.design.outline import OutlinePanel
from cnngui.panels.design.palette import Palette
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.panels.start.start_page import StartPage
from cnngui.panels.teaching.guide import Guide
from cnngui.theme.theme import TEXT_SIZE, ThemeManager
from cnngui.window.main_window import MainWindow
from tests.cnngui.contents import content
from tests.cnngui.drags import click_twice
from tests.cnngui.runs import GRAPH
from tests.cnngui.window.opened import CTRL, Start, build, end, hold, press, turn_events


def test_keys_and_tabs_lead_to_workspaces_without_taking_height(window: MainWindow) -> None:
    for number, known in enumerate(WORKSPACES):
        press(window, Qt.Key(Qt.Key.Key_1 + number), CTRL)
        assert window.workspace == known.name == window.tabs.current
        assert window.docks.in_sight() == [
            panel.name
            for panel in window.panels
            if known.name in panel.open and not panel.open[known.name].behind and not panel.waits
        ]
    bar = window.tabs.bar
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(0).center())
    assert window.workspace == "design"
    assert window.menuBar().height() <= window.menuBar().fontMetrics().height() + 16


def test_menus_and_workspaces_stand_on_one_line(window: MainWindow) -> None:
    for name in ("design", "present"):
        window.workbench.views.switch(name)
        turn_events()
        menus, bar = window.menuBar(), window.tabs.bar
        menu = menus.actionGeometry(menus.actions()[0]).center()
        tab = bar.mapTo(window, bar.tabRect(0).center())
        assert abs(menu.y() - tab.y()) <= 1


def test_each_workspace_remembers_its_own_layout(qtbot: QtBot, start: Start) -> None:
    window = start()
    build(window)
    views = window.workbench.views
    views.close_panel("properties")
    views.show("outline")
    views.switch("train")
    views.close_panel("maps")
    views.show("curves")
    turn_events()
    window = start()
    hold(qtbot, window)
    views = window.workbench.views
    assert window.workspace == "train"
    qtbot.waitUntil(lambda: views.is_open("curves"))
    assert not views.is_open("maps")
    end(qtbot, window)
    views.switch("design")
    assert [views.is_open(name) for name in ("blocks", "outline", "properties")] == [True, True, False]
    views.reset()
    assert [views.is_open(name) for name in ("blocks", "outline", "properties")] == [True, False, True]
    views.switch("train")
    assert not views.is_open("maps")  # reset is for the current one


def test_the_tool_bar_stays_where_another_workspace_is_wanted_at_once(
    settings: Settings, themes: ThemeManager
) -> None:
    window = MainWindow(settings, themes)
    window.show()
    views = window.workbench.views
    views.switch("train")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    turn_events()
    views.switch("design")
    turn_events()
    try:
        assert window.workbench.toolbar.isVisible()
        assert window.workbench.toolbar.x() == 0
    finally:
        window.close_without_asking()
        window.deleteLater()


def test_present_is_large_and_empty_and_esc_leads_back(start: Start) -> None:
    window = start()
    views = window.workbench.views
    views.switch("train")
    views.switch("present")
    turn_events()
    assert not window.docks.in_sight()
    assert window.font().pixelSize() > 1.3 * TEXT_SIZE
    views.show("training")
    labels = views.content("training").findChildren(QWidget)
    assert max(label.font().pixelSize() for label in labels) > 1.3 * TEXT_SIZE
    window.workbench.canvas.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert window.workspace == "train"
    assert window.font().pixelSize() == TEXT_SIZE
    assert max(label.font().pixelSize() for label in labels) == TEXT_SIZE
    views.switch("present")
    window = start()
    assert window.workspace == "train"  # nobody is surprised by it at the next start


def test_esc_in_a_line_of_text_belongs_to_it_and_does_not_leave_present(window: MainWindow) -> None:
    views = window.workbench.views
    views.switch("present")
    views.show("blocks")
    content(window.workbench, "blocks", Palette).search.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert window.workspace == "present"
    window.workbench.canvas.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert window.workspace == "design"


def test_in_present_a_small_design_is_drawn_larger(window: MainWindow) -> None:
    workbench = window.workbench
    workbench.document.edit("Build", lambda _: GRAPH)
    workbench.canvas.fit()
    before = workbench.canvas.zoom
    press(window, Qt.Key.Key_5, CTRL)
    assert workbench.canvas.zoom > before
    assert workbench.canvas.visible_area().contains(workbench.canvas.drawing.whole())
    press(window, Qt.Key.Key_1, CTRL)
    assert workbench.canvas.zoom == before


def test_the_start_page_stands_in_for_an_empty_design_alone(window: MainWindow) -> None:
    views, seen = window.workbench.views, []
    for name in ("design", "train", "present", "data"):
        views.switch(name)
        seen.append(window.center.shows_page)
    assert seen == [True, True, False, True]
    views.show_start_page()
    assert (window.workspace, window.center.shows_page) == ("design", True)


def test_f11_maximises_the_panel_with_the_keyboard_and_puts_it_back(window: MainWindow) -> None:
    workbench = window.workbench
    corner = window.screen().geometry().bottomRight()
    assert not window.frameGeometry().contains(corner)
    QCursor.setPos(corner)  # a panel under the mouse would go before
    workbench.views.show_canvas()
    palette = content(workbench, "blocks", Palette)
    palette.search.setFocus()
    press(window, Qt.Key.Key_F11)
    assert palette.size().width() > 0.95 * window.width()
    assert window.sheet.geometry() == window.middle()
    press(window, Qt.Key.Key_F11)
    assert window.docks["blocks"].isAncestorOf(palette)
    assert palette.isVisible()
    assert palette.width() < 0.5 * window.width()
    workbench.canvas.setFocus()
    press(window, Qt.Key.Key_F11)
    assert workbench.canvas.width() > 0.95 * window.width()
    window.resize(window.size() - QSize(100, 60))
    turn_events()
    assert window.sheet.geometry() == window.middle()
    workbench.views.maximise()
    assert window.center.isVisible()
    assert not window.sheet.isVisible()


def test_a_double_click_on_the_title_maximises(window: MainWindow) -> None:
    dock = window.docks["properties"]
    panel = content(window.workbench, "properties", PropertiesPanel)
    title = QPoint(dock.width() // 2, dock.slot.y() // 2)
    click_twice(dock, Qt.MouseButton.LeftButton, pos=title)
    turn_events()
    assert window.sheet.isAncestorOf(panel)
    assert not dock.isFloating()
    click_twice(window.sheet, Qt.MouseButton.LeftButton, pos=QPoint(40, 8))
    assert dock.isAncestorOf(panel)


def test_a_maximised_panel_is_where_it_belongs_at_the_next_start(start: Start) -> None:
    window = start()
    build(window)
    window.workbench.views.maximise("properties")
    window = start()
    build(window)
    assert window.docks["properties"].in_sight
    assert not window.sheet.isVisible()


def test_who_wants_to_configure_finds_the_form_open(window: MainWindow) -> None:
    workbench = window.workbench
    workbench.document.edit("Build", lambda _: GRAPH)
    workbench.views.close_panel("properties")
    workbench.selection.set([GRAPH.blocks[1].id])
    workbench.selection.settings_wanted.emit()
    turn_events()
    panel = content(workbench, "properties", PropertiesPanel)
    assert panel.isVisible()
    assert panel.form.isAncestorOf(window.focusWidget())


def test_f2_renames_where_the_keyboard_is(window: MainWindow) -> None:
    workbench = window.workbench
    build(window)
    workbench.views.show("outline")
    turn_events()
    first = workbench.document.graph.blocks[0].id
    for name, focused in (
        ("Eye", workbench.canvas),
        ("Ear", content(workbench, "outline", OutlinePanel).view),
    ):
        workbench.selection.set([first])
        focused.setFocus()
        QTest.keyClick(focused, Qt.Key.Key_F2)
        turn_events()
        field = window.focusWidget()
        assert field is not None
        assert focused.isAncestorOf(field)
        QTest.keyClicks(field, name)
        QTest.keyClick(field, Qt.Key.Key_Return)
        turn_events()
        assert workbench.document.graph[first].name == name


def test_in_a_small_window_panels_come_out_of_strips(window: MainWindow) -> None:
    build(window)
    window.showNormal()
    window.resize(720, 480)
    views = window.workbench.views
    views.show_canvas()
    views.reset()
    turn_events()
    assert window.is_small
    assert not window.docks.in_sight()
    strips = [bar for bar in window.findChildren(QToolBar) if bar.objectName().startswith("strip")]
    entries = {action.text(): bar.widgetForAction(action) for bar in strips for action in bar.actions()}
    assert entries.keys() == {"Blocks", "Properties"}
    QTest.mouseClick(entries["Blocks"], Qt.MouseButton.LeftButton)
    turn_events()
    palette = content(window.workbench, "blocks", Palette)
    assert palette.isVisible()
    assert window.sheet.geometry().left() == window.middle().left()
    assert window.center.width() > 0.85 * window.width()  # the canvas stays as it is below
    QTest.mouseClick(entries["Properties"], Qt.MouseButton.LeftButton)
    turn_events()
    assert not palette.isVisible()
    assert window.sheet.geometry().right() == window.middle().right()
    QTest.keyClick(window.sheet, Qt.Key.Key_Escape)
    assert not window.sheet.isVisible()
    views.switch("data")
    assert window.sheet.isAncestorOf(views.content("data"))  # what people come there for is shown at once
    turn_events()
    assert window.sheet.geometry().topLeft() == window.middle().topLeft()
    views.switch("design")
    window.resize(1280, 720)
    views.reset()
    turn_events()
    assert window.docks.in_sight() == ["blocks", "properties"]
    assert not any(bar.isVisible() for bar in strips)


def test_strips_and_docks_take_turns_as_the_window_is_resized(window: MainWindow) -> None:
    window.showNormal()
    window.resize(1280, 720)
    views = window.workbench.views
    views.show_canvas()
    views.close_panel("properties")
    turn_events()
    strips = [bar for bar in window.findChildren(QToolBar) if bar.objectName().startswith("strip")]
    window.resize(720, 480)
    turn_events()
    assert not window.docks.in_sight()
    assert any(bar.isVisible() for bar in strips)
    views.show("blocks")
    window.resize(1280, 720)
    turn_events()
    assert window.docks.in_sight() == ["blocks"]  # as it was left
    assert window.docks["blocks"].isAncestorOf(views.content("blocks"))
    assert not window.sheet.isVisible()
    assert not any(bar.isVisible() for bar in strips)


def test_a_fitted_design_is_all_in_sight_in_every_workspace(window: MainWindow) -> None:
    window.showNormal()
    window.resize(1280, 720)
    workbench = window.workbench
    canvas, drawing = workbench.canvas, workbench.canvas.drawing
    workbench.files.open_example("lenet5")
    turn_events()
    for number, known in [*enumerate(WORKSPACES), *reversed([*enumerate(WORKSPACES)])]:
        press(window, Qt.Key(Qt.Key.Key_1 + number), CTRL)
        assert canvas.visible_area().contains(drawing.whole()), known.name
        assert canvas.is_fitted
    workbench.views.switch("train")
    canvas.zoom_to(2)
    canvas.centerOn(drawing.body(workbench.document.graph.order[0]).center())
    turn_events()
    before = canvas.visible_area().center()
    for name in ("design", "data", "explain", "train"):
        workbench.views.switch(name)
        turn_events()
        moved = (canvas.visible_area().center() - before) * canvas.zoom
        assert moved.manhattanLength() <= 8, name  # some sizes are odd
        assert canvas.zoom == 2


def test_narrow_menus_leave_one_button_for_the_workspaces(window: MainWindow) -> None:
    window.showNormal()
    window.resize(560, 400)
    turn_events()
    tabs = window.tabs
    assert (tabs.bar.isVisible(), tabs.button.isVisible()) == (False, True)
    menu = tabs.button.menu()
    assert menu is not None
    menu.actions()[1].trigger()
    assert window.workspace == "data"
    assert tabs.button.text() == "Data"


def test_new_design_on_the_start_page_leads_to_where_blocks_are_at_hand(window: MainWindow) -> None:
    window.workbench.views.switch("train")
    turn_events()
    page = content(window.workbench, "start", StartPage)
    assert page.isVisible()
    QTest.mouseClick(page.buttons["new"], Qt.MouseButton.LeftButton)
    assert window.workspace == "design"
    assert window.workbench.canvas.isVisible()


def test_in_a_small_window_the_tour_stays_in_sight_beside_the_blocks(window: MainWindow) -> None:
    window.showNormal()
    window.resize(800, 500)
    views = window.workbench.views
    views.show_canvas()
    views.reset()
    views.switch("train")
    views.start_guide()
    turn_events()
    assert (window.is_small, window.workspace) == (True, "design")
    [guide] = window.findChildren(Guide)
    assert views.content("blocks").isVisible()
    place = QRect(guide.text.mapTo(window, QPoint()), guide.text.size())
    assert not window.sheet.geometry().intersects(place)
    QTest.mouseClick(guide.end, Qt.MouseButton.LeftButton)
    turn_events()
    assert window.sheet.geometry().topLeft() == window.middle().topLeft()


def test_a_tab_is_lit_while_the_mouse_is_on_it_alone(qtbot: QtBot, window: MainWindow) -> None:
    """A window that opens below the mouse hears nothing of it."""
    bar = window.tabs.bar
    dark = bar.grab().toImage()
    QTest.mouseMove(bar, bar.tabRect(2).center())
    qtbot.waitUntil(lambda: bar.grab().toImage() != dark)
    QApplication.sendEvent(bar, QEvent(QEvent.Type.Leave))
    assert bar.grab().toImage() == dark


def test_the_search_goes_with_the_design_it_was_in(window: MainWindow) -> None:
    bench = window.workbench
    bench.files.open_example("lenet5")
    bar = bench.canvas.search_bar
    bench.actions["find"].trigger()
    QTest.keyClicks(bar.line, "conv")
    assert bar.isVisible()
    bench.files.open_example("lenet5")
    turn_events()
    assert not bar.isVisible()
    assert not bar.line.text()
    assert not bench.canvas.drawing.found.parts
