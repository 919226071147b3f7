"""The runs of a project travel with its file, and are found again in the data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.workbench import Workbench
from core.formats.data_folder import DATA_VARIABLE, runs_folder
from core.formats.project import load_project
from core.formats.runs.points import points_in, read_point
from core.formats.runs.records import read_run, runs_in
from tests.cnngui.dialogs import answering, typed
from tests.cnngui.runs import PATIENCE, wait_until_saved
from tests.cnngui.windows import open_window, save


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "kept"))
    found = runs_folder()
    assert found is not None
    return found


@pytest.fixture
def bench(qtbot: QtBot, settings: Settings, themes: ThemeManager, tmp_path: Path, runs: Path) -> Workbench:
    """A window with two runs, saved as mine.cnn."""
    made = open_window(qtbot, settings, themes, tmp_path)
    for _ in range(2):
        with qtbot.waitSignal(made.run.ended, timeout=PATIENCE):
            made.run_control.start_over()
        qtbot.waitUntil(lambda: not made.run.active and not lacks_an_end(runs), timeout=PATIENCE)
    with answering(typed("mine")):
        save(qtbot, made)
    wait_until_saved(qtbot, made.files.saving)
    return made


def lacks_an_end(runs: Path) -> bool:
    return any(read_run(path).record.ended is None for path in runs_in(runs))


def test_a_file_holds_all_runs_of_its_project(bench: Workbench, runs: Path, tmp_path: Path) -> None:
    file = load_project(tmp_path / "mine.cnn")
    assert file.checkpoint is not None
    assert set(file.runs) == {path.name for path in runs_in(runs)}
    assert len(file.runs) == 2
    assert file.checkpoint.run == bench.run.checkpoint.run  # type: ignore[union-attr]


def test_opened_elsewhere_its_runs_are_there(
    qtbot: QtBot, bench: Workbench, runs: Path, tmp_path: Path
) -> None:
    before = {path.name: read_run(path).record.curves.losses for path in runs_in(runs)}
    shutil.rmtree(runs)
    with qtbot.waitSignal(bench.files.saving.runs.joined, timeout=PATIENCE):
        bench.files.open_path(tmp_path / "mine.cnn")
    assert {path.name: read_run(path).record.curves.losses for path in runs_in(runs)} == before
    checkpoint = bench.run.checkpoint
    assert checkpoint is not None
    (point,) = points_in(runs / checkpoint.run)
    assert read_point(point).losses == checkpoint.losses


def test_runs_that_the_folder_has_not_stay_in_the_file(
    qtbot: QtBot, bench: Workbench, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_project(tmp_path / "mine.cnn").runs
    shutil.rmtree(runs)
    (tmp_path / "a file").touch()
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "a file"))
    with qtbot.waitSignal(bench.files.saving.runs.failed, timeout=PATIENCE) as told:
        bench.files.open_path(tmp_path / "mine.cnn")
    assert "Not a directory" in str(told.args[0])
    save(qtbot, bench)
    wait_until_saved(qtbot, bench.files.saving)
    assert load_project(tmp_path / "mine.cnn").runs == before
