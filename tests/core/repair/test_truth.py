"""Remedies tell the truth: what is offered cures the whole design, stands once, and lies on nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from core.design import edits
from core.design.graph import Block, Graph
from core.design.groups import fold, group
from core.design.spec import DataSpec
from core.errors import Problem
from core.layers.activation import ReLU, Sigmoid, Softmax
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.input import Input
from core.layers.merge import Add, Concatenate, Multiply
from core.layers.normalisation import BatchNorm, GroupNorm
from core.layers.output import Classification
from core.layers.pooling import MaxPool
from core.layers.reconstruction import Reconstruction
from core.layers.resampling import Upsample
from core.layers.reshape import Flatten, Reshape
from core.project import Project, inspect
from core.repair import fixes
from core.training.plan import Plan
from tests.core.designs import Builder
from tests.core.repair.many import tried
from tests.core.repair.test_repair import DIGITS, chain, ending, residual

VECTORS = DataSpec((784,), 10)
ONE_HOT = DataSpec((1, 28, 28), 0, 10, one_hot=True)


def vector_after_input(graph: Graph) -> Graph:
    return edits.set_param(graph, "input_1", "shape", (784,))


def flat(*layers: Dense | Softmax | Sigmoid | ReLU | Dropout | BatchNorm) -> Graph:
    return chain(Input(), Flatten(), *layers, Classification())


def u_net() -> Graph:
    """Of images of 28 × 28: 14, 7, 3 and back to 6, 12, 24."""
    build = Builder((1, 28, 28))
    last, kept = build.input, []
    for _ in range(3):
        last = build(Conv2D(filters=8, padding="same"), last)
        kept.append(last)
        last = build(MaxPool(), last)
    for beside in reversed(kept):
        last = build(Concatenate(), build(Upsample(), last), beside)
    build(Reconstruction(), build(Conv2D(filters=1, padding="same"), last))
    return build.graph


@dataclass(frozen=True)
class Ill:
    """A project with one thing wrong: the first remedy, and what mustn't be among them."""

    graph: Graph
    first: str
    never: tuple[str, ...] = ()
    data: DataSpec | None = DIGITS
    plan: Plan = field(default_factory=Plan)


