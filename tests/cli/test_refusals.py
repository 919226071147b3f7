"""Bad usage and bad input: status 2 and one clear line on stderr."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from cnngui.models.designs import open_design
from core.formats.project import ProjectFile, load_project, save_project
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.native import memory
from core.project import Project
from core.schema.param import param_of
from core.training.need import RESERVE, need
from core.training.plan import Plan
from tests.cli.running import complaint, run
from tests.core.designs import chain
from tests.core.formats import hostile
from tests.core.formats.wrong_settings import Case
from tests.core.formats.wrong_settings import design as design_text

Capture = pytest.CaptureFixture[str]

USAGE = {
    "train": "the following arguments are required: DESIGN",
    "train lenet5": "No data source is given",
    "train nothing --data data.npz": "There is no design 'nothing'. .*an example: .*lenet5",
    "train ~nobody-of-this-name/a.cnn --data data.npz": "There is no design '~nobody",
    "train design.json --data nowhere": "no data source 'nowhere'",
    "train design.json --data data.npz --epochs 0": "Epochs: expected a whole number, 1 to 100,000, got 0",
    "train design.json --data data.npz --epochs many": "Epochs: .* got 'many'",
    "train design.json --data data.npz --batch 1.5": "Batch size",
    "train design.json --data data.npz --lr fast": "Learning rate: .* got 'fast'",
    "train design.json --data data.npz --validation 0.95": "Validation: .*0 to 0.9",
    "train design.json --data data.npz --seed -1": "Seed",
    "train design.json --data data.npz --optimizer magic": "invalid choice: 'magic'",
    "train design.json --data data.npz --set beta1": "expected NAME=VALUE",
    "train design.json --data data.npz --set momentum=0.5": "no setting 'momentum'.*beta1",
    "train design.json --data data.npz --out run.json": "has to end in .cnn",
    "train design.json --data data.npz --out gone/run.cnn": "its folder isn't there",
    "train design.json --data data.npz --resume": "holds no run to go on with",
    "train regression.json --data data.npz": "samples are 1 × 8 × 8, the block expects 4",
    "train regression.json --data two.npz": "2 values a sample, the network gives 1",
    "evaluate": "the following arguments are required: FILE",
    "evaluate gone.cnn": "gone.cnn can't be read: No such file",
    "evaluate design.json": "isn't trained",
    "summary": "the following arguments are required: DESIGN",
    "summary bad.cnn": "bad.cnn",
    "summary design.json --yaml": "unrecognized arguments: --yaml",
    "fly away": "invalid choice: 'fly'",
    "--fly": "unrecognized|required",
}


@pytest.mark.parametrize(("command", "words"), USAGE.items(), ids=list(USAGE))
@pytest.mark.usefixtures("data", "design", "regression")
def test_refusals(command: str, words: str, capsys: Capture) -> None:
    np.savez("two.npz", x=np.zeros((9, 4), np.float32), y=np.ones((9, 2)))
    Path("bad.cnn").write_bytes(hostile.PROJECT[:500])
    assert re.search(words, complaint(capsys, run(*command.split())))


@pytest.mark.usefixtures("data", "design")
def test_wrong_settings_are_refused_by_name_until_another_one_is_given(capsys: Capture) -> None:
    design = load_project(Path("design.json")).project.design
    plan = Plan.from_json({"batch_size": "big", "optimizer": {"kind": "lion"}})
    save_project(Path("a.cnn"), ProjectFile(Project(design, plan)))
    train = ["train", "a.cnn", "--data", "data.npz", "--epochs", "1"]
    assert "Training, Batch size: expected a whole number" in complaint(capsys, run(*train))
    train += ["--batch", "16"]
    assert "Training, optimizer: expected an object of the kind sgd" in complaint(capsys, run(*train))
    assert run(*train, "--optimizer", "adam", "--out", "b.cnn") == 0
    assert load_project(Path("b.cnn")).project.plan == Plan(epochs=1, batch_size=16)


def test_a_wrong_setting_of_a_layer_is_refused_by_name(capsys: Capture) -> None:
    Path("wrong.json").write_text(design_text(Case(Conv2D, param_of(Conv2D, "kernel"), "text", '"big"')))
    said = complaint(capsys, run("summary", "wrong.json"))
    assert "Block 1, Kernel: expected two whole numbers (height, width), got 'big'" in said


def test_a_name_too_long_for_a_file(capsys: Capture) -> None:
    assert "There is no design 'aaa" in complaint(capsys, run("summary", "a" * 5000))


def test_too_little_memory(design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("cnngui.cli.subcommands.train.split", fail)
    assert "not enough memory" in complaint(capsys, run("train", design, "--data", data))


def test_a_batch_beyond_the_memory_names_the_option_with_one_that_fits(
    design: str, data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = open_design(design).project.design
    room = need(graph, Plan(), 40).taken + RESERVE
    monkeypatch.setattr(memory, "available_memory", lambda: room)
    with monkeypatch.context() as forbidding:
        forbidding.setattr("cnngui.cli.subcommands.train.compile_graph", pytest.fail)
        said = complaint(capsys, run("train", design, "--data", data, "--batch", "72", "--epochs", "1"))
    assert re.search(r"in steps of 72 samples needs .* MiB of memory, and .* MiB are available", said)
    found = re.search(r"Train with --batch (\d+), the largest that fits", said)
    assert found is not None
    assert abs(int(found[1]) - 40) < 4
    assert run("train", design, "--data", data, "--batch", str(int(found[1]) - 4), "--epochs", "1") == 0


def test_a_network_beyond_the_memory_names_its_largest_block(
    data: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 2**32)
    graph = chain((1, 8, 8), Flatten(), Dense(units=40_000), Dense(units=40_000), Dense(3), Classification())
    save_project(Path("giant.json"), ProjectFile(Project(graph)))
    said = complaint(capsys, run("train", "giant.json", "--data", data))
    assert re.search(r"needs .* GiB .* 4\.0 GiB are available\. Make Dense 2 smaller", said)


def test_damaged_projects(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.data.sources.digits.DIGIT_COUNTS", (30, 10))
    path = Path("damaged.cnn")
    for _, content in islice(hostile.projects(), 0, None, 40):
        path.write_bytes(content)
        for command in ("summary", "evaluate", "train"):
            status = run(command, str(path))
            if status:
                complaint(capsys, status)
            capsys.readouterr()
