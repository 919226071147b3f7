"""The titles of panels, and panels over others: in docks, out of the window, out of a strip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QCursor, QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.docking.dock import Dock
from cnngui.window.main_window import MainWindow
from tests.cnngui.drags import click_twice
from tests.cnngui.windows import open_window

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> MainWindow:
    opened = open_window(qtbot, settings, themes, tmp_path).window
    assert isinstance(opened, MainWindow)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened


@pytest.fixture
def small(window: MainWindow) -> MainWindow:
    window.resize(800, 500)
    window.workbench.views.reset()
    turn_events()
    assert window.is_small
    return window


def turn_events() -> None:
    for _ in range(10):
        QApplication.processEvents()


def title(dock: Dock) -> QPoint:
    return QPoint(dock.width() // 2, dock.slot.y() // 2)


def double_click_title(dock: Dock) -> None:
    """Of a window of its own: where the system draws the title, only it sees the click."""
    if dock.slot.y() > 0:
        click_twice(dock, LEFT, pos=title(dock))
        return
    kind, none = QEvent.Type.NonClientAreaMouseButtonDblClick, Qt.KeyboardModifier.NoModifier
    place = QPointF(dock.mapToGlobal(QPoint(40, -8)))
    QApplication.sendEvent(dock, QMouseEvent(kind, QPointF(40, -8), place, LEFT, LEFT, none))


def button(dock: Dock, name: str) -> QAbstractButton:
    found = dock.findChild(QAbstractButton, f"qt_dockwidget_{name}button")
    assert found is not None
    return found


def point_at(widget: QWidget, place: QPoint | None = None) -> None:
    QCursor.setPos(widget.mapToGlobal(widget.rect().center() if place is None else place))


def press_f11(window: MainWindow) -> None:
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_F11)
    turn_events()


@pytest.mark.parametrize("workspace", ["design", "data", "train", "explain"])
def test_a_double_click_inside_a_panel_maximises_nothing(window: MainWindow, workspace: str) -> None:
    views, docks = window.workbench.views, window.docks
    views.switch(workspace)
    if workspace == "design":
        views.show("problems")
    turn_events()
    for name in docks.in_sight():
        labels = [label for label in docks[name].slot.findChildren(QLabel) if label.isVisible()]
        for inside in (docks[name].slot, views.content(name), *labels):
            click_twice(inside, LEFT, pos=QPoint(inside.width() - 2, inside.height() - 2))
            turn_events()
            assert not window.sheet.name, (name, inside)
            assert not docks[name].isFloating()


def test_a_double_click_inside_a_maximised_panel_leaves_it_large(window: MainWindow) -> None:
    views = window.workbench.views
    views.maximise("properties")
    turn_events()
    panel = views.content("properties")
    click_twice(panel, LEFT, pos=QPoint(panel.width() - 2, panel.height() - 2))
    assert window.sheet.name == "properties"


def test_a_panel_that_floats_is_painted_in_every_workspace(window: MainWindow) -> None:
    views, dock = window.workbench.views, window.docks["curves"]
    views.switch("train")
    views.show("curves")
    turn_events()
    QTest.mouseClick(button(dock, "float"), LEFT)
    turn_events()
    place = dock.geometry()
    for _ in range(2):
        views.switch("design")
        turn_events()
        views.switch("train")
        turn_events()
        assert dock.isFloating()
        assert all(part.updatesEnabled() for part in (dock, dock.slot, views.content("curves")))
        assert dock.geometry() == place
    views.reset()
    assert not dock.isFloating()
    assert dock.updatesEnabled()


def test_a_panel_that_floats_lies_over_the_canvas_and_hides_no_other(window: MainWindow) -> None:
    views, docks = window.workbench.views, window.docks
    views.switch("train")
    for name in ("curves", "maps"):
        views.show(name)
    turn_events()
    QTest.mouseClick(button(docks["curves"], "float"), LEFT)
    turn_events()
    float_ = docks["curves"].frameGeometry()
    assert float_.contains(window.center.mapToGlobal(window.center.rect().center()))
    assert not float_.intersects(docks["maps"].rect().translated(docks["maps"].mapToGlobal(QPoint())))


def test_a_panel_that_floats_can_be_maximised_by_its_title_and_by_the_key(window: MainWindow) -> None:
    views, dock = window.workbench.views, window.docks["curves"]
    views.switch("train")
    views.show("curves")
    turn_events()
    QTest.mouseClick(button(dock, "float"), LEFT)
    turn_events()
    double_click_title(dock)
    turn_events()
    assert window.sheet.name == "curves"
    assert window.sheet.isAncestorOf(views.content("curves"))
    assert not dock.isVisible()  # it would lie over the window, and be empty
    press_f11(window)
    assert dock.isFloating()
    assert dock.isVisible()
    assert dock.isAncestorOf(views.content("curves"))
    for inside in (views.content("curves"), dock):
        point_at(inside)
        press_f11(window)
        assert window.sheet.name == "curves"
        press_f11(window)
        assert not window.sheet.name
    window.workbench.views.maximise("curves")
    views.switch("design")
    views.switch("train")
    assert dock.isFloating()
    assert dock.isVisible()


def test_f11_on_a_title_shows_the_panel_below_it(window: MainWindow) -> None:
    dock = window.docks["properties"]
    point_at(dock, title(dock))
    press_f11(window)
    assert window.sheet.name == "properties"


def test_a_panel_from_a_strip_can_be_maximised_and_goes_back_to_its_side(small: MainWindow) -> None:
    views, sheet = small.workbench.views, small.sheet
    views.show("properties")
    turn_events()
    beside, panel = sheet.geometry(), views.content("properties")
    point_at(sheet)
    press_f11(small)
    assert sheet.geometry() == small.middle()
    assert panel.isVisible()
    press_f11(small)
    assert (sheet.name, sheet.geometry()) == ("properties", beside)
    for _ in range(2):
        click_twice(sheet, LEFT, pos=QPoint(40, 8))
        assert sheet.geometry() == small.middle()
        small.resize(small.width() + 10, small.height())
        turn_events()
        assert sheet.geometry() == small.middle()
        small.resize(small.width() - 10, small.height())
        click_twice(sheet, LEFT, pos=QPoint(40, 8))
        assert (sheet.name, sheet.geometry()) == ("properties", beside)
    click_twice(panel, LEFT, pos=QPoint(panel.width() - 2, panel.height() - 2))
    assert (sheet.name, sheet.geometry()) == ("properties", beside)
    [back] = [b for b in sheet.children() if isinstance(b, QToolButton)]
    press_f11(small)
    QTest.mouseClick(back, LEFT)
    assert sheet.geometry() == beside
    QTest.mouseClick(back, LEFT)
    assert not sheet.isVisible()


def test_f11_over_the_canvas_beside_a_panel_from_a_strip_takes_the_canvas(small: MainWindow) -> None:
    small.workbench.views.show("properties")
    point_at(small.statusBar())
    small.workbench.canvas.setFocus()
    press_f11(small)
    assert small.sheet.name == "canvas"
    press_f11(small)
    assert not small.sheet.isVisible()


@pytest.mark.parametrize("maximised", [False, True])
def test_the_title_over_the_canvas_tells_what_is_true_now(small: MainWindow, maximised: bool) -> None:
    def titles() -> list[str]:
        return [label.text() for label in small.sheet.findChildren(QLabel) if label.parent() is small.sheet]

    workbench = small.workbench
    blocks = len(workbench.document.graph.blocks)
    workbench.canvas.editor.blocks.add("relu")
    assert len(workbench.document.graph.blocks) > blocks
    workbench.views.show("problems")
    if maximised:
        workbench.views.maximise("problems")
    assert titles()[0].startswith("Problems (")
    workbench.document.undo_stack.undo()
    turn_events()
    assert titles() == ["Problems"]
    assert small.sheet.accessibleName() == "Problems"


def test_titles_say_what_their_buttons_do_and_have_a_menu(window: MainWindow) -> None:
    dock = window.docks["properties"]
    assert button(dock, "close").toolTip() == "Close"
    assert button(dock, "float").toolTip() == "Take out of the window"

    def menu(place: QPoint) -> list[QMenu]:
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(dock, QContextMenuEvent(reason, place, dock.mapToGlobal(place)))
        return [menu for menu in dock.findChildren(QMenu) if menu.isVisible()]

    assert not menu(dock.slot.geometry().center())
    becomes: list[Callable[[], bool]] = [
        lambda: bool(window.sheet.name),
        dock.isFloating,
        lambda: not dock.isVisible(),
    ]
    for number, holds in enumerate(becomes):
        [shown] = menu(title(dock))
        actions = [action for action in shown.actions() if not action.isSeparator()]
        assert not any(action.icon().isNull() for action in actions)
        assert actions[0].shortcut() == QKeySequence("F11")
        actions[number].trigger()
        shown.close()
        turn_events()
        assert holds()
        if window.sheet.name:
            window.workbench.views.maximise()
        if dock.isFloating():
            assert button(dock, "float").toolTip() == "Put back into the window"
            window.docks.float("properties")
