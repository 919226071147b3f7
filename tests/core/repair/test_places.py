"""Where remedies put new blocks: in line with what feeds them, clear of other branches and their wires."""

from __future__ import annotations

import pytest

from core.design import edits
from core.design.direction import Direction
from core.design.graph import Graph
from core.design.infer import infer
from core.layers.activation import ReLU
from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.merge import Add
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.project import Project
from core.repair import fixes
from core.repair.tools import insert_all
from tests.core.repair.test_repair import DIGITS, chain

BELOW = 200.0


def branches(direction: Direction, left: Layer, right: Layer) -> Graph:
    """One branch in the first row, and one below it, in whose row it goes on."""
    graph = edits.set_direction(Graph(), direction)
    places = [(0.0, 0.0), (216.0, 0.0), (216.0, BELOW), (432.0, BELOW), (648.0, BELOW), (864.0, BELOW)]
    layers: list[Layer] = [Input(), left, right, Add(), Flatten(), Dense(units=10)]
    ids = []
    for layer, place in zip(layers, places, strict=True):
        block = edits.new_block(graph, layer, direction.turn(place))
        graph = edits.add(graph, block)
        ids.append(block.id)
    for source, target in ((0, 1), (0, 2), (2, 3), (1, 3), (3, 4), (4, 5)):
        graph = edits.connect(graph, ids[source], ids[target])
    return edits.append(
        graph, edits.new_block(graph, Classification(), direction.turn((1080.0, BELOW))), ids[-1]
    )


@pytest.mark.parametrize("direction", Direction)
def test_new_blocks_stand_in_the_row_of_their_own_branch(direction: Direction) -> None:
    graph = branches(direction, Conv2D(kernel=(5, 5)), ReLU())
    (problem,) = infer(graph, DIGITS).problems
    offered = fixes(Project(graph), problem, DIGITS)
    assert offered
    for fix in offered:
        after = fix.apply(Project(graph)).design
        for block in after.blocks:
            if block.id not in graph.by_id:
                (wire,) = after.incoming(block.id)
                along, across = direction.turn(block.position)
                before, same = direction.turn(after[wire.source].position)
                assert (across, along > before) == (same, True)
        add = direction.turn(after["add_1"].position)[0]
        assert all(direction.turn(after[w.source].position)[0] < add for w in after.incoming("add_1"))


@pytest.mark.parametrize("direction", Direction)
def test_a_new_block_stands_on_no_wire_of_another_branch(direction: Direction) -> None:
    """The place below is free, but the wire of the branch there runs across it."""
    graph = chain(Input(), ReLU(), Conv2D(), Add())
    graph = edits.append(graph, edits.new_block(graph, Conv2D(), (0.0, BELOW)), "input_1")
    end = edits.new_block(graph, ReLU(), (648.0, BELOW))
    graph = edits.append(graph, end, "conv2d_2")
    graph = edits.connect(edits.connect(graph, end.id, "add_1"), "input_1", "add_1")
    turned = {block.id: direction.turn(block.position) for block in graph.blocks}
    graph = edits.set_direction(edits.move(graph, turned), direction)
    wire = next(w for w in graph.outgoing("input_1") if w.target == "add_1")
    after = insert_all(graph, (Conv2D(kernel=(1, 1)),), wire)
    assert direction.turn(after.blocks[-1].position)[1] > BELOW


def test_a_wire_that_leads_around_a_row_is_not_in_its_way() -> None:
    graph = chain(Input(), Conv2D(), ReLU(), Add(), Flatten(), Dense(units=10), Classification())
    graph = edits.connect(graph, "input_1", "add_1")
    wire = graph.outgoing("relu_1")[0]
    after = insert_all(graph, (Conv2D(kernel=(1, 1)), ReLU()), wire)
    assert [block.position for block in after.blocks[-2:]] == [(648.0, 0.0), (864.0, 0.0)]


def test_a_branch_of_its_own_row_gets_new_blocks_there() -> None:
    """Where a wire leads from a fork to a row that is the branch's own, it stands there as before."""
    graph = chain(Input(), Conv2D(), Flatten(), Dense(units=10), Classification())
    below = edits.new_block(graph, Dense(units=4), (432.0, BELOW))
    graph = edits.append(graph, below, "conv2d_1")
    problem = next(p for p in infer(graph, DIGITS).problems if p.block == below.id)
    after = fixes(Project(graph), problem, DIGITS)[0].apply(Project(graph)).design
    assert after.blocks[-1].layer == Flatten()
    assert after.blocks[-1].position[1] == BELOW
