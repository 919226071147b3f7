"""Panels stand where they are declared to stand, and take as much room as they are declared to take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES
from cnngui.panels.panel import PANELS, PanelPlace, panel
from cnngui.theme.theme import ThemeManager
from cnngui.window.docking.dock import AREAS
from cnngui.window.main_window import MainWindow

Opened = Callable[[int, int], MainWindow]
NAMES = ("a", "b", "c")
"""Of the panels that are declared here."""
SMALL_CHANGE = 8
"""Pixels that lines between panels, and rounding, may take."""


@pytest.fixture
def opened(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> Iterator[Opened]:
    """A window of this size, with all panels where they stand at first."""

    def make(width: int, height: int) -> MainWindow:
        window = MainWindow(settings, themes)
        qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
        window.showNormal()
        window.resize(width, height)
        window.workbench.views.show_canvas()
        return window

    yield make
    for name in NAMES:
        if name in {declared.panel.name for declared in PANELS}:
            PANELS.remove(name)


def declare(name: str, open: dict[str, PanelPlace]) -> None:
    """A panel that takes any size, and stands elsewhere when it isn't open from the first."""
    place = PanelPlace("bottom", 0.2)
    panel(name, name.title(), icon="info", place=place, open=open)(lambda _: QLabel(name))


def show(window: MainWindow, workspace: str) -> None:
    window.workbench.views.switch(workspace)
    window.workbench.views.reset()
    turn_events()


def turn_events() -> None:
    for _ in range(10):
        QApplication.processEvents()


def test_all_panels_stand_at_the_side_that_they_declare(opened: Opened) -> None:
    window = opened(1600, 900)
    for workspace in WORKSPACES:
        show(window, workspace.name)
        for known in window.panels:
            if known.docks and workspace.name in known.open:
                place, dock = known.open[workspace.name], window.docks[known.name]
                assert window.dockWidgetArea(dock) is AREAS[place.area], (workspace, known)
                assert dock.in_sight is not (place.behind or known.waits), (workspace, known)


@pytest.mark.parametrize(("size", "wide", "width"), [(450, 1800, 450), (450, 1280, 384), (0.25, 1600, 400)])
def test_a_side_is_as_wide_as_its_panel_says_but_leaves_the_canvas_most(
    opened: Opened, size: float, wide: int, width: int
) -> None:
    """A width in pixels takes three tenths of the window at most."""
    declare("a", {"present": PanelPlace("right", size)})
    window = opened(wide, 900)
    show(window, "present")
    assert abs(window.docks["a"].width() - width) <= SMALL_CHANGE


def test_a_bottom_is_as_high_as_its_panel_says(opened: Opened) -> None:
    declare("a", {"present": PanelPlace("bottom", 0.4)})
    window = opened(1600, 900)
    show(window, "present")
    assert abs(window.docks["a"].height() - 360) <= SMALL_CHANGE


@pytest.mark.parametrize("behind", [False, True])
def test_a_panel_that_the_remembered_layout_does_not_know_stands_as_it_says(
    opened: Opened, *, behind: bool
) -> None:
    side = PanelPlace("left", 0.25)
    declare("a", {"present": side})
    declare("b", {"present": side})
    before = opened(1600, 900)
    show(before, "present")
    before.close_without_asking()
    declare("c", {"present": PanelPlace("left", 0.25, behind=behind)})
    window = opened(1600, 900)
    window.workbench.views.switch("present")
    turn_events()
    a, b, c = (window.docks[name] for name in NAMES)
    assert window.tabifiedDockWidgets(c) == ([a] if behind else [])
    assert c.in_sight
    if not behind:
        assert b.geometry().bottom() < c.y()


def test_panels_share_a_side_or_stand_behind_each_other_as_they_say(opened: Opened) -> None:
    side = PanelPlace("left", 0.25)
    declare("a", {"present": side})
    declare("b", {"present": side})
    declare("c", {"present": PanelPlace("left", 0.25, behind=True)})
    window = opened(1600, 900)
    show(window, "present")
    a, b, c = (window.docks[name] for name in NAMES)
    assert window.tabifiedDockWidgets(c) == [a]
    assert (a.in_sight, b.in_sight, c.in_sight) == (True, True, False)
    assert a.x() == b.x()
    assert a.geometry().bottom() < b.y()
