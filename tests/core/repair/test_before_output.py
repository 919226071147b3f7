"""A softmax, ReLU or sigmoid before an output, and a wrong number of values too: each card mends its own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.design import edits
from core.design.graph import Graph
from core.design.infer import infer
from core.errors import Problem
from core.layers.activation import ReLU, Sigmoid, Softmax
from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.input import Input
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool
from core.layers.reshape import Flatten, Reshape
from core.project import Project
from core.repair import fixes
from tests.core.repair.test_repair import DIGITS, chain


@dataclass(frozen=True)
class Ending:
    """What stands before Classification; the hint for the number of values, and each card's remedies."""

    layers: tuple[Layer, ...]
    hint: str
    error: tuple[str, ...]
    warning: tuple[str, ...] = ()


ENDINGS = {
    "softmax behind ReLU": Ending(
        (Flatten(), Dense(), ReLU(), Softmax()),
        "Let Dense 1 give 10 values.",
        ("Set units of Dense 1 to 10",),
        ("Remove ReLU 1 and Softmax 1",),
    ),
    "softmax": Ending(
        (Flatten(), Dense(), Softmax()),
        "Let Dense 1 give 10 values.",
        ("Set units of Dense 1 to 10",),
        ("Remove Softmax 1",),
    ),
    "softmax behind Dropout": Ending(
        (Flatten(), Dense(), Softmax(), Dropout()),
        "Let Dense 1 give 10 values.",
        ("Set units of Dense 1 to 10",),
        ("Remove Softmax 1",),
    ),
    "ReLU": Ending(
        (Flatten(), Dense(), ReLU()),
        "Let Dense 1 give 10 values.",
        ("Insert Dense", "Set units of Dense 1 to 10", "End with Dense and Regression instead"),
        ("Remove ReLU 1",),
    ),
    "sigmoid": Ending(
        (Flatten(), Dense(), Sigmoid()),
        "Let Dense 1 give 10 values.",
        ("Insert Dense", "Set units of Dense 1 to 10", "End with Dense and Regression instead"),
        ("Remove Sigmoid 1",),
    ),
    "softmax of what has no setting": Ending(
        (Flatten(), Softmax()),
        "Put a Dense block that gives 10 values before Softmax 1.",
        ("Remove Softmax 1, and insert Dense",),
        ("Remove Softmax 1",),
    ),
    "nothing but pixels": Ending(
        (Conv2D(), Flatten()),
        "Put a Dense block that gives 10 values before Classification 1.",
        ("Insert Dense", "End with Dense and Regression instead"),
    ),
    "channels made values": Ending(
        (Conv2D(filters=16), GlobalAveragePool()),
        "Let Conv 2D 1 give 10 values.",
        ("Set filters of Conv 2D 1 to 10", "Insert Dense", "End with Dense and Regression instead"),
    ),
    "a number that another block needs": Ending(
        (Flatten(), Dense(), Reshape(shape=(1, 8, 8)), Flatten()),
        "Put a Dense block that gives 10 values before Classification 1.",
        ("Insert Dense", "End with Dense and Regression instead"),
    ),
}


def ending(found: Ending) -> tuple[Graph, dict[str, Problem]]:
    graph = chain(Input(), *found.layers, Classification())
    return graph, {problem.severity: problem for problem in infer(graph, DIGITS).problems}


@pytest.mark.parametrize("found", ENDINGS.values(), ids=list(ENDINGS))
def test_the_hint_names_the_block_that_has_the_setting(found: Ending) -> None:
    _, problems = ending(found)
    assert problems["error"].hint == found.hint


@pytest.mark.parametrize("found", ENDINGS.values(), ids=list(ENDINGS))
def test_each_card_has_its_own_remedies(found: Ending) -> None:
    graph, problems = ending(found)
    offered = {
        severity: tuple(fix.title for fix in fixes(Project(graph), problem, DIGITS))
        for severity, problem in problems.items()
    }
    assert offered["error"] == found.error
    assert offered.get("warning", ()) == found.warning


@pytest.mark.parametrize("found", ENDINGS.values(), ids=list(ENDINGS))
def test_the_first_remedies_of_all_cards_leave_a_sound_classifier(found: Ending) -> None:
    graph, _ = ending(found)
    for _ in range(2):
        for problem in infer(graph, DIGITS).problems[-1:]:
            graph = fixes(Project(graph), problem, DIGITS)[0].apply(Project(graph)).design
    assert infer(graph, DIGITS).problems == ()
    assert graph["classification_1"].layer == Classification()
    assert not any(isinstance(block.layer, Softmax) for block in graph.blocks)


def test_an_output_is_added_in_place_of_a_softmax_of_another_size() -> None:
    graph = chain(Input(), Flatten(), Dense(), ReLU(), Softmax())
    problem = next(p for p in infer(graph, DIGITS).problems if p.block is None)
    after = fixes(Project(graph), problem, DIGITS)[0].apply(Project(graph)).design
    assert [block.name for block in after.blocks] == [
        "Input 1",
        "Flatten 1",
        "Dense 1",
        "ReLU 1",
        "Dense 2",
        "Classification 1",
    ]
    assert infer(after, DIGITS).problems == ()


def test_a_softmax_that_another_branch_needs_stays_where_an_output_is_added() -> None:
    graph = chain(Input(), Flatten(), Dense(), Softmax(), Dropout())
    graph = edits.append(graph, edits.new_block(graph, Dense(), (864.0, -200.0)), "softmax_1")
    problem = next(p for p in infer(graph, DIGITS).problems if p.block is None)
    for fix in fixes(Project(graph), problem, DIGITS):
        after = fix.apply(Project(graph)).design
        assert [wire.source for wire in after.incoming("dense_2")] == ["softmax_1"]


def test_what_limits_its_numbers_behind_a_pool_of_one_pixel_can_be_removed() -> None:
    layers = (Conv2D(filters=10, kernel=(28, 28)), ReLU(), GlobalAveragePool(), Classification())
    graph = chain(Input(), *layers)
    (problem,) = infer(graph, DIGITS).problems
    first = fixes(Project(graph), problem, DIGITS)[0]
    assert first.title.startswith("Remove ReLU 1")
    assert infer(first.apply(Project(graph)).design, DIGITS).problems == ()
