"""Inference: shapes and costs, and for every kind of mistake a problem at its block, with the setting."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest

from core.design import edits, groups, notes
from core.design.graph import Block, Graph
from core.design.infer import cost, finds_the_same, infer, require_sound
from core.design.spec import DataSpec
from core.errors import DesignError, Problem
from core.formats.project import load_project
from core.layers.activation import ReLU, Sigmoid, Softmax, Tanh
from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.input import Input
from core.layers.merge import Add, Concatenate, Multiply
from core.layers.normalisation import BatchNorm
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.pooling import AveragePool, GlobalAveragePool, MaxPool
from core.layers.reconstruction import Reconstruction
from core.layers.resampling import AdaptiveAveragePool
from core.layers.reshape import Flatten
from core.layers.unknown import Unknown
from core.project import Project
from core.repair import fixes
from core.schema.making import unchecked
from tests.core.designs import Builder, chain
from tests.paths import RESOURCES

IMAGE = (3, 8, 8)
ENDING = (Flatten(), Dense(units=10), Classification())


def _branches(merging: Layer, *ends: Layer) -> Graph:
    """A vector that goes through these layers, side by side, and then into the merging layer."""
    build = Builder((4,))
    build(Classification(), build(merging, *[build(end, build.input) for end in ends]))
    return build.graph


def _pooled(*layers: Layer) -> Graph:
    """Images of one pixel."""
    return chain(IMAGE, Conv2D(filters=6, kernel=(8, 8)), *layers, Classification())


def _merged(layer: Add | Concatenate, *branches: Conv2D | MaxPool) -> Graph:
    build = Builder(IMAGE)
    build(layer, *[build(branch, build.input) for branch in branches])
    return build.graph


@dataclass(frozen=True)
class Mistake:
    """A design with one thing wrong: where, in which setting, and words that the message has to contain."""

    graph: Graph
    block: str | None
    words: str
    parameter: str | None = None
    data: DataSpec | None = None
    severity: str = "error"


def _without(graph: Graph, block_id: str) -> Graph:
    return edits.remove(graph, [block_id])


SOUND = chain(IMAGE, Conv2D(filters=4), *ENDING)
THREE_VALUES = chain(IMAGE, Flatten(), Dense(units=3), Regression())
TEN = DataSpec(IMAGE, 10)
VALUES = DataSpec(IMAGE, 0, 2)

MISTAKES = {
    "kernel larger than the input": Mistake(
        chain(IMAGE, Conv2D(kernel=(9, 3)), *ENDING), "conv2d_1", "9 × 3 is larger than .* 8 × 8", "kernel"
    ),
    "dilated kernel larger than the input": Mistake(
        chain(IMAGE, Conv2D(dilation=(4, 1)), *ENDING), "conv2d_1", "9 × 3", "kernel"
    ),
    "pool larger than the input": Mistake(
        chain(IMAGE, MaxPool(kernel=(9, 9)), *ENDING), "max_pool_1", "9 × 9", "kernel"
    ),
    "padding as wide as the pool": Mistake(
        chain(IMAGE, MaxPool(padding=(0, 0, 2, 0)), *ENDING), "max_pool_1", "padding 0, 0, 2, 0", "padding"
    ),
    "groups that don't divide the channels": Mistake(
        chain(IMAGE, Conv2D(groups=2), *ENDING), "conv2d_1", "don't divide 3 input channels", "groups"
    ),
    "groups that don't divide the filters": Mistake(
        chain(IMAGE, Conv2D(filters=4, groups=3), *ENDING), "conv2d_1", "don't divide 4 filters", "groups"
    ),
    "Dense after an image": Mistake(
        chain(IMAGE, Dense(), Classification()), "dense_1", "needs a vector, got an image of 3 × 8 × 8"
    ),
    "Classification after an image": Mistake(
        chain(IMAGE, Classification()), "classification_1", "needs a vector"
    ),
    "an image layer after a vector": Mistake(
        chain((7,), Conv2D(), *ENDING), "conv2d_1", "expected an image .* got a vector of 7"
    ),
    "Global Average Pool after a vector": Mistake(
        chain((7,), GlobalAveragePool(), Classification()), "global_average_pool_1", "got a vector of 7"
    ),
    "Add of two shapes": Mistake(
        _merged(Add(), Conv2D(filters=4), Conv2D(filters=5)), "add_1", "4 × 6 × 6 and 5 × 6 × 6"
    ),
    "Concatenate of two sizes": Mistake(
        _merged(Concatenate(), Conv2D(), MaxPool()), "concatenate_1", "16 × 6 × 6 and 3 × 4 × 4"
    ),
    "Add with one input": Mistake(_merged(Add(), Conv2D()), "add_1", "at least two inputs, got 1"),
    "a block without input": Mistake(_without(SOUND, "conv2d_1"), "flatten_1", "has no input"),
    "two numbers as the input's shape": Mistake(chain((8, 8), ReLU()), "input_1", "got 2 numbers", "shape"),
    "no Input block": Mistake(_without(SOUND, "input_1"), None, "has no Input block"),
    "no output block": Mistake(_without(SOUND, "classification_1"), None, "has no output block"),
    "a second Input": Mistake(
        edits.add(SOUND, Block("input_2", Input(), "Second")), "input_2", "Second is a second Input block"
    ),
    "a second output": Mistake(
        edits.append(SOUND, Block("regression_1", Regression(), "Second"), "dense_1"),
        "regression_1",
        "Second is a second output block",
    ),
    "a block of a newer version": Mistake(
        chain(IMAGE, Unknown("capsule", {"n": 3}), *ENDING), "capsule_1", "doesn't know the layer 'capsule'"
    ),
    "samples of another shape": Mistake(
        SOUND,
        "input_1",
        "samples are 1 × 28 × 28, the block expects 3 × 8 × 8",
        "shape",
        DataSpec((1, 28, 28), 10),
    ),
    "another number of classes": Mistake(
        SOUND, "classification_1", "7 classes, the network gives 10", data=DataSpec(IMAGE, 7)
    ),
    "classes for values": Mistake(SOUND, "classification_1", "no classes", data=VALUES),
    "values for classes": Mistake(THREE_VALUES, "regression_1", "one class .* 3 values", data=TEN),
    "another number of values": Mistake(THREE_VALUES, "regression_1", "2 values .* 3 values", data=VALUES),
    "Softmax before Classification": Mistake(
        chain(IMAGE, Flatten(), Dense(units=10), Softmax(), Classification()),
        "classification_1",
        "applies softmax itself, after Softmax 1",
        severity="warning",
    ),
    "Sigmoid before Binary Classification": Mistake(
        chain(IMAGE, Flatten(), Dense(units=1), Sigmoid(), BinaryClassification()),
        "binary_classification_1",
        "applies sigmoid itself, after Sigmoid 1",
        severity="warning",
    ),
    "Sigmoid before a Reconstruction of logits": Mistake(
        chain(IMAGE, Sigmoid(), Reconstruction(loss_function="binary cross-entropy")),
        "reconstruction_1",
        "applies sigmoid itself, after Sigmoid 1",
        severity="warning",
    ),
    "Softmax and Dropout before Classification": Mistake(
        chain(IMAGE, Flatten(), Dense(units=10), Softmax(), Dropout(), Classification()),
        "classification_1",
        "applies softmax itself, after Softmax 1",
        severity="warning",
    ),
    "ReLU before Classification": Mistake(
        chain(IMAGE, Flatten(), Dense(units=10), ReLU(), Classification()),
        "classification_1",
        "any size, ReLU 1 gives none below 0",
        severity="warning",
    ),
    "Tanh, flattened, before Binary Classification": Mistake(
        chain(IMAGE, Conv2D(filters=1, kernel=(8, 8)), Tanh(), Flatten(), BinaryClassification()),
        "binary_classification_1",
        "Tanh 1 gives only such from −1 to 1",
        severity="warning",
    ),
    "ReLU before a mean of one pixel": Mistake(
        _pooled(ReLU(), GlobalAveragePool()),
        "classification_1",
        "ReLU 1 gives none below 0",
        severity="warning",
    ),
    "Softmax before an adaptive mean of one pixel": Mistake(
        _pooled(Softmax(), AdaptiveAveragePool(size=(1, 1)), Flatten()),
        "classification_1",
        "applies softmax itself, after Softmax 1",
        severity="warning",
    ),
    "ReLU before a larger pool of one pixel": Mistake(
        _pooled(ReLU(), AveragePool(kernel=(3, 3), padding="same"), Flatten()),
        "classification_1",
        "ReLU 1 gives none below 0",
        severity="warning",
    ),
    "a sum of ReLUs": Mistake(
        _branches(Add(), ReLU(), ReLU()), "classification_1", "Add 1 gives none below 0", severity="warning"
    ),
    "a sum of Tanh and Sigmoid": Mistake(
        _branches(Add(), Tanh(), Sigmoid()), "classification_1", "Add 1 .* from −1 to 2", severity="warning"
    ),
    "a product of ReLU and Sigmoid": Mistake(
        _branches(Multiply(), ReLU(), Sigmoid()),
        "classification_1",
        "Multiply 1 gives none below 0",
        severity="warning",
    ),
    "Tanh beside ReLU": Mistake(
        _branches(Concatenate(), Tanh(), ReLU()),
        "classification_1",
        "Concatenate 1 gives none below −1",
        severity="warning",
    ),
    "a softmax of one value": Mistake(
        chain(IMAGE, Flatten(), Dense(units=1), Softmax(), Dense(units=10), Classification()),
        "softmax_1",
        "Softmax 1: the softmax of a single value is always 1",
        severity="warning",
    ),
    "a single class": Mistake(
        chain(IMAGE, Flatten(), Dense(units=1), Classification()),
        "classification_1",
        "the data has a single class",
        data=DataSpec(IMAGE, 1),
        severity="warning",
    ),
    "a single class for ten values": Mistake(
        SOUND,
        "classification_1",
        "^Classification 1: the data has a single class",
        data=DataSpec(IMAGE, 1),
        severity="warning",
    ),
    "a single class for yes or no": Mistake(
        chain(IMAGE, Flatten(), Dense(units=1), BinaryClassification()),
        "binary_classification_1",
        "the data has a single class",
        data=DataSpec(IMAGE, 1),
        severity="warning",
    ),
    "a single value for classes": Mistake(
        chain(IMAGE, Flatten(), Dense(units=1), Classification()),
        "classification_1",
        "gives a single value",
        severity="warning",
    ),
    "one-hot targets": Mistake(
        SOUND, "classification_1", "10 values .*one-hot", data=DataSpec(IMAGE, 0, 10, one_hot=True)
    ),
    "a sum of one channel and many": Mistake(
        _merged(Add(), Conv2D(filters=1), Conv2D(filters=5)),
        "add_1",
        "1 × 6 × 6 and 5 × 6 × 6 differ: .* gives 5 × 6 × 6",
        severity="warning",
    ),
    "ten classes for yes or no": Mistake(
        chain(IMAGE, Flatten(), Dense(units=1), BinaryClassification()),
        "binary_classification_1",
        "the data has 10 classes, it tells 2 apart",
        data=TEN,
    ),
    "class weights for other classes": Mistake(
        chain(IMAGE, Flatten(), Dense(units=10), Classification(class_weights=(1.0, 2.0))),
        "classification_1",
        "2 class weights for 10 classes",
        "class_weights",
    ),
    "an output that goes nowhere": Mistake(
        edits.append(SOUND, Block("relu_1", ReLU(), "Loose end"), "conv2d_1"),
        "relu_1",
        "Loose end goes nowhere",
        severity="warning",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_a_problem_at_its_block(mistake: Mistake) -> None:
    found = infer(mistake.graph, mistake.data)
    problem = _first(found.problems, mistake)
    assert problem.parameter == mistake.parameter
    assert problem.severity == mistake.severity
    assert problem.hint
    if mistake.block is not None:
        assert mistake.graph[mistake.block].name in problem.message
    if mistake.severity == "error":
        with pytest.raises(DesignError):
            require_sound(mistake.graph, mistake.data)


def _first(problems: tuple[Problem, ...], mistake: Mistake) -> Problem:
    return next(p for p in problems if p.block == mistake.block and re.search(mistake.words, p.message))


def test_a_sound_design_has_no_problems() -> None:
    assert infer(SOUND, TEN).problems == ()
    regression = chain(IMAGE, Flatten(), Dense(units=2), Regression())
    assert infer(regression, VALUES).problems == ()
    for merging in (Add(), Multiply(), Concatenate()):
        unlimited = _branches(merging, Tanh(), Dense(units=4))
        assert infer(unlimited).problems == (), merging
    assert (
        infer(chain(IMAGE, Conv2D(filters=6), ReLU(), GlobalAveragePool(), Classification())).problems == ()
    )
    one_number = chain(IMAGE, Flatten(), Dense(units=1), Regression())
    assert infer(one_number, TEN).problems == ()


@pytest.mark.parametrize(
    ("graph", "data", "problem"),
    [
        (
            chain(IMAGE, Flatten(), Dense(units=1), Classification()),
            DataSpec(IMAGE, 2704),
            "Classification 1: the data has 2,704 classes, the network gives 1 value. "
            "Let Dense 1 give 2,704 values.",
        ),
        (
            chain(IMAGE, Flatten(), Dense(units=3), Regression()),
            DataSpec(IMAGE, 0, 1),
            "Regression 1: the data's target is 1 value a sample, the network gives 3 values. "
            "Let Dense 1 give 1 value.",
        ),
        (
            chain(IMAGE, Flatten(), Dense(units=3), Classification(class_weights=(1.0,))),
            None,
            "Classification 1: 1 class weight for 3 classes. Give each class its weight, or none.",
        ),
    ],
)
def test_one_of_something_is_said_as_one(graph: Graph, data: DataSpec | None, problem: str) -> None:
    assert problem in map(str, infer(graph, data).problems)


def test_an_empty_design_has_no_problems_but_cannot_run() -> None:
    assert infer(Graph()).problems == ()
    with pytest.raises(DesignError, match="empty"):
        require_sound(Graph())


def test_blocks_after_a_mistake_wait_in_silence() -> None:
    graph = chain(IMAGE, Conv2D(kernel=(9, 9)), ReLU(), *ENDING)
    found = infer(graph)
    assert [p.block for p in found.problems] == ["conv2d_1"]
    assert found.shapes == {"input_1": IMAGE}


def test_the_remedy_for_other_data_works() -> None:
    data = DataSpec((1, 28, 28), 10)
    problem = infer(SOUND, data).problem("input_1")
    assert problem is not None
    mended = fixes(Project(SOUND), problem, data)[0].apply(Project(SOUND)).design
    assert infer(mended, data).problems == ()


def test_an_error_comes_before_a_warning() -> None:
    graph = edits.append(SOUND, Block("relu_1", ReLU(), "Loose end"), "conv2d_1")
    broken = edits.disconnect(graph, graph.incoming("relu_1")[0])
    problem = infer(broken).problem("relu_1")
    assert problem is not None
    assert problem.severity == "error"


def test_shapes_and_costs_of_lenet5() -> None:
    graph = load_project(RESOURCES / "examples" / "lenet5.json").project.design
    found = infer(graph, DataSpec((1, 28, 28), 10))
    assert found.problems == ()
    assert found.shapes["conv2d_1"] == (6, 28, 28)
    assert found.shapes["flatten_1"] == (400,)
    prices = [cost(graph, block.id, found.shapes) for block in graph.blocks]
    assert sum(price.parameters for price in prices if price) == 61_706
    assert sum(price.multiply_adds for price in prices if price) == 416_520


def test_running_statistics_are_no_parameters_and_unknown_shapes_have_no_cost() -> None:
    graph = chain(IMAGE, BatchNorm(), Conv2D(kernel=(9, 9)))
    shapes = infer(graph).shapes
    price = cost(graph, "batch_norm_1", shapes)
    assert price is not None
    assert price.parameters == 6
    assert cost(graph, "conv2d_1", shapes) is None


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv2D(filters=2, kernel=(3, 2), stride=(2, 3)), (2, 3, 3)),
        (Conv2D(filters=2, kernel=(3, 3), stride=(2, 3), padding="same"), (2, 4, 3)),
        (Conv2D(filters=2, kernel=(2, 2), padding=(1, 0, 2, 3)), (2, 10, 10)),
        (Conv2D(filters=2, kernel=(3, 3), dilation=(2, 3)), (2, 4, 2)),
        (MaxPool(kernel=(3, 3), stride=(2, 2)), (3, 3, 3)),
    ],
)
def test_output_sizes(layer: Conv2D | MaxPool, shape: tuple[int, ...]) -> None:
    graph = chain(IMAGE, layer)
    assert infer(graph).shapes[graph.blocks[1].id] == shape


def test_a_setting_out_of_its_limits_is_a_problem_not_a_crash() -> None:
    block = replace(SOUND["conv2d_1"], layer=unchecked(Conv2D, filters=0, kernel=(0, 99)))
    graph = replace(SOUND, blocks=tuple(block if b.id == block.id else b for b in SOUND.blocks))
    problem = infer(graph).problem("conv2d_1")
    assert problem is not None
    assert problem.parameter == "filters"
    assert "1 to 4,096" in problem.message


def test_inference_finds_the_same_unless_what_is_computed_or_named_is_another() -> None:
    graph = groups.group(chain(IMAGE, Conv2D(), ReLU()), ["conv2d_1", "relu_1"])
    group = graph.groups[0].id
    alike = (
        edits.move(graph, {"relu_1": (7.0, 7.0)}),
        groups.fold(graph, group),
        notes.add_comment(graph, (0.0, 0.0), "Why?")[0],
    )
    others = (
        edits.set_param(graph, "conv2d_1", "filters", 3),
        edits.rename(graph, "relu_1", "Gate"),
        edits.rename(graph, group, "Stage"),
        edits.disconnect(graph, graph.wires[0]),
        edits.remove(graph, ["relu_1"]),
        groups.set_repeat(graph, group, 2),
    )
    assert all(finds_the_same(graph, other) for other in alike)
    assert not any(finds_the_same(graph, other) for other in others)
