"""Repeated groups: the network that they stand for equals one that was drawn in full."""

from __future__ import annotations

import numpy as np
import pytest

from core.compile import compile_graph
from core.design import edits, groups
from core.design.expand import computed, expand
from core.design.graph import Graph
from core.design.infer import Inference, cost, infer, require_sound
from core.explain.analysis import analyse
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.merge import Add
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool, MaxPool
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from core.project import Project
from core.repair import fixes
from core.running.program import Program
from tests.core.designs import Builder, chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("reference")


def residual(copies: int) -> Graph:
    """A stem, residual blocks, and a head; ids count through."""
    build = Builder((1, 8, 8))
    last = build(Conv2D(filters=4, padding="same"), build.input)
    for _ in range(copies):
        last = build(ReLU(), build(Add(), build(Conv2D(filters=4, padding="same"), last), last))
    build(Classification(), build(Dense(units=3), build(GlobalAveragePool(), last)))
    return build.graph


def repeated(graph: Graph, *members: str, times: int = 3) -> Graph:
    grouped = groups.group(graph, members, "Stage")
    return groups.set_repeat(grouped, grouped.groups[-1].id, times)


STAGE = ("conv2d_2", "add_1", "relu_1")


def shapes(found: Inference) -> list[tuple[int, ...]]:
    return sorted(found.shapes.values())


def test_the_network_is_the_one_drawn_in_full() -> None:
    short, full = repeated(residual(1), *STAGE), residual(3)
    network = expand(short).network
    assert sorted(b.layer.kind for b in network.blocks) == sorted(b.layer.kind for b in full.blocks)
    assert [len(network.incoming(i)) for i in network.order] == [len(full.incoming(i)) for i in full.order]
    assert shapes(infer(short)) == shapes(infer(full))
    assert not infer(short).problems
    assert (
        analyse(short, infer(short), SGD(), 8).parameters == analyse(full, infer(full), SGD(), 8).parameters
    )
    assert computed(short) != computed(residual(1))


def test_copies_have_names_and_ids_of_their_own() -> None:
    expansion = expand(repeated(residual(1), *STAGE))
    assert expansion.copies["conv2d_2"] == ("conv2d_2@1", "conv2d_2@2", "conv2d_2")
    names = [expansion.network[i].name for i in expansion.copies["conv2d_2"]]
    assert names == [f"Conv 2D 2 ({number})" for number in (1, 2, 3)]
    assert expansion.origin("conv2d_2@1") == "conv2d_2"
    assert expansion.network["conv2d_1"].name == "Conv 2D 1"


def test_it_trains_as_the_one_drawn_in_full() -> None:
    """The same weights give the same scores and, after a step, the same scores again."""
    short, full = compile_graph(repeated(residual(1), *STAGE)), compile_graph(residual(3))
    ids = {"conv2d_2": "conv2d_2@1", "conv2d_3": "conv2d_2@2", "conv2d_4": "conv2d_2"}
    found = short.parameters.save()
    twins = {
        key: found[f"{ids.get(b, b)}.{name}"]
        for key in full.parameters.save()
        for b, name in [key.split(".")]
    }
    assert full.parameters.load(twins) == []
    data = shapes_to_tell_apart(8)
    x, target = data.batch(np.arange(8), np.float32)

    def step(program: Program) -> np.ndarray:
        program.train_step(x, target, OptimizerState(SGD(), program.parameters.values))
        return program.scores(x)

    np.testing.assert_allclose(step(short), step(full), rtol=1e-6)


def test_the_cost_of_a_block_is_that_of_all_its_copies() -> None:
    """The first copy sees one channel, the others eight."""
    graph = repeated(
        chain((1, 8, 8), Conv2D(filters=8, padding="same"), ReLU()), "conv2d_1", "relu_1", times=4
    )
    found = cost(graph, "conv2d_1", infer(graph).shapes)
    assert found is not None
    assert found.parameters == (9 + 1) * 8 + 3 * (9 * 8 + 1) * 8