ILLS = {
    "branches of 24 and 28 pixels": Ill(
        residual(Conv2D(kernel=(5, 5)), Conv2D(kernel=(5, 5), padding="same"), "add"),
        "Set padding of Conv 2D 1 to same",
    ),
    "branches of 24 and 28 pixels without padding": Ill(
        residual(Conv2D(kernel=(5, 5)), ReLU(), "add"),
        "Insert Zero Pad and a 1 × 1 convolution after Conv 2D 1",
        ("Insert a 1 × 1 convolution after Conv 2D 1",),
    ),
    "concatenated branches of 24 and 28 pixels": Ill(
        residual(Conv2D(kernel=(5, 5)), ReLU(), "concatenate"), "Set padding of Conv 2D 1 to same"
    ),
    "a U-Net of 28 × 28": Ill(
        u_net(), "Insert Zero Pad after Upsample 1", ("Insert Crop after Conv 2D 3",), None
    ),
    "branches of 8 and 16 channels": Ill(
        residual(Conv2D(padding="same"), Conv2D(filters=8, padding="same"), "add"),
        "Set filters of Conv 2D 2 to 16",
    ),
    "one channel added to many": Ill(
        residual(ReLU(), Conv2D(padding="same"), "add"), "Insert a 1 × 1 convolution after ReLU 1"
    ),
    "vectors of images before Conv 2D": Ill(
        ending(Conv2D()),
        "Use the data's shape, and insert Reshape to 1 × 28 × 28 after Input 1",
        ("Use the data's shape",),
        VECTORS,
    ),
    "images where vectors are wanted": Ill(
        chain(Input(shape=(784,)), Dense(units=10), Classification()),
        "Use the data's shape, and insert Flatten after Input 1",
        ("Use the data's shape",),
    ),
    "a vector before Conv 2D": Ill(
        vector_after_input(ending(Conv2D())), "Insert Reshape to 1 × 28 × 28", data=VECTORS
    ),
    "a vector before two branches": Ill(
        vector_after_input(residual(Conv2D(), Conv2D(), "add")),
        "Insert Reshape to 1 × 28 × 28 after Input 1",
        data=None,
    ),
    "images too small for what follows": Ill(
        ending(Conv2D(), MaxPool(), Conv2D(), MaxPool(), Conv2D()),
        "Use the data's shape, and insert Upsample and Crop after Input 1",
        ("Use the data's shape",),
        DataSpec((1, 8, 8), 10),
    ),
    "a kernel larger than the image": Ill(
        ending(Conv2D(kernel=(31, 31)), MaxPool()), "Set padding to same", ("Set kernel to 28 × 28",)
    ),
    "a dilated kernel larger than the image": Ill(
        ending(Conv2D(kernel=(5, 5), dilation=(8, 8))), "Set padding to same", ("Set kernel to 5 × 5",)
    ),
    "groups that don't divide": Ill(ending(Conv2D(filters=6), GroupNorm()), "Set groups to 3"),
    "groups of a single value": Ill(
        chain(Input(), Flatten(), Dense(units=4), GroupNorm(), Dense(units=10), Classification()),
        "Set groups to 2",
    ),
    "a shape of other values": Ill(
        chain(Input(), Flatten(), Reshape(shape=(1, 7, 7)), Flatten(), Dense(units=10), Classification()),
        "Set shape to 16 × 7 × 7",
    ),
    "one-hot targets": Ill(
        ending(ReLU()),
        "End with Binary Classification instead",
        ("End with Reconstruction instead",),
        ONE_HOT,
    ),
    "values for classes": Ill(
        ending(ReLU()),
        "End with Regression instead",
        ("End with Binary Classification instead",),
        DataSpec((1, 28, 28), 0, 10),
    ),
    "batch norm of one vector": Ill(
        flat(Dense(), BatchNorm(), Dense(units=10)), "Set batch size to 32", plan=Plan(batch_size=1)
    ),
    "softmax and dropout before Classification": Ill(
        flat(Dense(units=10), Softmax(), Dropout()), "Remove Softmax 1"
    ),
    "softmax before Classification of a single class": Ill(
        flat(Dense(units=1), Softmax()), "Remove Softmax 1 and close the gap", data=DataSpec((1, 28, 28), 1)
    ),
    "ReLU before Classification": Ill(flat(Dense(units=10), ReLU()), "Remove ReLU 1"),
    "sigmoid, flattened, before Classification": Ill(
        chain(
            Input(), Conv2D(filters=10, kernel=(28, 28)), Sigmoid(), Flatten(), Dropout(), Classification()
        ),
        "Remove Sigmoid 1",
    ),
    "a single output": Ill(flat(Dense(units=1)), "Set units of Dense 1 to 10", data=None),
    "an image of two numbers": Ill(
        edits.set_param(ending(ReLU()), "input_1", "shape", (28, 28)), "Set shape to 1 × 28 × 28", data=None
    ),
    "an output without input, behind an image": Ill(
        edits.add(chain(Input(), Conv2D()), Block("classification_1", Classification(), "Classification 1")),
        "Connect Conv 2D 1 to Classification 1 through Flatten and Dense",
    ),
}


def first_problem(project: Project, data: DataSpec | None) -> Problem:
    return min(inspect(project, data).problems, key=lambda problem: problem.severity)


@pytest.mark.parametrize("ill", ILLS.values(), ids=list(ILLS))
def test_each_kind_is_cured_as_a_whole(ill: Ill) -> None:
    project = Project(ill.graph, ill.plan)
    problem = first_problem(project, ill.data)
    offered = fixes(project, problem, ill.data)
    titles = [fix.title for fix in offered]
    assert titles[0] == ill.first
    assert not set(titles) & set(ill.never)
    before = len(inspect(project, ill.data).problems)
    for fix in offered:
        assert len(inspect(fix.apply(project), ill.data).problems) < before


def test_the_first_remedy_of_a_u_net_cures_all_levels() -> None:
    project = Project(u_net())
    (problem,) = inspect(project).problems
    assert inspect(fixes(project, problem)[0].apply(project)).problems == ()


def test_one_remedy_at_the_input_cures_all_that_it_breaks() -> None:
    project = Project(vector_after_input(residual(Conv2D(), Conv2D(), "add")))
    problems = inspect(project).problems
    assert [problem.block for problem in problems] == ["conv2d_1", "conv2d_2"]
    for problem in problems:
        assert inspect(fixes(project, problem)[0].apply(project)).problems == ()


