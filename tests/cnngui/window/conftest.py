"""Windows that are opened one after the other, with what is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnngui.models import saving
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from tests.cnngui.disks import Disk
from tests.cnngui.runs import PATIENCE, write_bars
from tests.cnngui.window.opened import Start, turn_events


@pytest.fixture
def start(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Start]:
    """Opens a window with what is remembered; the one before it is closed first."""
    windows: list[MainWindow] = []

    def close() -> None:
        for window in windows:
            run = window.workbench.run
            if run.active:
                with qtbot.waitSignal(run.ended, timeout=PATIENCE):
                    run.stop()
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


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk()
    monkeypatch.setattr(saving, "save_project", made.write)
    yield made
    made.go_on()
