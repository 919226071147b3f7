"""Files that earlier versions wrote, or would have: they load for ever, with the numbers of then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.data.dataset import split
from core.evaluate import evaluate
from core.events import Finished
from core.formats.project import load_project, save_project
from core.layers.unknown import Unknown
from core.optim import Adam
from core.plan import Plan
from core.program import compile_graph
from core.train import Session
from tests.core.designs import shapes_to_tell_apart
from tests.golden.make import design_to_keep, trained_design
from tests.paths import GOLDEN

LOSS_OF_VERSION_1 = 0.03288989141583443


@pytest.mark.usefixtures("executor")
def test_the_trained_network_of_version_1_gives_its_numbers() -> None:
    project = load_project(GOLDEN / "v1.cnn")
    assert project.checkpoint is not None
    program = compile_graph(project.graph)
    assert program.parameters.load(project.checkpoint.kept) == []
    result = evaluate(program, shapes_to_tell_apart(100, seed=1)).result
    assert result.loss == pytest.approx(LOSS_OF_VERSION_1, abs=1e-6)
    assert result.metrics == {"accuracy": 1.0, "top5": 1.0}


@pytest.mark.usefixtures("reference")
def test_the_run_of_version_1_goes_on() -> None:
    project = load_project(GOLDEN / "v1.cnn")
    checkpoint = project.checkpoint
    assert checkpoint is not None
    assert project.plan == Plan(Adam(learning_rate=0.02), epochs=8, batch_size=16, validation=0.2, seed=5)
    assert project.data == "digits"
    assert (checkpoint.epoch, checkpoint.position, len(checkpoint.losses)) == (7, 16, 22)
    parts = split(shapes_to_tell_apart(60), project.plan.validation, project.plan.seed)
    program = compile_graph(project.graph, seed=project.plan.seed)
    *_, end = Session(program, *parts, project.plan, checkpoint)
    assert isinstance(end, Finished)
    assert (end.epochs, end.step) == (8, 24)


def test_the_designs_of_version_1_are_the_ones_that_were_saved() -> None:
    assert load_project(GOLDEN / "v1.cnn").graph == trained_design()
    kept = load_project(GOLDEN / "v1.json").graph
    assert kept == design_to_keep()
    assert isinstance(kept["capsule_1"].layer, Unknown)


def test_a_design_saved_again_is_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "v1.json"
    shutil.copy(GOLDEN / "v1.json", path)
    save_project(path, load_project(path))
    assert path.read_bytes() == (GOLDEN / "v1.json").read_bytes()
