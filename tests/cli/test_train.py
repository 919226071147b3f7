"""`cnngui train`: what it prints, saves, resumes, and gives out again for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnngui.cli.results import numbers
from cnngui.cli.status import DIVERGED
from core.formats.project import load_project
from core.maths.optim import SGD, Adam
from core.running.program import Result
from tests.cli.running import events, lines, run

Capture = pytest.CaptureFixture[str]

FAST = ("--batch", "16", "--lr", "0.02")
RESULTS = {
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "test_loss",
    "test_accuracy",
}


def test_events_as_json(design: str, data: str, capsys: Capture) -> None:
    assert run("train", design, "--data", data, "--epochs", "2", *FAST, "--json") == 0
    found = events(capsys)
    assert [event["event"] for event in found[:2]] == ["started", "step"]
    assert found[0] == {
        "event": "started", "samples": 72, "validation_samples": 8, "epochs": 2, "parameters": 114, "step": 0,
        "notice": "",
    }  # fmt: skip
    epochs = [event for event in found if event["event"] == "epoch"]
    assert [(epoch["epoch"], epoch["step"]) for epoch in epochs] == [(1, 5), (2, 10)]
    end = found[-1]
    assert end["event"] == "finished"
    assert end["reason"] == "completed"
    assert (end["epochs"], end["steps"], end["parameters"]) == (2, 10, 114)
    assert end["seconds"] > 0
    assert end.keys() >= RESULTS
    assert all(0 <= end[name] <= 1 for name in RESULTS if name.endswith("accuracy"))


def test_a_file_comes_before_an_example_of_its_name(design: str, data: str) -> None:
    mine = Path(design).rename("lenet5")
    assert run("train", "lenet5", "--data", data, "--epochs", "1", *FAST, "--out", "out.cnn") == 0
    assert load_project(Path("out.cnn")).project.design == load_project(mine).project.design


def _finished(capsys: Capture, *arguments: str) -> dict[str, Any]:
    assert run("train", *arguments, "--json") == 0
    end = events(capsys)[-1]
    del end["seconds"]
    return end


def test_the_same_seed_gives_the_same_numbers(design: str, data: str, capsys: Capture) -> None:
    options = (design, "--data", data, "--epochs", "2", *FAST)
    first = _finished(capsys, *options, "--seed", "0")
    assert first == _finished(capsys, *options)  # 0 is the default
    assert first["train_loss"] != _finished(capsys, *options, "--seed", "1")["train_loss"]


def test_text_for_people_and_no_bar_in_a_pipe(design: str, data: str, capsys: Capture) -> None:
    assert run("train", design, "--data", data, "--epochs", "1", *FAST) == 0
    shown = lines(capsys)
    assert shown[0] == "72 samples and 8 for validation, 114 parameters"
    assert shown[1].startswith("epoch 1/1  loss ")
    assert "accuracy" in shown[1]
    assert shown[2].startswith("completed after 5 steps")
    assert shown[3].startswith("test  loss ")
    assert len(shown) == 4


def test_saving_and_resuming(design: str, data: str, capsys: Capture) -> None:
    whole = _finished(capsys, design, "--data", data, "--epochs", "3", *FAST)
    assert run("train", design, "--data", data, "--epochs", "1", *FAST, "--out", "run.cnn") == 0
    assert lines(capsys)[-1] == "saved run.cnn"
    saved = load_project(Path("run.cnn"))
    assert saved.project.plan.optimizer == Adam(learning_rate=0.02)
    assert saved.checkpoint is not None
    assert saved.checkpoint.epoch == 1
    # the plan and the data are those of the file, but for what is said
    assert _finished(capsys, "run.cnn", "--resume", "--epochs", "3") == whole
    assert load_project(Path("run.cnn")).checkpoint is not None


def test_settings_of_the_plan(design: str, data: str) -> None:
    options = ("--optimizer", "sgd", "--set", "momentum=0.8", "--set", "nesterov=yes", "--no-keep-best")
    arguments = ("--data", data, "--epochs", "1", "--validation", "0", *options, "--out", "run.cnn")
    assert run("train", design, *arguments) == 0
    plan = load_project(Path("run.cnn")).project.plan
    assert plan.optimizer == SGD(momentum=0.8, nesterov=True)
    assert (plan.epochs, plan.validation, plan.keep_best) == (1, 0.0, False)


def test_values_instead_of_classes(regression: str, values: str, capsys: Capture) -> None:
    end = _finished(capsys, regression, "--data", values, "--epochs", "30", "--lr", "0.05", "--batch", "8")
    assert end["validation_mean_absolute_error"] < 0.1
    assert "test_loss" not in end
    assert "train_accuracy" not in end


def test_an_autoencoder_needs_no_targets(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.data.sources.digits.DIGIT_COUNTS", (200, 50))
    end = _finished(capsys, "autoencoder", "--data", "digits", "--epochs", "1")
    assert 0 < end["test_loss"] < 0.25
    assert 0 < end["test_mean_absolute_error"] < 0.5
    assert "test_accuracy" not in end


def test_embedded_digits(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.data.sources.digits.DIGIT_COUNTS", (200, 50))
    end = _finished(capsys, "lenet5", "--data", "digits", "--epochs", "1")
    assert end["parameters"] == 61_706
    assert end["steps"] == 3
    assert 0 <= end["test_accuracy"] <= 1


def test_a_diverging_run_names_the_block(design: str, data: str, capsys: Capture) -> None:
    options = ("--optimizer", "sgd", "--lr", "100", "--set", "weight_decay=10", "--epochs", "900")
    assert run("train", design, "--data", data, *options, "--out", "run.cnn") == DIVERGED
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "no longer finite" in err
    assert "learning rate" in err
    assert not Path("run.cnn").exists()


def test_results_that_are_no_numbers_are_null_in_json() -> None:
    assert numbers(Result(float("inf"), {"accuracy": 0.5}, 3, 3.0)) == {"loss": None, "accuracy": 0.5}


def test_an_example_is_made_for_the_data(data: str, capsys: Capture) -> None:
    assert run("train", "vgg", "--data", data, "--epochs", "1", "--json") == 0
    assert events(capsys)[-1]["epochs"] == 1