def test_groups_repeat_within_repeated_groups() -> None:
    graph = chain(
        (1, 8, 8), Conv2D(filters=2, padding="same"), ReLU(), Flatten(), Dense(units=3), Classification()
    )
    graph = repeated(graph, "conv2d_1", times=2)
    graph = repeated(graph, "group_1", "relu_1", times=3)
    copies = expand(graph).copies
    assert copies["conv2d_1"] == (*(f"conv2d_1@{number}" for number in range(1, 6)), "conv2d_1")
    assert copies["relu_1"] == ("relu_1@1", "relu_1@2", "relu_1")
    network = expand(graph).network
    assert [network[i].layer.kind for i in network.order][1:10] == 3 * ["conv2d", "conv2d", "relu"]
    along = [i for i in network.order if network[i].layer.kind == "conv2d"]
    assert tuple(along) == copies["conv2d_1"]
    require_sound(graph)


def test_an_open_end_can_be_repeated() -> None:
    graph = repeated(chain((1, 8, 8), Conv2D()), "conv2d_1")
    assert infer(graph).shapes["conv2d_1"][1:] == (2, 2)


def test_an_output_that_does_not_fit_its_own_input_is_a_problem_with_a_remedy() -> None:
    graph = repeated(
        chain((1, 8, 8), MaxPool(), Flatten(), Dense(units=3), Classification()), "max_pool_1", times=5
    )
    (problem,) = infer(graph).errors
    assert problem.block == "max_pool_1"
    assert "(4)" in problem.message
    assert "The output of Stage has to fit its own input" in problem.hint
    (fix,) = [fix for fix in fixes(Project(graph), problem) if fix.title == "Let Stage run once"]
    assert not infer(fix.apply(Project(graph)).design).errors


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        (["input_1", "conv2d_1"], "an end of the network is in it"),
        (["dense_1", "classification_1"], "an end of the network is in it"),
        (["add_1"], "it has 2 inputs"),
        (["conv2d_1", "conv2d_2"], "it has 2 outputs"),
    ],
)
def test_a_group_that_can_not_be_repeated_says_why(members: list[str], reason: str) -> None:
    graph = repeated(residual(1), *members)
    (problem,) = [p for p in infer(graph).problems if "can't be repeated" in p.message]
    assert f"Stage can't be repeated: {reason}" in problem.message
    assert problem.block in members
    assert expand(graph).copies == {}
    once = fixes(Project(graph), problem)[0].apply(Project(graph)).design
    assert infer(once) == infer(residual(1))


def test_the_network_has_at_most_so_many_blocks() -> None:
    graph = chain((1, 8, 8), *[ReLU() for _ in range(4)])
    for name in ("relu_1", "relu_2", "relu_3"):
        inner = [graph.groups[-1].id] if graph.groups else []
        graph = repeated(graph, *inner, name, times=100)
    problems = [p for p in infer(graph).problems if "can't be repeated" in p.message]
    assert all("at most 10,000 are possible" in p.message for p in problems)
    assert len(expand(graph).network.blocks) == len(graph.blocks) + 99  # the innermost group alone


def test_a_setting_that_is_wrong_in_every_copy_is_one_problem() -> None:
    graph = chain((1, 4, 4), Conv2D(kernel=(5, 5)), ReLU())
    assert infer(repeated(graph, "conv2d_1")).errors == infer(graph).errors


def test_an_id_like_that_of_a_copy_does_no_harm() -> None:
    graph = chain((4,), ReLU())
    block = edits.new_block(graph, ReLU())
    graph = edits.add(graph, type(block)("relu_1@1", ReLU(), "Odd"))
    graph = repeated(graph, "relu_1", times=2)
    assert expand(graph).copies["relu_1"] == ("relu_1@1@", "relu_1")
    assert expand(graph).network["relu_1@1"].name == "Odd"


def test_without_repeats_the_network_is_the_design() -> None:
    graph = groups.group(chain((4,), ReLU()), ["relu_1"])
    assert expand(graph).network is graph
    assert expand(Graph()).network == Graph()
    assert isinstance(graph["input_1"].layer, Input)
