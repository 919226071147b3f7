"""A training that was killed is offered at the next start, and comes to the end that it would have had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs import check
from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from cnngui.window.workbench import Workbench
from core.compile import compile_graph
from core.data.dataset import Dataset, split
from core.data.sources.base import load_source
from core.errors import DataError
from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import ProjectFile, save_project
from core.formats.runs import recording
from core.formats.runs.kept import About, kept_run, read_about, write_about
from core.formats.runs.points import points_in
from core.formats.runs.records import JOURNAL, read_run, runs_in
from core.project import DataChoice, Project
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan
from core.training.session import Session
from tests.cnngui.kept_runs.train_until_killed import EPOCHS
from tests.cnngui.runs import GRAPH, PATIENCE, write_bars
from tests.core.formats.killed import kill_afterwards
from tests.paths import ROOT

PLAN = Plan(epochs=EPOCHS, batch_size=10)
SHORT = Plan(epochs=4, batch_size=10)

Open = Callable[[], Workbench]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr(recording, "AT_LEAST_BETWEEN", 0.0)
    monkeypatch.setattr(recording, "SHARE", 1e9)
    return tmp_path / "kept" / "runs"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_bars(tmp_path / "bars.npz")


@pytest.fixture
def start(qtbot: QtBot, settings: Settings, themes: ThemeManager) -> Iterator[Open]:
    """Opens a window with nothing in it, and waits until it has looked at the runs."""
    opened: list[Workbench] = []

    def open_one() -> Workbench:
        window = MainWindow(settings, themes)
        qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
        window.resize(1280, 720)
        window.show()
        bench = window.workbench
        bench.load_plots()
        qtbot.waitUntil(lambda: bench.models.kept_runs.has_looked, timeout=PATIENCE)
        qtbot.waitUntil(lambda: bench.data.loading is None, timeout=PATIENCE)
        opened.append(bench)
        return bench

    yield open_one
    for bench in opened:
        bench.run.stop()
        qtbot.waitUntil(lambda bench=bench: bench.run.state is State.IDLE, timeout=PATIENCE)  # type: ignore[misc]


def click(button: QPushButton) -> None:
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def train_shortly(data: Path, plan: Plan = SHORT) -> Checkpoint:
    """A run of GRAPH without a window, recorded as one; gives where it ends."""
    train, validation = split(load_source(str(data)).train, plan.validation, plan.seed)
    program = compile_graph(GRAPH, seed=plan.seed)
    session = Session(program, train, validation, plan)
    project = Project(GRAPH, plan, DataChoice(str(data)))
    origin = recording.Origin("bars", project, train, program.execution, "1.0")
    recorded = recording.Recording(origin, lambda problem: None)
    with recorded.kept(session):
        for event in session:
            recorded.take(event, session)
            recorded.wait()
    return session.checkpoint()


def equal(a: Checkpoint, b: Checkpoint) -> None:
    for name, weights in a.weights.items():
        assert_array_equal(weights, b.weights[name], name)
    for name, slot in a.slots.items():
        assert_array_equal(slot, b.slots[name], name)
    assert a.losses == b.losses


def test_killed_in_a_window_it_goes_on_in_the_next_one(
    qtbot: QtBot, start: Open, runs: Path, data: Path, tmp_path: Path
) -> None:
    design = tmp_path / "bars.cnn"
    save_project(design, ProjectFile(Project(GRAPH, PLAN, DataChoice(str(data)))))
    environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path / "config"), "QT_QPA_PLATFORM": "offscreen"}
    module = "tests.cnngui.kept_runs.train_until_killed"
    with subprocess.Popen(
        [sys.executable, "-m", module, str(data), str(design)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as window:
        try:
            assert window.stdout is not None
            assert window.stdout.readline() == "changed\n"

            def is_far() -> bool:
                found = list(runs_in(runs))
                if not found or not points_in(found[0]):
                    return False
                record = read_run(found[0]).record
                return len(record.plans) == 2 and record.steps > points_in(found[0])[-1].step + 10

            qtbot.waitUntil(is_far, timeout=PATIENCE)
        finally:
            os.kill(window.pid, signal.SIGKILL)
    (path,) = runs_in(runs)
    assert kept_run(path).state == "killed"
    record = read_run(path).record
    assert record.steps < EPOCHS * 6

    bench = start()
    bar = bench.cut_off_bar
    assert "an untitled design" in bar.text
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(bar.go_on)
        assert not bar.isVisible()
    found = bench.run.checkpoint
    assert found is not None
    assert found.completed
    train, validation = split(load_source(str(data)).train, PLAN.validation, PLAN.seed)
    program = compile_graph(GRAPH, seed=PLAN.seed)
    whole = Session(program, train, validation, PLAN, changes=record.plans[1:])
    for _ in whole:
        pass
    equal(whole.checkpoint(), found)
    assert list(runs_in(runs)) == [path]  # in its own journal
    assert bench.document.plan == record.plan


def test_a_run_of_a_file_goes_on_in_that_file(
    qtbot: QtBot, start: Open, runs: Path, data: Path, tmp_path: Path
) -> None:
    train_shortly(data)
    (path,) = runs_in(runs)
    kill_afterwards(path, points=2, epochs=3)
    mine = tmp_path / "mine.cnn"
    save_project(mine, ProjectFile(Project(GRAPH, SHORT, DataChoice(str(data)))))
    write_about(path, About(file=str(mine)))
    bench = start()
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        click(bench.cut_off_bar.go_on)
    assert bench.document.path == mine
    assert bench.run.checkpoint is not None
    assert bench.run.checkpoint.epoch == SHORT.epochs
    assert bench.window.isWindowModified()
    assert bench.actions["undo"].isEnabled()


def test_a_saved_project_is_noted_beside_its_runs(
    qtbot: QtBot, start: Open, runs: Path, data: Path, tmp_path: Path
) -> None:
    bench = start()
    bench.document.open_project(Project(GRAPH, SHORT, DataChoice(str(data))))
    qtbot.waitUntil(lambda: bench.data.source is not None, timeout=PATIENCE)
    with qtbot.waitSignal(bench.run.ended, timeout=PATIENCE):
        bench.run_control.start_over()
    (path,) = runs_in(runs)
    assert read_about(path).file == ""
    bench.files.saving.save(tmp_path / "mine.cnn")
    qtbot.waitUntil(lambda: read_about(path).file == str(tmp_path / "mine.cnn"), timeout=PATIENCE)


def test_not_now_is_heard_once_and_for_all(qtbot: QtBot, start: Open, runs: Path, data: Path) -> None:
    train_shortly(data)
    (path,) = runs_in(runs)
    kill_afterwards(path, points=2, epochs=3)
    bench = start()
    assert bench.cut_off_bar.isVisible()
    assert "epoch 4 of 4" in bench.cut_off_bar.text
    click(bench.cut_off_bar.later)
    assert not bench.cut_off_bar.isVisible()
    qtbot.waitUntil(lambda: read_about(path).put_off == 18, timeout=PATIENCE)
    again = start()
    assert not again.cut_off_bar.isVisible()
    assert again.models.kept_runs[path.name].state == "killed"


def test_what_has_ended_or_has_no_checkpoint_is_not_offered(start: Open, runs: Path, data: Path) -> None:
    train_shortly(data)
    train_shortly(data)
    path = next(iter(runs_in(runs)))
    kill_afterwards(path, points=0, epochs=1)
    assert not start().cut_off_bar.isVisible()


def test_on_changed_data_it_waits_for_an_answer(qtbot: QtBot, start: Open, runs: Path, data: Path) -> None:
    train_shortly(data)
    (path,) = runs_in(runs)
    kill_afterwards(path, points=2, epochs=3)
    before = (path / JOURNAL).read_bytes()
    write_bars(data, train=60)
    bench = start()
    click(bench.cut_off_bar.go_on)
    bar = bench.other_data_bar
    qtbot.waitUntil(bar.isVisible, timeout=PATIENCE)
    assert "have changed" in bar.text
    assert bench.run.state is State.IDLE
    assert bench.run.checkpoint is not None  # it is shown all the same
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(bar.branch)
    assert not bar.isVisible()
    assert (path / JOURNAL).read_bytes() == before
    (branch,) = (other for other in runs_in(runs) if other != path)
    parent = read_run(branch).record.begun.parent
    assert parent == (path.name, points_in(path)[-1].step)


def test_without_its_data_it_is_said_and_does_not_go_on(
    qtbot: QtBot, start: Open, runs: Path, data: Path
) -> None:
    train_shortly(data)
    (path,) = runs_in(runs)
    kill_afterwards(path, points=2, epochs=3)
    data.unlink()
    bench = start()
    click(bench.cut_off_bar.go_on)
    bar = bench.other_data_bar
    qtbot.waitUntil(bar.isVisible, timeout=PATIENCE)
    assert "can't be loaded" in bar.text
    assert not bar.branch.isVisible()
    click(bar.cancel)
    assert not bar.isVisible()
    assert bench.run.state is State.IDLE
    assert len(list(runs_in(runs))) == 1


def test_of_several_the_latest_is_offered(qtbot: QtBot, start: Open, runs: Path, data: Path) -> None:
    for _ in range(2):
        train_shortly(data)
    late, early = runs_in(runs)
    for path in (late, early):
        kill_afterwards(path, points=2, epochs=3)
    bench = start()
    assert bench.cut_off_bar.text.endswith("1 other run was cut off, too: see Training History.")
    with qtbot.waitSignal(bench.run.rested, timeout=PATIENCE):
        click(bench.cut_off_bar.go_on)
    qtbot.waitUntil(lambda: read_run(late).record.ended is not None, timeout=PATIENCE)
    assert read_run(early).record.ended is None
    assert np.isfinite(read_run(late).record.curves.losses).all()
    assert isinstance(bench.window, MainWindow)
    bench.window.close_without_asking()
    assert read_about(early).put_off == -1  # nobody has said "Not now" of it
    assert "1 other run" not in (again := start()).cut_off_bar.text
    assert again.cut_off_bar.isVisible()


def test_to_look_at_the_runs_puts_nothing_off(start: Open, runs: Path, data: Path) -> None:
    train_shortly(data)
    (path,) = runs_in(runs)
    kill_afterwards(path, points=2, epochs=3)
    bench = start()
    click(bench.cut_off_bar.runs)
    assert not bench.cut_off_bar.isVisible()
    bench.window.close()
    assert read_about(path).put_off == -1
    assert start().cut_off_bar.isVisible()


def test_what_is_said_just_before_closing_is_kept(start: Open, runs: Path, data: Path) -> None:
    train_shortly(data)
    (path,) = runs_in(runs)
    kill_afterwards(path, points=2, epochs=3)
    bench = start()
    kept = bench.models.kept_runs
    free = Event()
    kept.fetch(path.name, lambda _: free.set())
    kept.refresh()
    click(bench.cut_off_bar.later)
    bench.window.close()
    assert not free.is_set()
    assert read_about(path).put_off == 18


def test_data_that_turn_out_to_be_unreadable_are_said(
    qtbot: QtBot, start: Open, runs: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They could be opened, but not be read to the end."""
    train_shortly(data)
    (path,) = runs_in(runs)
    kill_afterwards(path, points=2, epochs=3)
    bench = start()

    def unreadable(data: Dataset) -> str:
        raise DataError("bars.npz can't be read any more.", "Look at the disk.")

    with monkeypatch.context() as patched:
        patched.setattr(check, "fingerprint", unreadable)
        click(bench.cut_off_bar.go_on)
        bar = bench.other_data_bar
        qtbot.waitUntil(bar.isVisible, timeout=PATIENCE)
    assert "bars.npz can't be read any more. Look at the disk." in bar.text
    assert bench.run.state is State.IDLE
    click(bar.cancel)
    assert not bar.isVisible()
