"""The workspaces of the window, its maximised panels, its offers, and the strips of small windows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QToolBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES
from cnngui.panels.design.palette import Palette
from cnngui.panels.design.properties import PropertiesPanel
from cnngui.theme.theme import TEXT_SIZE, ThemeManager
from cnngui.widgets.elided import ElidedLabel
from cnngui.window.main_window import MainWindow
from cnngui.window.scale import apply_interface_size
from core.design.edits import remove
from tests.cnngui.contents import content
from tests.cnngui.runs import ENDLESS, GRAPH, PATIENCE, write_bars

Start = Callable[[], MainWindow]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def start(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Start]:
    """Opens a window with what is remembered; the one before it is closed first."""
    windows: list[MainWindow] = []

    def close() -> None:
        for window in windows:
            window.close_without_asking()
            window.deleteLater()
        windows.clear()

    def opened() -> MainWindow:
        close()
        window = MainWindow(settings, themes)
        windows.append(window)
        window.workbench.data.choose(str(write_bars(tmp_path / "bars.npz")))
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and window.workbench.data.loading is None)
        turn_events()
        return window

    yield opened
    close()


@pytest.fixture
def window(start: Start) -> MainWindow:
    return start()


def turn_events() -> None:
    for _ in range(10):
        QApplication.processEvents()


def press(
    window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    focused = window.focusWidget() or window
    QTest.keyClick(focused, key, modifier)
    turn_events()


def hold(qtbot: QtBot, window: MainWindow) -> None:
    """Begins a run that goes on."""
    bench = window.workbench
    bench.document.edit("Build", lambda _: GRAPH)
    bench.document.set_plan(ENDLESS)
    bench.run_control.start()
    qtbot.waitUntil(lambda: bench.run.last_step is not None, timeout=PATIENCE)


def end(qtbot: QtBot, window: MainWindow) -> None:
    window.workbench.run.stop()
    qtbot.waitUntil(lambda: not window.workbench.run.active, timeout=PATIENCE)


def test_keys_and_tabs_lead_to_workspaces_without_taking_height(window: MainWindow) -> None:
    for number, known in enumerate(WORKSPACES):
        press(window, Qt.Key(Qt.Key.Key_1 + number), CTRL)
        assert window.workspace == known.name == window.tabs.current
        assert window.docks.in_sight() == [
            panel.name
            for panel in window.panels
            if known.name in panel.open and not panel.open[known.name].behind
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


def test_each_workspace_remembers_its_own_layout(start: Start) -> None:
    window = start()
    views = window.workbench.views
    views.close_panel("properties")
    views.show("outline")
    views.switch("train")
    views.close_panel("maps")
    turn_events()
    window = start()
    views = window.workbench.views
    assert window.workspace == "train"
    assert (views.is_open("maps"), views.is_open("curves")) == (False, True)
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


def test_the_start_page_stands_in_for_an_empty_design_alone(window: MainWindow) -> None:
    views, seen = window.workbench.views, []
    for name in ("design", "train", "design", "data"):
        views.switch(name)
        seen.append(window.center.shows_page)
    assert seen == [True, False, True, False]
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
    QTest.mouseDClick(dock, Qt.MouseButton.LeftButton, pos=title)
    turn_events()
    assert window.sheet.isAncestorOf(panel)
    assert not dock.isFloating()
    QTest.mouseDClick(window.sheet, Qt.MouseButton.LeftButton, pos=QPoint(40, 8))
    assert dock.isAncestorOf(panel)


def test_a_maximised_panel_is_where_it_belongs_at_the_next_start(start: Start) -> None:
    window = start()
    window.workbench.views.maximise("properties")
    window = start()
    assert window.docks["properties"].in_sight
    assert not window.sheet.isVisible()


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


def test_who_wants_to_rename_or_configure_finds_the_form_open(window: MainWindow) -> None:
    workbench = window.workbench
    workbench.document.edit("Build", lambda _: GRAPH)
    workbench.views.close_panel("properties")
    workbench.selection.set([GRAPH.blocks[1].id])
    workbench.selection.settings_wanted.emit()
    turn_events()
    panel = content(workbench, "properties", PropertiesPanel)
    assert panel.isVisible()
    assert panel.form.isAncestorOf(window.focusWidget())
    workbench.selection.name_wanted.emit()
    assert not panel.form.isAncestorOf(window.focusWidget())
    assert panel.isAncestorOf(window.focusWidget())


def test_in_a_small_window_panels_come_out_of_strips(window: MainWindow) -> None:
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


@pytest.mark.parametrize(
    ("before", "percent", "factor"), [("1", 150, "1.5"), ("2", 90, "1.8"), ("odd", 125, "1.25")]
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
