"""`cnngui diff`: the status is that of `diff`, and nothing that differs is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.design.edits import append, move, new_block, remove, rename, set_param
from core.design.graph import Graph
from core.formats.project import ProjectFile, load_project, save_project
from core.layers.dropout import Dropout
from core.project import DataChoice, Project
from core.training.plan import Plan
from tests.cli.running import complaint, events, lines, run

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def graph(design: str) -> Graph:
    return load_project(Path(design)).project.design


def _saved(name: str, project: Project) -> str:
    save_project(Path(name), ProjectFile(project))
    return name


def test_equal_designs_end_with_0(design: str, graph: Graph, capsys: Capture) -> None:
    other = _saved("other.json", Project(graph))
    assert run("diff", design, other) == 0
    assert lines(capsys) == ["There is no difference."]
    assert run("diff", "lenet5", "lenet5", "--json") == 0
    (found,) = events(capsys)
    assert found["equal"]


def test_what_is_only_drawn_otherwise_is_said_and_is_no_difference(
    design: str, graph: Graph, capsys: Capture
) -> None:
    other = _saved("moved.json", Project(move(graph, {"relu_1": (800.0, 400.0)})))
    assert run("diff", design, other) == 0
    (said,) = lines(capsys)
    assert said.startswith("The same network.")


def test_the_table_says_what_came_went_and_changed(design: str, graph: Graph, capsys: Capture) -> None:
    changed = set_param(rename(graph, "relu_1", "Kink"), "conv2d_1", "filters", 8)
    changed = append(remove(changed, ["max_pool_1"], reconnect=True), new_block(changed, Dropout()), "relu_1")
    assert run("diff", design, _saved("changed.json", Project(changed))) == 1
    shown = lines(capsys)
    assert shown[0] == "Blocks are matched by their ids."
    table = "\n".join(shown)
    assert any(line.startswith("-  Max Pool") and "3 × 3 × 3" in line for line in shown)
    assert any(line.startswith("+  Dropout") for line in shown)
    assert any("Filters: 3 → 8" in line and "30 → 80" in line for line in shown)
    assert "3 × 6 × 6 → 8 × 6 × 6" in table
    assert f"Name: {graph['relu_1'].name} → Kink" in table
    assert any(line.startswith("   Dense") and "→" in line for line in shown), "affected by what is before it"
    assert any(line.startswith("- wire  ") for line in shown)
    assert any(line.startswith("+ wire  Kink → Dropout") for line in shown)


def test_json_has_the_same(design: str, graph: Graph, capsys: Capture) -> None:
    other = _saved("changed.json", Project(set_param(graph, "conv2d_1", "filters", 8)))
    assert run("diff", design, other, "--json") == 1
    (found,) = events(capsys)
    assert not found["equal"]
    (changed,) = found["changed"]
    assert changed["settings"] == [{"name": "filters", "before": 3, "after": 8}]
    assert (changed["before"]["parameters"], changed["after"]["parameters"]) == (30, 80)
    assert changed["after"]["output_shape"] == [8, 6, 6]
    assert "dense_1" in [pair["after"]["id"] for pair in found["affected"]]
    assert found["added"] == found["removed"] == found["plan"] == []


def test_plans_and_data_of_projects_are_compared(graph: Graph, design: str, capsys: Capture) -> None:
    one = _saved("one.cnn", Project(graph, Plan(), DataChoice("digits")))
    other = _saved("other.cnn", Project(graph, replace(Plan(), epochs=9)))
    assert run("diff", one, other) == 1
    assert lines(capsys)[-2:] == ["~ plan  Epochs: 5 → 9", "~ data  Source: digits → none"]
    assert run("diff", design, other) == 0  # a design alone has no plan


def test_examples_can_be_compared_with_each_other(capsys: Capture) -> None:
    assert run("diff", "lenet5", "vgg") == 1
    assert any(line.startswith("+") for line in lines(capsys))


def test_what_cannot_be_read_ends_with_2(design: str, capsys: Capture) -> None:
    assert "no design 'nothing'" in complaint(capsys, run("diff", design, "nothing"))
    Path("broken.cnn").write_bytes(b"PK\x03\x04 nonsense")
    assert "broken.cnn" in complaint(capsys, run("diff", "broken.cnn", design))
