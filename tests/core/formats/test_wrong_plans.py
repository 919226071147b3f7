"""A wrong training plan keeps no file from opening; it is said, isn't lost, and isn't trained with."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.compile import compile_graph
from core.errors import UsageError
from core.formats.project import ProjectFile, load_project, save_project
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import OPTIMIZERS, SGD
from core.maths.schedules import SCHEDULES
from core.project import Project, inspect
from core.repair import fixes
from core.schema.making import changed
from core.schema.param import params_of
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart
from tests.core.formats.wrong_settings import Case, cases

pytestmark = pytest.mark.usefixtures("reference")

GRAPH = chain((1, 8, 8), Flatten(), Dense(4), ReLU(), Dense(3), Classification())
PARTS: list[type[Any]] = [Plan, *OPTIMIZERS, *SCHEDULES]
WRONG_PARTS = ['"adam"', "null", "3", "[]", "{}", '{"kind": "lion"}', '{"kind": ["adam"]}', '{"kind": 1}']


def _written(case: Case) -> dict[str, Any]:
    """A plan as JSON values with the setting in its place."""
    plan = Plan().to_json()
    value = json.loads(case.written)
    if case.declared is Plan:
        return plan | {case.param.name: value}
    place = "optimizer" if case.declared in list(OPTIMIZERS) else "schedule"
    return plan | {place: {"kind": case.declared.kind, case.param.name: value}}


def _check(written: dict[str, Any], name: str) -> None:
    """It is read, said, saved back, and one click away from a plan that can be trained with."""
    plan = Plan.from_json(written)
    (problem,) = plan.problems()
    assert (problem.block, problem.parameter) == (None, name)
    assert len(str(problem)) < 500
    saved = plan.to_json()
    assert {key: json.dumps(saved[key]) for key in written if not isinstance(saved[key], dict)} == {
        key: json.dumps(written[key]) for key in written if not isinstance(saved[key], dict)
    }
    assert Plan.from_json(saved) == plan
    assert hash(plan) == hash(Plan.from_json(saved))
    project = Project(GRAPH, plan)
    assert problem in inspect(project).errors
    (fix,) = fixes(project, problem)
    assert not inspect(fix.apply(project)).errors
    with pytest.raises(UsageError) as caught:
        plan.require_allowed()
    assert caught.value.problem == problem


@pytest.mark.parametrize("part", PARTS, ids=lambda part: getattr(part, "kind", "plan"))
def test_a_wrong_setting_is_kept_and_said(part: type[Any]) -> None:
    for case in cases([part]):
        written = _written(case)
        if case.is_wrong:
            _check(written, case.param.name)
            saved = Plan.from_json(written).to_json()
            for place in ("optimizer", "schedule"):
                assert saved[place]["kind"] == written[place]["kind"]
            if part is not Plan:
                place = "optimizer" if part in list(OPTIMIZERS) else "schedule"
                assert saved[place][case.param.name] == json.loads(case.written), case
        else:
            assert not Plan.from_json(written).problems(), case


@pytest.mark.parametrize("place", ["optimizer", "schedule"])
@pytest.mark.parametrize("value", WRONG_PARTS)
def test_so_are_an_optimiser_and_a_schedule_that_are_not_known(place: str, value: str) -> None:
    written = Plan().to_json() | {place: json.loads(value)}
    _check(written, place)
    assert Plan.from_json(written).to_json()[place] == json.loads(value)


@pytest.mark.parametrize("place", [None, "optimizer", "schedule"])
def test_so_is_a_setting_that_is_not_known(place: str | None) -> None:
    written = Plan().to_json()
    (written if place is None else written[place])["lookahead"] = {"steps": 5}
    _check(written, "lookahead")
    assert Plan.from_json(written).to_json() == written


def test_another_setting_leaves_it_as_it_is() -> None:
    plan = Plan.from_json({"epochs": "many", "batch_size": 32})
    assert changed(plan, seed=3).to_json()["epochs"] == "many"
    assert changed(plan, optimizer=SGD()).to_json()["epochs"] == "many"
    assert not changed(plan, epochs=5).problems()


def test_nothing_is_trained_with_it() -> None:
    plan = Plan.from_json({"optimizer": {"kind": "sgd", "learning_rate": "fast"}})
    data = shapes_to_tell_apart(20)
    with pytest.raises(UsageError, match="SGD, Learning rate: expected a number, 0 to 100, got 'fast'"):
        Session(compile_graph(GRAPH, seed=0), data, None, plan)


def test_its_file_opens_and_is_saved_back(tmp_path: Path) -> None:
    path = tmp_path / "a.cnn"
    save_project(path, ProjectFile(Project(GRAPH)))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    training = json.loads(parts["training.json"])
    training["plan"] |= {"batch_size": "big", "optimizer": {"kind": "lion", "learning_rate": 1}}
    parts["training.json"] = json.dumps(training).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    path.write_bytes(buffer.getvalue())
    file = load_project(path)
    assert [problem.parameter for problem in file.project.plan.problems()] == ["batch_size", "optimizer"]
    save_project(path, file)
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("training.json")) == training


def test_no_setting_has_a_default_that_is_wrong() -> None:
    for part in PARTS:
        assert all(p.check(p.default) is None for p in params_of(part))
