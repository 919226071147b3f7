"""The open design: its history gives back exactly what was, and its views hear of every change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from cnngui.models.document import Document
from core.design import edits
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.errors import DesignError
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.normalisation import BatchNorm
from core.layers.output import Regression
from core.training.plan import Plan
from tests.core.design.edit_sequences import random_edit
from tests.core.designs import chain

EDITS = 300
MERGE_KEYS = ("", "", "drag")


@settings(deadline=None, derandomize=True, max_examples=5, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_undoing_everything_gives_back_the_identical_graph(qapp: QApplication, data: st.DataObject) -> None:
    start = chain((1, 8, 8), ReLU())
    document = Document()
    document.open(start)
    for _ in range(EDITS):
        after = random_edit(data.draw, document.graph)
        merge_key = data.draw(st.sampled_from(MERGE_KEYS))
        document.edit("edit", lambda _, after=after: after, merge_key)  # type: ignore[misc]
    end = document.graph
    count = document.undo_stack.count()
    assert count > EDITS / 10
    seen = [end]
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
        seen.append(document.graph)
    assert document.graph == start
    assert not document.modified
    for graph in reversed(seen[:-1]):
        document.undo_stack.redo()
        assert document.graph == graph
    assert document.graph == end


@pytest.fixture
def document(qapp: QApplication) -> Document:
    made = Document()
    made.open(chain((1, 8, 8), ReLU()))
    return made


def _moved(x: float) -> Graph:
    return edits.move(chain((1, 8, 8), ReLU()), {"relu_1": (x, 0.0)})


def test_a_drag_is_one_step_and_the_next_drag_another(document: Document) -> None:
    start = document.graph
    for x in (1.0, 2.0, 3.0):
        document.edit("Move", lambda _, x=x: _moved(x), "first drag")  # type: ignore[misc]
    for x in (4.0, 5.0):
        document.edit("Move", lambda _, x=x: _moved(x), "second drag")  # type: ignore[misc]
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.graph == _moved(3.0)
    document.undo_stack.undo()
    assert document.graph == start


def test_nothing_changed_leaves_no_trace(document: Document) -> None:
    document.edit("Rename", lambda graph: edits.rename(graph, "relu_1", graph["relu_1"].name))
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_a_refused_edit_leaves_no_trace(document: Document) -> None:
    before = document.graph
    with pytest.raises(DesignError):
        document.edit("Connect", lambda graph: edits.connect(graph, "relu_1", "input_1"))
    assert document.graph == before
    assert document.undo_stack.count() == 0


def test_the_unsaved_mark_goes_with_saving_and_with_undo(document: Document, tmp_path: Path) -> None:
    document.edit("Move", lambda _: _moved(1.0))
    modified = [document.modified]
    stack = document.undo_stack
    changes: list[Callable[[], None]] = [
        lambda: document.mark_saved(tmp_path / "a.cnn", document.project),
        stack.undo,
        stack.redo,
    ]
    for change in changes:
        change()
        modified.append(document.modified)
    assert modified == [True, False, True, False]
    assert document.path == tmp_path / "a.cnn"


def test_views_hear_of_edits_and_of_other_data(document: Document) -> None:
    heard: list[int] = []
    document.changed.connect(lambda: heard.append(len(document.inference.errors)))
    document.data = DataSpec((3, 8, 8), 10)
    assert heard == [2]  # no output block, and another shape
    document.data = DataSpec((3, 8, 8), 10)
    assert heard == [2]
    document.edit("Delete", lambda graph: edits.remove(graph, ["input_1"]))
    document.undo_stack.undo()
    assert len(heard) == 3


def test_there_and_back_in_one_step_is_no_step() -> None:
    document = Document()
    for epochs in (7, 8, 5):
        document.set_plan(replace(document.plan, epochs=epochs), merge_key="epochs")
    assert document.plan == Plan()
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_a_problem_of_the_plan_comes_and_goes_with_it(qapp: QApplication) -> None:
    document = Document()
    document.open(chain((8,), BatchNorm(), Dense(units=1), Regression()))
    heard = []
    document.changed.connect(lambda: heard.append(len(document.inference.problems)))
    document.set_plan(Plan(batch_size=1))
    (problem,) = document.inference.problems
    assert problem.block == "batch_norm_1"
    fix = document.with_fixes(problem).fixes[0]
    document.change(fix.title, fix.apply)
    assert document.plan.batch_size > 1
    assert document.inference.problems == ()
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert heard == [1, 0, 1, 0]
    document.set_plan(Plan(batch_size=2))
    assert heard == [1, 0, 1, 0]
