"""Remedies keep the task: what the network is to learn changes last, and then its end says so."""

from __future__ import annotations

import pytest

from core.design import edits
from core.design.graph import Graph
from core.design.infer import infer
from core.layers.activation import ReLU, Softmax
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.output import Classification, Regression
from core.layers.pooling import MaxPool
from core.layers.reshape import Flatten
from core.project import Project
from core.repair import fixes
from tests.core.repair.test_repair import DIGITS, chain, without_flatten


def unfinished() -> Graph:
    """What a newcomer has after a click on Classification."""
    return chain(Input(), Conv2D(), ReLU(), MaxPool(), Conv2D(), ReLU(), MaxPool(), Classification())


def titles(graph: Graph, severity: str = "error") -> list[str]:
    problem = next(p for p in infer(graph, DIGITS).problems if p.severity == severity)
    return [fix.title for fix in fixes(Project(graph), problem, DIGITS)]


def test_what_the_newcomer_asked_for_comes_first_and_another_task_last() -> None:
    assert titles(unfinished()) == [
        "Insert Flatten and Dense",
        "Insert Global Average Pool and Dense",
        "End with Flatten, Dense and Regression instead",
    ]


@pytest.mark.parametrize(
    "graph",
    [
        unfinished(),
        chain(Input(), Flatten(), Dense(), Classification()),
        chain(Input(), Flatten(), Dense(), Softmax(), Classification()),
        chain(Input(), Flatten(), Dense(), ReLU(), Classification()),
        chain(Input(), Flatten(), Dense(units=10), Regression()),
        chain(Input(), Conv2D(filters=1, padding="same"), Classification()),
    ],
)
def test_no_remedy_that_keeps_the_task_stands_behind_one_that_changes_it(graph: Graph) -> None:
    for problem in infer(graph, DIGITS).problems:
        found = [fix.apply(Project(graph)).design for fix in fixes(Project(graph), problem, DIGITS)]
        changes = [graph.blocks[-1].layer.kind != g[graph.blocks[-1].id].layer.kind for g in found]
        assert not changes[0]
        assert changes == sorted(changes)


def test_an_end_of_another_kind_is_named_anew() -> None:
    graph = unfinished()
    problem = infer(graph, DIGITS).errors[0]
    after = fixes(Project(graph), problem, DIGITS)[-1].apply(Project(graph)).design
    assert after["classification_1"].layer == Regression()
    assert after["classification_1"].name == "Regression 1"
    assert edits.new_block(after, Regression()).name == "Regression 2"


def test_an_end_of_another_kind_keeps_the_name_that_a_person_gave() -> None:
    graph = edits.rename(unfinished(), "classification_1", "Digit")
    problem = infer(graph, DIGITS).errors[0]
    after = fixes(Project(graph), problem, DIGITS)[-1].apply(Project(graph)).design
    assert after["classification_1"].layer == Regression()
    assert after["classification_1"].name == "Digit"


def test_flatten_comes_before_dense_alone_too() -> None:
    assert titles(without_flatten())[0] == "Insert Flatten"
