"""What `cnngui train` records, and `cnngui runs` lists."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnngui.cli.status import DIVERGED
from core.design.edits import insert, new_block
from core.errors import FormatError
from core.formats.data_folder import DATA_VARIABLE
from core.formats.project import load_project, save_project
from core.formats.runs.blocks import Record
from core.formats.runs.journal import Journal
from core.formats.runs.points import points_in
from core.formats.runs.records import JOURNAL, read_run, runs_in
from core.layers.activation import Tanh
from core.training.curves import LOSS
from tests.cli.running import events, lines, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept" / "runs"


def test_what_is_trained_is_recorded_and_listed(
    design: str, data: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("runs") == 0
    assert lines(capsys) == ["No run is recorded yet."]
    assert run("train", design, "--data", data, "--epochs", "2", "--batch", "16", "--out", "a.cnn") == 0
    checkpoint = load_project(Path("a.cnn")).checkpoint
    assert checkpoint is not None
    (path,) = runs_in(folder)
    record = read_run(path).record
    assert (record.begun.name, record.begun.data, record.begun.samples) == (
        "design",
        str(Path(data).absolute()),  # found from any folder
        72,
    )
    assert record.begun.machine.execution.executor == "reference"
    assert tuple(record.curves.steps[LOSS].spans().mean) == checkpoint.losses
    assert tuple(record.curves.epochs) == checkpoint.history
    assert record.ended is not None
    assert (record.ended.reason, record.ended.step) == ("completed", 10)
    capsys.readouterr()
    assert run("runs") == 0
    head, line = lines(capsys)
    assert head.split()[:3] == ["run", "design", "data"]
    assert line.startswith(f"{path.name}  design  data.npz")
    assert line.endswith("completed")
    assert run("runs", "--json") == 0
    (told,) = events(capsys)
    assert (told["run"], told["epochs"], told["steps"]) == (path.name, 2, 10)
    assert {"loss", "accuracy"} <= told["validation"].keys()


def test_a_resumed_run_has_what_was_learned_before(design: str, data: str, folder: Path) -> None:
    short = ("--data", data, "--batch", "16")
    assert run("train", design, *short, "--epochs", "1", "--out", "a.cnn") == 0
    assert run("train", "a.cnn", *short, "--epochs", "3", "--resume", "--out", "a.cnn") == 0
    checkpoint = load_project(Path("a.cnn")).checkpoint
    assert checkpoint is not None
    (path,) = runs_in(folder)
    record = read_run(path).record
    assert path.name == checkpoint.run
    assert [(change.step, change.plan.epochs) for change in record.plans] == [(0, 1), (5, 3)]
    assert record.curves.losses == checkpoint.losses
    assert record.curves.metrics == checkpoint.curves.metrics
    assert tuple(record.curves.epochs) == checkpoint.history
    assert {5, 15} <= {point.step for point in points_in(path)}


def test_what_is_made_of_an_earlier_state_branches_off(design: str, data: str, folder: Path) -> None:
    short = ("--data", data, "--batch", "16", "--resume")
    assert run("train", design, *short[:-1], "--epochs", "1", "--out", "a.cnn") == 0
    assert run("train", "a.cnn", *short, "--epochs", "3", "--out", "b.cnn") == 0
    assert run("train", "a.cnn", *short, "--epochs", "2", "--lr", "0.5", "--out", "c.cnn") == 0
    first, branch = (load_project(Path(name)).checkpoint for name in ("b.cnn", "c.cnn"))
    assert first is not None
    assert branch is not None
    records = {path.name: read_run(path).record for path in runs_in(folder)}
    assert records.keys() == {first.run, branch.run}
    assert records[first.run].curves.losses == first.losses
    assert records[branch.run].begun.parent == (first.run, 5)
    assert records[branch.run].curves.losses == branch.losses


def test_a_run_that_fails_is_kept_with_the_reason(regression: str, values: str, folder: Path) -> None:
    assert (
        run("train", regression, "--data", values, "--optimizer", "sgd", "--lr", "100", "--epochs", "99")
        == DIVERGED
    )
    (path,) = runs_in(folder)
    record = read_run(path).record
    assert record.ended is not None
    assert record.ended.reason == "failed"
    assert "diverged" in record.ended.why
    assert record.steps == record.ended.step > 1


def test_a_run_that_cannot_be_recorded_is_made_all_the_same(
    design: str,
    data: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "a file"))
    assert run("train", design, "--data", data, "--epochs", "1") == 0
    out, err = capsys.readouterr()
    assert "This run isn't recorded any further: " in err
    assert err.count("\n") == 1
    assert "test  loss" in out


def test_a_disk_that_gets_full_is_said_once(
    design: str, data: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    append, calls = Journal.append, 0

    def fill(self: Journal, records: list[Record]) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise FormatError("journal can't be written: No space left on device.")
        append(self, records)

    monkeypatch.setattr(Journal, "append", fill)
    assert run("train", design, "--data", data, "--epochs", "3") == 0
    assert capsys.readouterr().err == (
        "cnngui: This run isn't recorded any further: journal can't be written: No space left on device.\n"
    )
    (path,) = runs_in(folder)
    assert len(read_run(path).record.curves.epochs) == 1


def test_damage_is_said_and_the_others_are_listed(
    design: str, data: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", design, "--data", data, "--epochs", "1") == 0
    (folder / "damaged").mkdir()
    (folder / "damaged" / JOURNAL).write_bytes(b"nothing")
    capsys.readouterr()
    assert run("runs") == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "damaged" in err


def test_weights_are_judged_with_the_design_that_they_are_of(
    design: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", design, "--data", data, "--epochs", "1", "--batch", "16", "--out", "a.cnn") == 0
    file = load_project(Path("a.cnn"))
    trained = file.project.design
    wire = trained.wires[0]
    tanh = new_block(trained, Tanh())
    changed = insert(trained, tanh, wire)
    project = replace(file.project, design=changed)
    save_project(Path("b.cnn"), replace(file, project=project, trained=trained))
    capsys.readouterr()
    assert run("evaluate", "a.cnn", "--json") == 0
    (expected,) = events(capsys)
    assert run("evaluate", "b.cnn", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == expected
    assert "was changed after its training" in err
    assert run("train", "b.cnn", "--resume", "--epochs", "2", "--data", data) == 2
    assert "was changed after its training" in capsys.readouterr().err
