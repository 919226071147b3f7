"""A window with two runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.formats.data_folder import DATA_VARIABLE
from core.formats.runs import recording
from core.formats.runs.records import read_run
from core.maths.optim import SGD, Adam
from tests.cnngui.kept_runs.listed import train
from tests.cnngui.runs import PATIENCE, PLAN
from tests.cnngui.windows import open_window


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr(recording, "AT_LEAST_BETWEEN", 0.0)
    monkeypatch.setattr(recording, "SHARE", 1e9)
    return tmp_path / "kept" / "runs"


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path) -> Iterator[Workbench]:
    made = open_window(qtbot, settings, themes, tmp_path)
    yield made
    made.run.stop()
    qtbot.waitUntil(lambda: made.run.state is State.IDLE, timeout=PATIENCE)


@pytest.fixture
def two(qtbot: QtBot, bench: Workbench, runs: Path) -> tuple[str, str]:
    """Two runs: with a rate of 0.01, and by SGD with larger batches. The second one is shown."""
    first = train(qtbot, bench, replace(PLAN, optimizer=Adam(learning_rate=0.01)))
    second = train(qtbot, bench, replace(PLAN, optimizer=SGD(learning_rate=0.02), batch_size=20, epochs=3))
    for run in (first, second):
        qtbot.waitUntil(lambda run=run: read_run(runs / run).record.ended is not None, timeout=PATIENCE)  # type: ignore[misc]
    return first, second
