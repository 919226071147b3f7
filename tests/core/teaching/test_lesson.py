"""The guided first design: each step is seen when it is done, and the last one leaves a sound network."""

from __future__ import annotations

from core.design.edits import append, new_block, set_param
from core.design.graph import Graph
from core.design.infer import infer
from core.design.spec import DataSpec
from core.layers import LAYERS
from core.teaching.lesson import CLASSES, STEPS

WAY = (("input",), ("conv2d",), ("relu",), ("max_pool",), ("flatten", "dense"), ("classification",))


def done(graph: Graph) -> list[bool]:
    return [step.done(graph) for step in STEPS]


def test_the_steps_lead_to_a_network_that_learns_digits() -> None:
    graph, last = Graph(), None
    assert not any(done(graph))
    for number, kinds in enumerate(WAY):
        for kind in kinds:
            block = new_block(graph, LAYERS[kind]())
            graph, last = append(graph, block, last), block.id
            if kind == "dense":
                assert not STEPS[number].done(graph)
                graph = set_param(graph, block.id, "units", CLASSES)
        assert done(graph) == [True] * (number + 1) + [False] * (len(STEPS) - number - 1)
    assert not infer(graph, DataSpec((1, 28, 28), CLASSES)).problems


def test_a_block_that_no_image_reaches_does_not_count() -> None:
    graph = append(Graph(), new_block(Graph(), LAYERS["conv2d"]()), None)
    assert not any(done(graph))
