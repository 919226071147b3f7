"""A window with a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from tests.cnngui.dialogs import answering, typed
from tests.cnngui.disks import Disk
from tests.cnngui.runs import wait_for, wait_until_saved
from tests.cnngui.windows import open_window, save


@pytest.fixture
def bench(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path, disk: Disk
) -> Iterator[Workbench]:
    """A window whose project is saved as mine.cnn."""
    made = open_window(qtbot, settings, themes, tmp_path)
    with answering(typed("mine")):
        save(qtbot, made)
    wait_until_saved(qtbot, made.files.saving)
    yield made
    disk.go_on()
    made.run.stop()
    wait_for(qtbot, made.models, State.IDLE)
    wait_until_saved(qtbot, made.files.saving)
