"""A setting of a file that isn't allowed is a problem of its block; it breaks nothing, and isn't lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.compile import compile_graph
from core.design.edits import set_param
from core.design.graph import Block, Graph
from core.design.spec import DataSpec
from core.errors import CoreError, DesignError, FormatError, UsageError
from core.explain.analysis import analyse
from core.explain.illustration import illustrate
from core.formats.design import from_text, to_text
from core.layers import LAYERS, Layer
from core.layers.activation import LeakyReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.project import Project, inspect
from core.repair import fixes
from core.schema.making import changed
from core.schema.param import param_of
from tests.core.formats.wrong_settings import Case, cases, design

pytestmark = pytest.mark.usefixtures("reference")

DATA = DataSpec((8, 8, 8), 3)
KINDS = [declared.kind for declared in LAYERS]


def _read(case: Case) -> tuple[Graph, Block]:
    """The design, and the block whose setting is written wrongly in it."""
    graph = from_text(design(case))
    return graph, next(block for block in graph.blocks if block.layer.kind == case.declared.kind)


def _written(graph: Graph, block: Block, name: str) -> str:
    found = next(entry for entry in json.loads(to_text(graph))["blocks"] if entry["id"] == block.id)
    return json.dumps(found["settings"][name])


def _wrong(kind: str) -> list[Case]:
    """Those of a kind of layer that can't be read as an allowed value."""
    return [case for case in cases([LAYERS[kind]]) if case.is_wrong]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_setting_is_a_problem_that_names_what_is_wrong(kind: str) -> None:
    for case in _wrong(kind):
        graph, block = _read(case)
        problem = inspect(Project(graph)).problem(block.id)
        assert problem is not None, case
        assert problem.parameter == case.param.name, case
        assert problem.message.startswith(f"{block.name}, {case.param.label}: expected "), case
        assert ", got " in problem.message, case
        assert len(str(problem)) < 500, case
        with pytest.raises(DesignError):
            compile_graph(graph, seed=0)


@pytest.mark.parametrize("kind", KINDS)
def test_it_breaks_nothing_that_looks_at_the_design(kind: str) -> None:
    for case in cases([LAYERS[kind]]):
        graph, _ = _read(case)
        for data in (None, DATA):
            project = Project(graph)
            found = inspect(project, data)
            analyse(graph, found, project.plan.optimizer, project.plan.batch_size)
            for block in graph.blocks:
                assert hash(block.layer) == hash(block.layer)
                assert isinstance(block.layer.summary(), str), case
                assert len(block.layer.caption()) < 100, case
                if block.layer.wrong:
                    assert illustrate(block.layer) is None


@pytest.mark.parametrize("kind", KINDS)
def test_one_click_cures_it(kind: str) -> None:
    for case in _wrong(kind):
        graph, block = _read(case)
        project = Project(graph)
        found = inspect(project)
        offered = [fix for problem in found.problems for fix in fixes(project, problem)]
        cured = [fix.apply(project).design for fix in offered]
        assert any(block.id in now.by_id and not now[block.id].layer.problems() for now in cured), case


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_saved_back_unchanged_whatever_else_is_edited(kind: str) -> None:
    for case in _wrong(kind):
        graph, block = _read(case)
        assert _written(graph, block, case.param.name) == json.dumps(json.loads(case.written)), case
        assert from_text(to_text(graph)) == graph, case
        default = param_of(type(block.layer), case.param.name).default
        mended = set_param(graph, block.id, case.param.name, default)
        assert mended != graph, case
        assert from_text(to_text(mended)) == mended, case
        assert not mended[block.id].layer.problems(), case


@pytest.mark.parametrize("kind", KINDS)
def test_constructors_raise(kind: str) -> None:
    for case in _wrong(kind):
        with pytest.raises(UsageError) as caught:
            LAYERS[kind](**{case.param.name: json.loads(case.written)})
        assert caught.value.problem.parameter == case.param.name, case


def _layer(kind: str, settings: dict[str, Any]) -> Layer:
    block = {"id": "a", "kind": kind, "settings": settings}
    return (
        from_text(json.dumps({"format": "cnngui-design", "version": 1, "blocks": [block], "wires": []}))
        .blocks[0]
        .layer
    )


@pytest.mark.parametrize(
    "settings",
    [{"kernel": 3}, {"padding": 2}, {"padding": [1, 0]}, {"stride": 2, "dilation": 3}],
)
def test_shorthands_are_read_as_in_scripts(settings: dict[str, Any]) -> None:
    made: Layer = LAYERS["conv2d"](**settings)
    assert _layer("conv2d", settings) == made


def test_another_setting_leaves_it_as_it_is() -> None:
    layer = _layer("conv2d", {"kernel": "big", "stride": [0, 1]})
    assert layer.caption() == 'kernel "big", stride [0, 1]'
    more = changed(layer, filters=3)
    assert more.problems().keys() == {"kernel", "stride"}
    assert more != changed(Conv2D(3), filters=3)
    mended = changed(changed(more, kernel=(3, 3)), stride=(1, 1))
    assert mended == Conv2D(3)


@pytest.mark.parametrize(
    ("kind", "setting", "written", "title", "mended"),
    [
        ("conv2d", "kernel", "5x5", "Set kernel to 5 × 5", Conv2D(kernel=(5, 5))),
        ("dense", "units", "16", "Set units to 16", Dense(16)),
        ("dense", "units", 10**40, "Set units to 65,536", Dense(65536)),
        ("leaky_relu", "slope", None, "Set slope to 0.01", LeakyReLU()),
    ],
)
def test_what_was_meant_is_offered_first(
    kind: str, setting: str, written: object, title: str, mended: Layer
) -> None:
    text = json.dumps(
        {
            "format": "cnngui-design",
            "version": 1,
            "wires": [],
            "blocks": [{"id": "a", "kind": kind, "settings": {setting: written}}],
        }
    )
    project = Project(from_text(text))
    problem = inspect(project).problem("a")
    assert problem is not None
    fix = fixes(project, problem)[0]
    assert fix.title == title
    assert fix.apply(project).design["a"].layer == mended


def test_one_click_cures_two_wrong_settings_at_once() -> None:
    text = design(Case(Conv2D, param_of(Conv2D, "kernel"), "two", '"big", "stride": null'))
    project = Project(from_text(text))
    problem = inspect(project).problem("b1")
    assert problem is not None
    fix = fixes(project, problem)[0]
    assert fix.title == "Replace the 2 wrong settings by the nearest allowed ones"
    project = fix.apply(project)
    assert project.design["b1"].layer == Conv2D()
    assert not inspect(project).errors


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_what_json_could_not_hold_again_is_refused(number: str) -> None:
    case = next(cases([LAYERS["leaky_relu"]]))
    with pytest.raises(FormatError, match="no number"):
        from_text(design(case._replace(written=number)))


def test_errors_of_the_core_alone_are_raised_by_constructors() -> None:
    """The cases are those of constructors, too: whatever is written, they take it or say what is wrong."""
    for case in cases():
        try:
            case.declared(**{case.param.name: json.loads(case.written)})
        except CoreError:
            assert case.is_wrong, case
        else:
            assert not case.is_wrong, case
