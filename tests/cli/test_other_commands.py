"""`cnngui evaluate`, `summary` and `examples`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngui.models.designs import example_paths
from core.design.edits import set_param
from core.formats.project import ProjectFile, load_project, save_project
from core.project import Project
from core.schema.written import memory_text
from tests.cli.running import complaint, events, lines, run
from tests.core.designs import shapes_to_tell_apart

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def trained(design: str, data: str, capsys: Capture) -> str:
    arguments = ("--epochs", "20", "--batch", "16", "--lr", "0.02", "--out", "run.cnn", "--json")
    assert run("train", design, "--data", data, *arguments) == 0
    Path("finished.json").write_text(json.dumps(events(capsys)[-1]))
    return "run.cnn"


def _one(capsys: Capture) -> dict[str, Any]:
    (found,) = events(capsys)
    return found


def test_evaluate_takes_the_test_part(trained: str, data: str, capsys: Capture) -> None:
    assert run("evaluate", trained, "--data", data, "--json") == 0
    found = _one(capsys)
    end = json.loads(Path("finished.json").read_text())
    assert {"loss", "accuracy", "samples", "confusion"} <= found.keys()
    assert (found["loss"], found["accuracy"]) == (end["test_loss"], end["test_accuracy"])
    confusion = np.array(found["confusion"])
    assert confusion.shape == (3, 3)
    assert confusion.sum() == found["samples"] == 30
    assert confusion.trace() / 30 == found["accuracy"] > 0.9


def test_evaluate_weighs_classes_as_the_training_did(design: str, capsys: Capture) -> None:
    train, test = shapes_to_tell_apart(80), shapes_to_tell_apart(30, seed=1)
    rare = (train.targets != 2) | (np.arange(80) % 5 == 0)
    parts = {"x_train": train.images[rare], "y_train": train.targets[rare]}
    np.savez("rare.npz", **parts, x_test=test.images, y_test=test.targets)
    graph = set_param(load_project(Path(design)).project.design, "classification_1", "balanced", True)
    save_project(Path("balanced.json"), ProjectFile(Project(graph)))
    options = ("--data", "rare.npz", "--epochs", "1", "--validation", "0.3", "--json")
    assert run("train", "balanced.json", *options, "--out", "balanced.cnn") == 0
    *_, end = (event for event in events(capsys) if "test_loss" in event)
    assert run("evaluate", "balanced.cnn", "--json") == 0
    assert _one(capsys)["loss"] == end["test_loss"]


def test_evaluate_knows_the_data_of_the_project(trained: str, capsys: Capture) -> None:
    assert run("evaluate", trained) == 0
    (line,) = lines(capsys)
    assert line.startswith("30 samples  loss ")


def test_evaluate_takes_all_where_there_is_no_test_part(
    regression: str, values: str, capsys: Capture
) -> None:
    assert run("train", regression, "--data", values, "--epochs", "1", "--out", "values.cnn") == 0
    lines(capsys)
    assert run("evaluate", "values.cnn", "--json") == 0
    found = _one(capsys)
    assert found["samples"] == 60
    assert found["confusion"] is None
    assert found["mean_absolute_error"] > 0


def test_evaluate_refuses_a_design_changed_after_its_training(trained: str, capsys: Capture) -> None:
    file = load_project(Path(trained))
    graph = set_param(file.project.design, "conv2d_1", "filters", 4)
    save_project(Path("changed.cnn"), replace(file, project=replace(file.project, design=graph)))
    assert "Conv 2D 1 has no weights" in complaint(capsys, run("evaluate", "changed.cnn"))


def test_summary_of_lenet5_as_json(capsys: Capture) -> None:
    assert run("summary", "lenet5", "--json") == 0
    found = _one(capsys)
    assert found["parameters"] == 61_706
    assert found["multiply_adds"] == 416_520
    layers = found["layers"]
    assert all(
        set(layer) == {"name", "kind", "output_shape", "parameters", "multiply_adds"} for layer in layers
    )
    convolutions = [layer for layer in layers if layer["kind"] == "conv2d"]
    assert [layer["output_shape"] for layer in convolutions] == [[6, 28, 28], [16, 10, 10]]
    assert [layer["parameters"] for layer in convolutions] == [156, 2416]
    assert sum(layer["parameters"] for layer in layers) == 61_706


def test_summary_tells_the_memory_of_a_batch(capsys: Capture) -> None:
    assert run("summary", "lenet5", "--json", "--batch", "256") == 0
    (found,) = events(capsys)
    assert run("summary", "lenet5", "--batch", "256") == 0
    words = f"Training in steps of 256 samples takes {memory_text(found['memory_bytes'])} of memory."
    assert lines(capsys)[-1] == words
    assert "Batch size: expected a whole number" in complaint(
        capsys, run("summary", "lenet5", "--batch", "0")
    )


def test_summary_as_a_table(design: str, capsys: Capture) -> None:
    assert run("summary", design) == 0
    shown = lines(capsys)
    assert shown[0].split() == ["Block", "Layer", "Output", "Parameters", "Multiply-adds"]
    assert len({len(line) for line in shown}) == 1
    assert shown[-1].split()[:2] == ["Total", "114"]


def test_every_example_is_listed_and_sound(capsys: Capture) -> None:
    assert run("examples") == 0
    shown = lines(capsys)
    assert [line.split()[0] for line in shown] == list(example_paths())
    assert any(line.split()[0] == "lenet5" and "61,706" in line for line in shown)
