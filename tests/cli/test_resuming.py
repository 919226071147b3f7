"""`cnngui train RUN-ID --resume`: a run of the data folder goes on, as if nothing had happened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import load_project
from core.formats.runs import recording
from core.formats.runs.journal import Journal
from core.formats.runs.kept import About, kept_run, write_about
from core.formats.runs.points import points_in, read_point
from core.formats.runs.records import JOURNAL, read_run, runs_in
from core.training.checkpoint import Checkpoint
from tests.cli.running import complaint, events, lines, run
from tests.core.designs import shapes_to_tell_apart
from tests.core.formats.killed import kill_afterwards


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each epoch has its checkpoint, however short it is."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr(recording, "AT_LEAST_BETWEEN", 0.0)
    monkeypatch.setattr(recording, "SHARE", 1e9)
    return tmp_path / "kept" / "runs"


@pytest.fixture
def whole(design: str, data: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Checkpoint:
    """Where an undisturbed run ends."""
    assert run("train", design, "--data", data, "--epochs", "4", "--batch", "16") == 0
    capsys.readouterr()
    (path,) = runs_in(folder)
    return read_point(points_in(path)[-1])


def only(folder: Path) -> Path:
    (path,) = runs_in(folder)
    return path


def test_a_killed_run_comes_to_the_same_end(
    whole: Checkpoint, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = only(folder)
    kill_afterwards(path, points=1, epochs=3)
    assert kept_run(path).state == "killed"
    assert run("train", path.name, "--resume", "--out", "b.cnn") == 0
    resumed = load_project(Path("b.cnn")).checkpoint
    assert resumed is not None
    for name, weights in whole.weights.items():
        assert_array_equal(weights, resumed.weights[name])
    assert resumed.losses == whole.losses
    assert only(folder) == path  # in its own journal
    record = read_run(path).record
    assert record.ended is not None
    assert record.curves.losses == whole.losses


def test_it_is_gone_on_with_from_another_folder(
    whole: Checkpoint, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_afterwards(only(folder), points=1, epochs=3)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run("train", only(folder).name, "--resume") == 0
    assert read_run(only(folder)).record.curves.losses == whole.losses


def test_a_stopped_run_gets_more_epochs(whole: Checkpoint, folder: Path) -> None:
    path = only(folder)
    assert run("train", path.name, "--resume", "--epochs", "5") == 0
    record = read_run(path).record
    assert (record.curves.epochs.total, [change.plan.epochs for change in record.plans]) == (5, [4, 5])


def test_a_run_that_is_over_says_so(
    whole: Checkpoint, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = complaint(capsys, run("train", only(folder).name, "--resume"))
    assert "All epochs of the run's plan are done" in said
    assert "--epochs" in said


def test_on_other_data_it_does_not_go_on_by_itself(
    whole: Checkpoint, data: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = only(folder)
    kill_afterwards(path, points=1, epochs=3)
    train = shapes_to_tell_apart(80, seed=5)
    np.savez(data, x_train=train.images, y_train=train.targets)
    before = (path / JOURNAL).read_bytes()
    said = complaint(capsys, run("train", path.name, "--resume"))
    assert "aren't those that the run was trained on" in said
    assert f"--data {Path(data).absolute()}" in said
    assert (path / JOURNAL).read_bytes() == before
    assert run("train", path.name, "--resume", "--data", data) == 0  # asked for: as another run
    (branch,) = (other for other in runs_in(folder) if other != path)
    assert read_run(branch).record.begun.parent == (path.name, 5)
    assert (path / JOURNAL).read_bytes() == before


def test_missing_data_are_said(
    whole: Checkpoint, data: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kill_afterwards(only(folder), points=1, epochs=3)
    Path(data).unlink()
    assert data in complaint(capsys, run("train", only(folder).name, "--resume"))


def test_a_run_that_somebody_trains_is_left_alone(
    whole: Checkpoint, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = only(folder)
    kill_afterwards(path, points=1, epochs=3)
    with Journal(path / JOURNAL):
        assert "another window or command" in complaint(capsys, run("train", path.name, "--resume"))
        assert run("runs", "--json") == 0
        (told,) = events(capsys)
        assert told["state"] == "running"
    assert run("runs", "--json") == 0
    (told,) = events(capsys)
    assert told["state"] == "cut off"  # the word of the window


def test_a_damaged_last_checkpoint_costs_no_more_than_what_came_after_the_one_before(
    whole: Checkpoint, folder: Path
) -> None:
    path = only(folder)
    kill_afterwards(path, points=2, epochs=3)
    points_in(path)[-1].path.write_bytes(b"torn")
    assert run("train", path.name, "--resume", "--out", "b.cnn") == 0
    resumed = load_project(Path("b.cnn")).checkpoint
    assert resumed is not None
    for name, weights in whole.weights.items():
        assert_array_equal(weights, resumed.weights[name])


def test_a_run_without_a_checkpoint_says_so(
    whole: Checkpoint, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kill_afterwards(only(folder), points=0, epochs=1)
    assert "no checkpoint to go on from" in complaint(capsys, run("train", only(folder).name, "--resume"))


def test_the_run_of_a_file_is_listed_with_what_the_data_folder_knows(
    design: str, data: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = ("--data", data, "--batch", "16")
    assert run("train", design, *short, "--epochs", "1", "--out", "a.cnn") == 0
    assert run("train", "a.cnn", *short, "--resume", "--epochs", "2", "--out", "b.cnn") == 0
    assert run("train", "a.cnn", *short, "--resume", "--epochs", "3", "--out", "c.cnn") == 0
    first = load_project(Path("b.cnn")).checkpoint
    branch = load_project(Path("c.cnn")).checkpoint
    assert first is not None
    assert branch is not None
    write_about(folder / first.run, About("the first"))
    capsys.readouterr()
    assert run("runs", "b.cnn", "--json") == 0
    (told,) = events(capsys)
    assert (told["run"], told["note"], told["checkpoints"]) == (first.run, "the first", [5, 10])
    assert run("runs", "c.cnn", "--json") == 0
    told, parent = events(capsys)
    assert (told["run"], told["parent"]) == (branch.run, {"run": first.run, "step": 5})
    assert parent["run"] == first.run, "the file from which it goes on held that one"
    assert run("runs", "c.cnn") == 0
    assert f"{first.run} at 5" in lines(capsys)[1]


def test_a_file_from_elsewhere_is_listed_too(
    design: str, data: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("runs", design) == 0
    assert lines(capsys) == [f"{design} holds no run."]
    assert run("train", design, "--data", data, "--epochs", "1", "--out", "a.cnn") == 0
    monkeypatch.setenv(DATA_VARIABLE, str(folder / "elsewhere"))
    capsys.readouterr()
    assert run("runs", "a.cnn", "--json") == 0
    (told,) = events(capsys)
    assert (told["design"], told["epochs"], told["state"]) == ("design", 1, "completed")
