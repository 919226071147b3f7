"""For each kind of mistake: it is found, a remedy is offered, and the remedy leaves a sound design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from core.design import edits
from core.design.graph import Block, Graph, Wire
from core.design.infer import infer
from core.design.spec import DataSpec
from core.errors import DesignError, LayerError, Problem
from core.layers import LAYERS, Layer
from core.maths.optim import SGD, Adam
from core.project import DataChoice, Project
from core.repair import fixes
from core.schema.making import unchecked
from core.training.plan import Plan

DIGITS = DataSpec((1, 28, 28), 10)


def made(kind: str, **settings: object) -> Layer:
    return unchecked(LAYERS[kind], **settings)


def chain(*layers: Layer) -> Graph:
    """Blocks in a row, each connected to the next."""
    graph, after = Graph(), None
    for place, layer in enumerate(layers):
        block = edits.new_block(graph, layer, (216.0 * place, 0.0))
        graph = edits.append(graph, block, after)
        after = block.id
    return graph


def ending(*layers: Layer) -> Graph:
    """A sound network for digits with `layers` in its middle."""
    return chain(made("input"), *layers, made("flatten"), made("dense", units=10), made("classification"))


def residual(left: Layer, right: Layer, join: str) -> Graph:
    """Two branches from the input, joined."""
    graph = chain(made("input"), left)
    branch = edits.new_block(graph, right, (216.0, 200.0))
    graph = edits.append(graph, branch, "input_1")
    merge = edits.new_block(graph, made(join), (432.0, 0.0))
    graph = edits.append(graph, merge, graph.blocks[1].id)
    graph = edits.connect(graph, branch.id, merge.id)
    after = merge.id
    for layer in (made("flatten"), made("dense", units=10), made("classification")):
        block = edits.new_block(graph, layer, (648.0, 0.0))
        graph = edits.append(graph, block, after)
        after = block.id
    return graph


def without(graph: Graph, *kinds: str) -> Graph:
    return edits.remove(graph, [b.id for b in graph.blocks if b.layer.kind in kinds])


def cycle() -> Graph:
    """What a damaged file may hold, and no edit can make."""
    graph = ending(made("relu"), made("add"))
    return replace(graph, wires=(*graph.wires, Wire("add_1", "add_1", 1)))


def without_flatten() -> Graph:
    return edits.remove(ending(made("relu")), ["flatten_1"], reconnect=True)


def with_units(units: int) -> Graph:
    return edits.set_param(ending(made("relu")), "dense_1", "units", units)


def regression() -> Graph:
    return chain(made("input"), made("flatten"), made("dense", units=10), made("regression"))


def ending_with_shape(shape: tuple[int, ...]) -> Graph:
    return edits.set_param(ending(made("relu")), "input_1", "shape", shape)


def softmax_twice() -> Graph:
    return chain(
        made("input"), made("flatten"), made("dense", units=10), made("softmax"), made("classification")
    )


def unconnected() -> Graph:
    graph = ending(made("max_pool"))
    return edits.disconnect(graph, next(w for w in graph.wires if w.target == "flatten_1"))


def second_output() -> Graph:
    graph = ending(made("relu"))
    return edits.append(
        graph, Block("classification_2", made("classification"), "Classification 2"), "dense_1"
    )


@dataclass(frozen=True)
class Mistake:
    """A design with one thing wrong, and the remedy that is to be among those offered."""

    name: str
    graph: Callable[[], Graph]
    remedy: str


def giving_back(shape: tuple[int, ...], *layers: Layer) -> Graph:
    """A network that is to give back its own input."""
    return chain(made("input", shape=shape), *layers, made("reconstruction"))


MISTAKES = (
    Mistake("dense after image", without_flatten, "Insert Flatten"),
    Mistake("dense after image, pooled", without_flatten, "Insert Global Average Pool"),
    Mistake("image after flatten", lambda: ending(made("flatten"), made("conv2d")), "Remove Flatten 1"),
    Mistake("kernel too large", lambda: ending(made("conv2d", kernel=(31, 31))), "Set padding to same"),
    Mistake("kernel smaller", lambda: ending(made("conv2d", kernel=(31, 31))), "Set kernel to 28 × 28"),
    Mistake("value below limit", lambda: ending(made("conv2d", filters=0)), "Set filters to 1"),
    Mistake("tuple below limit", lambda: ending(made("conv2d", stride=(0, 1))), "Set stride to 1 × 1"),
    Mistake("groups", lambda: ending(made("conv2d"), made("conv2d", groups=3)), "Set groups to 2"),
    Mistake(
        "add of different channels",
        lambda: residual(made("conv2d", padding="same"), made("conv2d", filters=8, padding="same"), "add"),
        "Insert a 1 × 1 convolution after Conv 2D 2",
    ),
    Mistake(
        "add of different sizes",
        lambda: residual(made("conv2d", padding="same", stride=(2, 2)), made("relu"), "add"),
        "Insert a 1 × 1 convolution after ReLU 1",
    ),
    Mistake(
        "concatenate of different sizes",
        lambda: residual(made("max_pool"), made("relu"), "concatenate"),
        "Insert a 1 × 1 convolution after ReLU 1",
    ),
    Mistake("no output", lambda: without(ending(made("relu")), "classification"), "End with Classification"),
    Mistake("no output after image", lambda: chain(made("input"), made("relu")), "End with Classification"),
    Mistake("no input", lambda: without(ending(made("relu")), "input"), "Add an Input block"),
    Mistake("classes", lambda: with_units(7), "Set units of Dense 1 to 10"),
    Mistake("regression on classes", regression, "End with Classification instead"),
    Mistake("input shape", lambda: ending_with_shape((1, 32, 32)), "Use the data's shape"),
    Mistake("softmax twice", softmax_twice, "Remove Softmax 1"),
    Mistake(
        "sigmoid twice",
        lambda: chain(
            made("input"), made("sigmoid"), made("reconstruction", loss_function="binary cross-entropy")
        ),
        "Remove Sigmoid 1",
    ),
    Mistake("unconnected block", unconnected, "Connect Max Pool 1 to Flatten 1"),
    Mistake("add with one input", lambda: ending(made("add")), "Remove Add 1 and close the gap"),
    Mistake("second output", second_output, "Delete Classification 2"),
    Mistake(
        "reconstruction of half the size",
        lambda: giving_back((1, 28, 28), made("conv2d", stride=(2, 2), padding="same")),
        "Insert Transposed Conv 2D",
    ),
    Mistake(
        "reconstruction of half the size, upsampled",
        lambda: giving_back((1, 28, 28), made("conv2d", stride=(2, 2), padding="same")),
        "Insert Upsample and Conv 2D",
    ),
    Mistake(
        "reconstruction of an odd size",
        lambda: giving_back((1, 28, 28), made("conv2d", filters=1)),
        "Insert Upsample and Adaptive Average Pool",
    ),
    Mistake(
        "reconstruction in other colours",
        lambda: giving_back((1, 28, 28), made("conv2d", padding="same")),
        "Insert Conv 2D",
    ),
    Mistake(
        "reconstruction of an image from a vector",
        lambda: giving_back((1, 28, 28), made("flatten"), made("dense", units=8)),
        "Insert Dense and Reshape",
    ),
    Mistake(
        "classification of an image",
        lambda: chain(made("input"), made("conv2d", filters=1, padding="same"), made("classification")),
        "End with Reconstruction instead",
    ),
    Mistake("cycle", cycle, "Remove the wire from Add 1 to Add 1"),
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_remedy_cures_each_mistake(mistake: Mistake) -> None:
    graph = mistake.graph()
    problems = infer(graph, DIGITS).problems
    offered = {fix.title: fix for problem in problems for fix in fixes(Project(graph), problem, DIGITS)}
    assert mistake.remedy in offered
    assert not _errors(repaired(offered[mistake.remedy].apply(Project(graph)).design))


def repaired(graph: Graph) -> Graph:
    """Applies the first remedy of the first problem until there is none: what a patient user does."""
    for _ in range(5):
        problems = _errors(graph)
        if not problems:
            break
        graph = fixes(Project(graph), problems[0], DIGITS)[0].apply(Project(graph)).design
    return graph


def _errors(graph: Graph) -> tuple[Problem, ...]:
    return infer(graph, DIGITS).errors


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_remedy_is_for_its_own_design_alone(mistake: Mistake) -> None:
    graph = mistake.graph()
    others = [Graph(), chain(made("input")), ending(), replace(graph, blocks=graph.blocks[1:], wires=())]
    for problem in infer(graph, DIGITS).problems:
        for fix in fixes(Project(graph), problem, DIGITS):
            for other in (*others, fix.apply(Project(graph)).design):
                with pytest.raises(DesignError, match="has changed"):
                    fix.apply(Project(other))


def test_a_sound_design_needs_no_remedy() -> None:
    assert infer(ending(made("relu")), DIGITS).problems == ()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_remedies_leave_no_two_blocks_on_one_place(mistake: Mistake) -> None:
    graph = mistake.graph()
    known = {block.position for block in graph.blocks}
    for problem in infer(graph, DIGITS).problems:
        for fix in fixes(Project(graph), problem, DIGITS):
            new = [b.position for b in fix.apply(Project(graph)).design.blocks if b.id not in graph.by_id]
            if len(known) == len(graph.blocks):
                assert len(set(new)) == len(new)


def test_a_remedy_leaves_plan_and_data_as_they_are() -> None:
    project = Project(with_units(7), Plan(epochs=9), DataChoice("digits"))
    (problem,) = infer(project.design, DIGITS).problems
    mended = fixes(project, problem, DIGITS)[0].apply(project)
    assert mended.design != project.design
    assert mended == replace(project, design=mended.design)
    assert fixes(project, problem, DIGITS)[0].apply(replace(project, plan=Plan())).plan == Plan()


def test_a_remedy_says_the_number_as_its_problem_does() -> None:
    data = DataSpec((1, 28, 28), 2704)
    (problem,) = infer(with_units(7), data).problems
    assert "2,704 classes" in problem.message
    assert fixes(Project(with_units(7)), problem, data)[0].title == "Set units of Dense 1 to 2,704"


def test_a_run_that_diverged_is_mended_by_a_lower_learning_rate() -> None:
    """What a run brings to light can't be tried in the design, so no edit of the design is offered."""
    graph = ending(made("conv2d"))
    problem = LayerError("diverged", block="conv2d_1", phase="forward", parameter="learning_rate").problem
    project = Project(graph, Plan(SGD(learning_rate=0.3, momentum=0.5)))
    (fix,) = fixes(project, problem, DIGITS)
    assert fix.title == "Set learning rate to 0.03"
    assert fix.apply(project) == replace(project, plan=Plan(SGD(learning_rate=0.03, momentum=0.5)))
    later = replace(project, plan=Plan(Adam(learning_rate=0.3), epochs=2))
    assert fix.apply(later).plan == Plan(Adam(learning_rate=0.03), epochs=2)


def test_nothing_is_offered_for_what_no_edit_is_known_to_cure() -> None:
    problem = Problem("It has failed.", block="conv2d_1")
    assert fixes(Project(ending(made("conv2d"))), problem, DIGITS) == ()
