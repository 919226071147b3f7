"""Going through the window with Tab: few steps to what is useful, and each of them is seen and has a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QRegularExpression, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QDockWidget, QWidget

from cnngui.models.settings import ThemeMode
from cnngui.panels.start.start_page import StartPage
from cnngui.theme.theme import SEEN, ThemeManager, contrast
from cnngui.window.main_window import MainWindow
from tests.cnngui.contents import content
from tests.cnngui.window.opened import build, turn_events

THEMES = pytest.mark.parametrize("mode", ["dark", "light"])
MOST_STOPS = 4
TITLE = QRegularExpression("qt_dockwidget_.*button")
AROUND = 4
"""Pixels around a widget where its focus may be drawn."""


def has_keyboard() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def stops(window: MainWindow) -> Iterator[QWidget]:
    """What Tab leads to, until it comes round."""
    first = has_keyboard()
    while True:
        QTest.keyClick(has_keyboard(), Qt.Key.Key_Tab)
        turn_events()
        yield has_keyboard()
        if has_keyboard() is first:
            return


def in_sight(window: MainWindow) -> list[QWidget]:
    """All that can have the keyboard, and isn't covered."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.window() is window
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not widget.visibleRegion().isEmpty()
        and (widget.parentWidget() is not window or widget.geometry().intersects(window.rect()))
    ]


def difference(before: QImage, after: QImage, place: QRect) -> float:
    """The strongest contrast between what was and what is painted there."""
    place = place.intersected(before.rect())
    pairs = {
        (before.pixel(x, y), after.pixel(x, y))
        for y in range(place.top(), place.bottom() + 1)
        for x in range(place.left(), place.right() + 1)
    }
    return max(contrast(QColor(old), QColor(new)) for old, new in pairs)


def place_of(widget: QWidget, window: MainWindow) -> QRect:
    around = QRect(widget.mapTo(window, QPoint()), widget.size())
    return around.adjusted(-AROUND, -AROUND, AROUND, AROUND)


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface.role() != QAccessible.Role.NoRole, widget
    return interface.text(QAccessible.Text.Name).strip()


def test_the_start_page_is_few_steps_away(window: MainWindow) -> None:
    page = content(window.workbench, "start", StartPage)
    assert has_keyboard() is page.buttons["new"]
    window.tabs.bar.setFocus(Qt.FocusReason.TabFocusReason)
    for step, stop in enumerate(stops(window), 1):
        if page.isAncestorOf(stop):
            assert step <= MOST_STOPS
            return
    raise AssertionError("Tab doesn't lead to the start page")


@THEMES
def test_every_stop_on_the_way_is_seen_and_named(
    window: MainWindow, themes: ThemeManager, mode: ThemeMode
) -> None:
    themes.mode = mode
    turn_events()
    before, found = window.grab().toImage(), 0
    for stop in stops(window):
        after = window.grab().toImage()
        assert window.rect().intersects(place_of(stop, window)), stop
        assert difference(before, after, place_of(stop, window)) >= SEEN, stop
        assert name_of(stop), stop
        before, found = after, found + 1
    assert found > len(content(window.workbench, "start", StartPage).cards)


@THEMES
@pytest.mark.parametrize("workspace", ["design", "data", "train", "explain"])
def test_all_that_can_have_the_keyboard_shows_it_and_is_named(
    window: MainWindow, themes: ThemeManager, mode: ThemeMode, workspace: str
) -> None:
    themes.mode = mode
    build(window)
    bench = window.workbench
    bench.selection.reveal(bench.document.graph.blocks[0].id)
    window.workbench.views.switch(workspace)
    turn_events()
    for widget in in_sight(window):
        assert name_of(widget), widget
        if widget is bench.canvas or _is_empty(widget):
            continue
        bench.canvas.setFocus()
        turn_events()
        before = window.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        turn_events()
        after = window.grab().toImage()
        assert difference(before, after, place_of(widget, window)) >= SEEN, (widget, name_of(widget))


def _is_empty(widget: QWidget) -> bool:
    """A scrolled area that shows nothing yet."""
    return isinstance(widget, QAbstractScrollArea) and widget.viewport().visibleRegion().isEmpty()


@THEMES
def test_the_buttons_in_titles_are_seen(window: MainWindow, themes: ThemeManager, mode: ThemeMode) -> None:
    themes.mode = mode
    turn_events()
    buttons = [
        b for dock in window.findChildren(QDockWidget) for b in dock.findChildren(QAbstractButton, TITLE)
    ]
    shown = [button for button in buttons if button.isVisible()]
    assert shown
    for button in shown:
        picture = button.grab().toImage()
        colors = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
        assert max(contrast(QColor(color), themes.current.panel) for color in colors) >= SEEN
