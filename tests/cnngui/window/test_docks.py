"""The docks and what they stand around: always side by side, inside a window that keeps its size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QDockWidget, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow

Start = Callable[[], MainWindow]


@pytest.fixture
def start(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> Iterator[Start]:
    """Opens a window with the remembered layout; the one before it is closed first."""
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
        window.show()
        return window

    yield opened
    close()


def parts(window: MainWindow) -> dict[str, QRect]:
    """The rectangles of all that stands in the window, without the docks behind another one's tab."""
    center = window.centralWidget()
    assert center is not None
    widgets: list[QWidget] = [center, *window.findChildren(QToolBar), *window.findChildren(QDockWidget)]
    shown = [widget for widget in widgets if not widget.visibleRegion().isEmpty()]
    return {w.objectName() or type(w).__name__: QRect(w.geometry()) for w in shown}


def misplaced(window: MainWindow) -> list[str]:
    """What lies on something else, or not wholly in the window."""
    found = parts(window)
    wrong = [
        f"{a} {found[a]} lies on {b} {found[b]}"
        for a, b in combinations(found, 2)
        if found[a].intersects(found[b])
    ]
    return wrong + [f"{a} sticks out" for a, place in found.items() if not window.rect().contains(place)]


def fill(qtbot: QtBot, window: MainWindow, example: str | None) -> None:
    """Waits until all panels are there, and the layout at rest."""
    if example is not None:
        window.workbench.files.open_example(example)
    qtbot.waitUntil(lambda: window.workbench.training.source is not None, timeout=20_000)
    turn_events()


def turn_events() -> None:
    """Each layout may ask for another one."""
    for _ in range(10):
        QApplication.processEvents()


@pytest.mark.parametrize("maximised", [False, True], ids=["normal", "maximised"])
@pytest.mark.parametrize("example", [None, "lenet5"], ids=["empty", "file"])
def test_the_remembered_layout_and_the_first_one_fit(
    qtbot: QtBot, start: Start, example: str | None, maximised: bool
) -> None:
    window = start()
    fill(qtbot, window, None)
    if maximised:
        window.showMaximized()
    for _ in range(2):
        window = start()
        assert window.isMaximized() is maximised
        fill(qtbot, window, example)
        size = window.size()
        assert not misplaced(window)
        window.workbench.actions_["layout"].trigger()
        turn_events()
        assert not misplaced(window)
        assert window.size() == size
