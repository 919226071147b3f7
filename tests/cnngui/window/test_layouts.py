"""The sizes of docks: as they were left, whatever a window goes through until it has its own size again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from cnngui.models.designs import open_design
from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow

Start = Callable[..., MainWindow]
WHOLE = QSize(1280, 701)
BEFORE = QSize(1088, 612)
"""That of a window which the window manager hasn't made as large as the screen yet."""
DOCKED = [known.name for known in WORKSPACES if known.stays]


def turn_events() -> None:
    for _ in range(10):
        QApplication.processEvents()


def await_views(qtbot: QtBot, window: MainWindow) -> None:
    """Until there is what the panels of its workspace show: the data are read beside the window."""
    bench = window.workbench
    if bench.document.graph.blocks:
        qtbot.waitUntil(lambda: bench.looking.samples is not None, timeout=20_000)
        if window.workspace == "explain":
            qtbot.waitUntil(lambda: bench.run.graph is not None, timeout=20_000)
    turn_events()


@pytest.fixture
def start(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> Iterator[Start]:
    """Opens a window as a slow or a quick window manager would, with a file or without."""
    windows: list[MainWindow] = []

    def close() -> None:
        for window in windows:
            window.close_without_asking()
            window.deleteLater()
        windows.clear()

    def opened(*, slow: bool = True, file: bool = True) -> MainWindow:
        close()
        window = MainWindow(settings, themes)
        windows.append(window)
        window.resize(BEFORE if slow else WHOLE)
        window.show()
        if file:
            window.workbench.files.show_project(open_design("lenet5"))
        turn_events()
        window.resize(WHOLE)
        turn_events()
        await_views(qtbot, window)
        return window

    yield opened
    close()


def sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    docks = ((name, window.docks[name]) for name in window.docks.in_sight())
    return {name: (dock.width(), dock.height()) for name, dock in docks if not dock.isFloating()}


@pytest.mark.exhaustive
@pytest.mark.parametrize("workspace", DOCKED)
def test_the_panels_keep_their_sizes_from_start_to_start(qtbot: QtBot, start: Start, workspace: str) -> None:
    window = start()
    window.workbench.views.switch(workspace)
    await_views(qtbot, window)
    first = {True: sizes(window)}
    assert first[True]
    for slow, file in (
        (True, True),
        (False, True),
        (True, False),
        (True, True),
        (False, False),
        (True, True),
    ):
        window = start(slow=slow, file=file)
        assert window.workspace == workspace
        # Without a file, what has nothing to show waits.
        assert sizes(window) == first.setdefault(file, sizes(window))


def show_train(window: MainWindow) -> None:
    """The workspace Train, with panels that else wait for a run."""
    views = window.workbench.views
    views.switch("train")
    for name in ("curves", "maps"):
        views.show(name)
    turn_events()


def test_sizes_that_somebody_has_given_are_kept(start: Start) -> None:
    window = start()
    show_train(window)
    docks = [window.docks[name] for name in ("curves", "maps")]
    window.resizeDocks(docks, [600, 356], Qt.Orientation.Horizontal)
    turn_events()
    given = sizes(window)
    assert given["curves"][0] > given["maps"][0] + 100
    for _ in range(3):
        assert sizes(start()) == given


def test_a_workspace_is_as_it_was_left_in_a_window_that_was_smaller_meanwhile(start: Start) -> None:
    window = start()
    views = window.workbench.views
    show_train(window)
    left = sizes(window)
    views.switch("design")
    window.resize(1000, 640)
    views.switch("train")
    turn_events()
    smaller = sizes(window)
    assert abs(smaller["curves"][0] - smaller["maps"][0]) <= 2
    views.switch("design")
    window.resize(WHOLE)
    views.switch("train")
    turn_events()
    assert {name: width for name, (width, _) in sizes(window).items()} == pytest.approx(
        {name: width for name, (width, _) in left.items()}, abs=2
    )


def test_what_somebody_does_first_is_kept_when_the_window_gets_its_size(start: Start) -> None:
    window = start()
    show_train(window)
    window = start()
    close = window.docks["maps"].findChild(QAbstractButton, "qt_dockwidget_closebutton")
    assert close is not None
    window.resize(BEFORE)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    window.resize(WHOLE)
    turn_events()
    assert not window.workbench.views.is_open("maps")


@pytest.mark.parametrize("name", ["qt_dockwidget_closebutton", "qt_dockwidget_floatbutton"])
def test_a_panel_that_comes_back_has_the_size_it_had(start: Start, name: str) -> None:
    window = start()
    views = window.workbench.views
    show_train(window)
    before = sizes(window)
    dock = window.docks["curves"]
    button = dock.findChild(QAbstractButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    turn_events()
    assert "curves" not in sizes(window)
    if dock.isFloating():
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    else:
        views.show("curves")
    turn_events()
    assert sizes(window) == before