@pytest.mark.parametrize("units", [1, 2])
def test_a_single_class_is_told_though_no_edit_mends_it(units: int) -> None:
    project = Project(flat(Dense(units=units)))
    data = DataSpec((1, 28, 28), 1)
    (problem,) = inspect(project, data).problems
    assert problem.severity == "warning"
    assert "single class" in problem.message
    assert fixes(project, problem, data) == ()


def test_no_remedy_stands_twice_under_two_titles() -> None:
    project = Project(edits.set_param(ending(ReLU()), "input_1", "shape", (1, 30, 30)))
    problem = first_problem(project, DIGITS)
    titles = [fix.title for fix in fixes(project, problem, DIGITS)]
    assert "Use the data's shape" in titles
    assert "Set shape to 1 × 28 × 28" not in titles


def test_batch_norm_of_vectors_is_no_problem_with_more_samples_or_pixels() -> None:
    vectors = flat(Dense(), BatchNorm(), Dense(units=10))
    assert inspect(Project(vectors), DIGITS).problems == ()
    assert inspect(Project(ending(BatchNorm()), Plan(batch_size=1)), DIGITS).problems == ()


@pytest.mark.parametrize(
    ("layer", "gate"),
    [
        (Multiply(), (16, 1, 1)),
        (Multiply(), (1, 28, 28)),
        (Multiply(), (16,)),
        (Add(), (16, 1, 1)),
        (Add(), (16,)),
    ],
)
def test_broadcasting_that_is_meant_is_no_problem(layer: Add | Multiply, gate: tuple[int, ...]) -> None:
    assert layer.doubt((16, 28, 28), gate) is None


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (Add(), ((1, 28, 28), (4, 1, 1))),
        (Multiply(), ((1, 28, 28), (4, 1, 1))),
        (Add(), ((1, 28, 28), (16, 28, 28))),
        (Add(), ((16, 28, 1), (16, 28, 28))),
        (Add(), ((1,), (10,))),
    ],
)
def test_broadcasting_that_is_hardly_meant_is_said(
    layer: Add | Multiply, shapes: tuple[tuple[int, ...], ...]
) -> None:
    doubt = layer.doubt(*shapes)
    assert doubt is not None
    assert doubt.severity == "warning"
    assert "repeated" in doubt.message
    assert " × ".join(map(str, layer.infer(*shapes))) in doubt.message


def test_a_remedy_finds_a_place_where_another_row_is_in_the_way() -> None:
    """The end of the network below a row of blocks: two more blocks don't go where others stand."""
    graph = chain(Input(), Conv2D(), MaxPool())
    places = {"input_1": (0.0, 0.0), "conv2d_1": (432.0, 0.0), "max_pool_1": (0.0, 150.0)}
    graph = edits.add(edits.move(graph, places), edits.new_block(graph, ReLU(), (216.0, 150.0)))
    project = Project(graph)
    problem = next(problem for problem in inspect(project).problems if problem.block is None)
    for fix in fixes(project, problem):
        assert covered(fix.apply(project).design) == []


def test_a_remedy_lies_on_no_folded_group() -> None:
    """A folded group stands at the corner of its blocks, where none of them need be."""
    graph = chain(Input(), Conv2D(), Classification(), ReLU(), ReLU())
    places = {"input_1": (-216.0, 200.0), "conv2d_1": (0.0, 200.0), "classification_1": (432.0, 200.0)}
    graph = edits.move(graph, {**places, "relu_1": (216.0, 600.0), "relu_2": (900.0, 200.0)})
    graph = group(graph, ["relu_1", "relu_2"])
    project = Project(fold(graph, graph.groups[0].id))
    problem = next(p for p in inspect(project).problems if p.block == "classification_1")
    offered = fixes(project, problem)
    assert offered
    for fix in offered:
        places = {block.id: block.position for block in fix.apply(project).design.blocks}
        assert all(place != (216.0, 200.0) for block, place in places.items() if block not in graph.by_id)


def covered(graph: Graph) -> list[tuple[str, str]]:
    """Blocks that lie on one another."""
    pairs = [(a, b) for a in graph.blocks for b in graph.blocks if a.id < b.id]
    return [
        (a.id, b.id)
        for a, b in pairs
        if abs(a.position[0] - b.position[0]) < 168 and abs(a.position[1] - b.position[1]) < 100
    ]


@pytest.mark.parametrize("seed", range(4))
def test_remedies_of_random_designs_are_remedies(seed: int) -> None:
    problems, told = tried(seed, 60)
    assert problems > 60
    assert told == []
