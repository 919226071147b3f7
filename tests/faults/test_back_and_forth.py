"""A run that is killed and goes on elsewhere, again and again, comes to the end that it would have had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from core.compile import compile_graph
from core.data.dataset import split
from core.data.sources.base import load_source
from core.errors import FormatError
from core.formats.project import ProjectFile, save_project
from core.formats.runs.kept import kept_run
from core.formats.runs.points import points_in, read_point
from core.formats.runs.records import read_run, runs_in
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import Adam
from core.maths.schedules import Cosine
from core.native.environment import EXECUTOR_VARIABLE
from core.project import DataChoice, Project
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan, PlanChange
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart
from tests.paths import ROOT

pytest.importorskip("PySide6")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

DESIGN: Final = chain(
    (1, 8, 8), Conv2D(filters=3), BatchNorm(), Dropout(share=0.3), Flatten(), Dense(units=3), Classification()
)
PLAN: Final = Plan(
    Adam(learning_rate=0.01), epochs=20, batch_size=4, validation=0.2, schedule=Cosine(), warmup=1.5
)
STEPS: Final = 120
"""An epoch."""
FURTHER: Final = 130
"""Steps after which the next one ends a run."""
PATIENCE: Final = 120.0
IN_TERMINAL: Final = """
import sys
from cnngui.cli import main
from tests.faults.training_window import often
often()
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a design and its data; nothing is changed beyond it."""
    monkeypatch.setenv("CNNGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv(EXECUTOR_VARIABLE, "reference")
    train = shapes_to_tell_apart(600)
    np.savez(tmp_path / "shapes.npz", x_train=train.images, y_train=train.targets)
    project = Project(DESIGN, PLAN, DataChoice(str(tmp_path / "shapes.npz")))
    save_project(tmp_path / "design.cnn", ProjectFile(project))
    return tmp_path


@contextmanager
def going_on(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that trains; it is over afterwards, however."""
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def in_window(*arguments: str) -> list[str]:
    return ["-m", "tests.faults.training_window", *arguments]


def in_terminal(run: str) -> list[str]:
    return ["-c", IN_TERMINAL, "train", run, "--resume"]


def steps_of(runs: Path) -> tuple[int, int, int]:
    """How many are recorded of the run, until the last checkpoint, and how many plans it has had."""
    with suppress(FormatError):  # it has just begun
        for path in runs_in(runs):
            points = points_in(path)
            record = read_run(path).record
            return record.steps, points[-1].step if points else 0, len(record.plans)
    return 0, 0, 0


def end_further_on(runs: Path, arguments: list[str], number: int) -> tuple[int, int]:
    """Ends a process that trains, by a signal, when it has come further; gives the last checkpoint, and where
    it was."""
    before = steps_of(runs)[1]
    until = time.monotonic() + PATIENCE
    with going_on(*arguments) as process:
        while True:
            recorded, point, plans = steps_of(runs)
            if plans > 1 and point > before + FURTHER and recorded > point:
                break
            assert process.poll() is None, "it has ended by itself"
            assert time.monotonic() < until, "it makes no steps"
        process.send_signal(number)
        status = process.wait(PATIENCE)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number)
    recorded, point, _ = steps_of(runs)
    return point, recorded


def undisturbed(home: Path, changes: tuple[PlanChange, ...]) -> Checkpoint:
    train, validation = split(load_source(str(home / "shapes.npz")).train, PLAN.validation, PLAN.seed)
    session = Session(compile_graph(DESIGN, seed=PLAN.seed), train, validation, PLAN, changes=changes)
    for _ in session:
        pass
    return session.checkpoint()


def test_from_the_window_to_the_terminal_and_back(home: Path) -> None:
    runs = home / "data" / "runs"
    places = [end_further_on(runs, in_window("begin", str(home / "design.cnn")), signal.SIGKILL)]
    (path,) = runs_in(runs)
    assert kept_run(path).state == "killed"
    places.append(end_further_on(runs, in_terminal(path.name), signal.SIGKILL))
    places.append(end_further_on(runs, in_window("go-on", path.name), signal.SIGKILL))
    places.append(end_further_on(runs, in_terminal(path.name), signal.SIGINT))
    assert kept_run(path).state == "stopped"
    assert any(point % STEPS for point, _ in places)
    assert any(recorded > point for point, recorded in places)
    with going_on(*in_window("go-on", path.name)) as window:
        assert window.wait(PATIENCE) == 0
    assert list(runs_in(runs)) == [path]  # in its own journal
    record = read_run(path).record
    assert record.ended is not None
    assert record.ended.reason == "completed"
    assert len(record.plans) == 2
    found, expected = read_point(points_in(path)[-1]), undisturbed(home, tuple(record.plans[1:]))
    for name, weights in expected.weights.items():
        assert_array_equal(found.weights[name], weights, name)
    assert expected.slots
    for name, slot in expected.slots.items():
        assert_array_equal(found.slots[name], slot, name)
    assert found.losses == expected.losses == record.curves.losses
    assert found.best is not None
    assert expected.best is not None
    assert found.best.epoch == expected.best.epoch
    for name, weights in expected.best.weights.items():
        assert_array_equal(found.best.weights[name], weights, name)
    assert [replace(e, seconds=0) for e in found.history] == [replace(e, seconds=0) for e in expected.history]
