"""Files that earlier versions wrote, or would have: they load for ever, with the numbers of then."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from core.compile import compile_graph
from core.data.dataset import split
from core.design.graph import Graph
from core.formats.design import VERSION
from core.formats.project import load_project, save_project
from core.formats.runs.copies import join
from core.formats.runs.points import Point, read_point
from core.formats.runs.records import JOURNAL, read_run
from core.layers.unknown import Unknown
from core.maths.optim import Adam
from core.project import DataChoice
from core.training.evaluate import evaluate
from core.training.events import Finished
from core.training.plan import Plan
from core.training.record import Ended
from core.training.session import Session
from tests.core.designs import shapes_to_tell_apart
from tests.golden.make import begun, design_to_keep, first_design_to_keep, trained_design
from tests.paths import GOLDEN

LOSS = 0.03288989141583443
"""Of the trained network in every version's file."""


@pytest.mark.usefixtures("executor")
@pytest.mark.parametrize("version", [1, 2])
def test_a_trained_network_gives_its_numbers(version: int) -> None:
    file = load_project(GOLDEN / f"v{version}.cnn")
    assert file.checkpoint is not None
    program = compile_graph(file.project.design)
    assert program.parameters.load(file.checkpoint.kept) == []
    result = evaluate(program, shapes_to_tell_apart(100, seed=1)).result
    assert result.loss == pytest.approx(LOSS, abs=1e-6)
    assert result.metrics == {"accuracy": 1.0}


@pytest.mark.usefixtures("reference")
def test_the_run_of_version_1_goes_on() -> None:
    file = load_project(GOLDEN / "v1.cnn")
    project, checkpoint = file.project, file.checkpoint
    assert checkpoint is not None
    assert project.plan == Plan(Adam(learning_rate=0.02), epochs=8, batch_size=16, validation=0.2, seed=5)
    assert project.data == DataChoice("digits")
    assert (checkpoint.epoch, checkpoint.position, len(checkpoint.losses)) == (7, 16, 22)
    assert len(checkpoint.curves.metrics) == 22  # that version didn't write them
    assert all(math.isnan(metric) for metric in checkpoint.curves.metrics)
    assert checkpoint.curves.rates == [(0, 0.02)]  # nor others than the plan's
    parts = split(shapes_to_tell_apart(60), project.plan.validation, project.plan.seed)
    program = compile_graph(project.design, seed=project.plan.seed)
    *_, end = Session(program, *parts, project.plan, checkpoint)
    assert isinstance(end, Finished)
    assert (end.epochs, end.step) == (8, 24)
    assert end.train is not None
    assert end.train.metrics.keys() == {"accuracy"}, "the run had top5 as well, which 3 classes don't have"


@pytest.mark.parametrize(("version", "design"), [(1, first_design_to_keep()), (2, design_to_keep())])
def test_the_designs_are_the_ones_that_were_saved(version: int, design: Graph) -> None:
    assert load_project(GOLDEN / f"v{version}.cnn").project.design == trained_design()
    kept = load_project(GOLDEN / f"v{version}.json").project.design
    assert kept == design
    assert isinstance(kept["capsule_1"].layer, Unknown)


def test_the_journal_of_version_1_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    shutil.copy(GOLDEN / "run1.journal", tmp_path / "run" / JOURNAL)
    found = read_run(tmp_path / "run")
    record, plan = (
        found.record,
        Plan(Adam(learning_rate=0.02), epochs=8, batch_size=16, validation=0.2, seed=5),
    )
    assert record.begun == begun(plan)
    assert [(change.step, change.plan.optimizer.learning_rate) for change in record.plans] == [
        (0, 0.02),
        (5, 0.01),
    ]
    assert record.curves.rates == [(0, 0.02), (5, 0.01)]
    assert (record.steps, record.curves.epochs.total) == (22, 7)
    assert record.ended == Ended("2026-11-30T12:00:09+00:00", 22, "stopped")
    assert [(one.kind, one.fields) for one in found.unknown] == [("of a later version", {"a": [1, None]})]
    assert found.lost == 0
    file = load_project(GOLDEN / "v3.cnn")
    assert file.checkpoint is not None
    assert file.checkpoint.losses == record.curves.losses
    assert file.checkpoint.run == record.begun.run
    assert join(tmp_path / "runs", file.runs, tmp_path) == [record.begun.run]
    joined = read_run(tmp_path / "runs" / record.begun.run)
    assert joined.record.curves.losses == record.curves.losses
    assert joined.record.begun == record.begun
    assert joined.unknown == found.unknown


def test_the_checkpoint_of_version_1_goes_on() -> None:
    path = GOLDEN / "run1-0000000022-000007.checkpoint"
    checkpoint = read_point(Point(path, 22, 7, path.stat().st_size))
    parts = split(shapes_to_tell_apart(60), checkpoint.plan.validation, checkpoint.plan.seed)
    program = compile_graph(trained_design(), seed=checkpoint.plan.seed)
    *_, end = Session(program, *parts, checkpoint.plan, checkpoint)
    assert isinstance(end, Finished)
    assert (end.epochs, end.step) == (8, 24)


def test_a_design_saved_again_is_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    shutil.copy(GOLDEN / f"v{VERSION}.json", path)
    save_project(path, load_project(path))
    assert path.read_bytes() == (GOLDEN / f"v{VERSION}.json").read_bytes()


def test_a_design_of_version_1_is_saved_in_the_current_one(tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    shutil.copy(GOLDEN / "v1.json", path)
    save_project(path, load_project(path))
    assert f'"version": {VERSION}' in path.read_text("utf-8")
    assert load_project(path).project.design == first_design_to_keep()
