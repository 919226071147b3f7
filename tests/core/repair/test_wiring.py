"""Wires that are missing: to what stands open beside a block, through others only where they are needed."""

from __future__ import annotations

import pytest

from core.design import edits
from core.design.graph import Graph, Place
from core.design.infer import infer
from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.merge import Add, Concatenate
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.pooling import MaxPool
from core.layers.reshape import Flatten
from core.project import Project
from core.repair import fixes
from tests.core.repair.test_repair import DIGITS, chain


def open_at(graph: Graph, target: str) -> Graph:
    """The same without the wire into a block."""
    return edits.disconnect(graph, graph.incoming(target)[0])


def beside(graph: Graph, layer: Layer, place: Place = (432.0, 200.0)) -> Graph:
    """One block more that the input feeds, and that feeds nothing."""
    return edits.append(graph, edits.new_block(graph, layer, place), "input_1")


def merged(*layers: Layer) -> Graph:
    return chain(Input(), *layers, Flatten(), Dense(units=10), Classification())


def titles(graph: Graph, block: str) -> list[str]:
    problem = next(p for p in infer(graph, DIGITS).problems if p.block == block)
    offered = fixes(Project(graph), problem, DIGITS)
    for fix in offered[:1]:
        assert infer(fix.apply(Project(graph)).design, DIGITS).problem(block) is None
    return [fix.title for fix in offered]


@pytest.mark.parametrize(
    ("graph", "target", "remedy"),
    [
        (merged(Conv2D(), MaxPool()), "flatten_1", "Connect Max Pool 1 to Flatten 1"),
        (merged(BatchNorm()), "batch_norm_1", "Connect Input 1 to Batch Norm 1"),
        (merged(), "dense_1", "Connect Flatten 1 to Dense 1"),
        (
            chain(Input(), Dense(units=10), Classification()),
            "dense_1",
            "Connect Input 1 to Dense 1 through Flatten",
        ),
    ],
)
def test_a_wire_leads_through_another_block_only_where_it_has_to(
    graph: Graph, target: str, remedy: str
) -> None:
    assert titles(open_at(graph, target), target) == [remedy]


@pytest.mark.parametrize(
    ("join", "loose", "remedy"),
    [
        (Add(), Conv2D(), "Connect Conv 2D 2 to Add 1"),
        (
            Add(),
            Conv2D(filters=8, kernel=(5, 5)),
            "Connect Conv 2D 2 to Add 1 through Zero Pad and a 1 × 1 convolution",
        ),
        (Concatenate(), Conv2D(filters=8), "Connect Conv 2D 2 to Concatenate 1"),
        (Concatenate(), Conv2D(kernel=(5, 5)), "Connect Conv 2D 2 to Concatenate 1 through Zero Pad"),
    ],
)
def test_what_stands_open_beside_a_merging_block_is_connected_to_it(
    join: Layer, loose: Layer, remedy: str
) -> None:
    graph = beside(merged(Conv2D(), join), loose)
    assert titles(graph, f"{join.kind}_1")[0] == remedy
    assert titles(graph, "conv2d_2")[0] == remedy


def test_a_merging_block_without_any_wire_gets_both() -> None:
    graph = open_at(merged(Conv2D(), Add()), "add_1")
    same = beside(graph, Conv2D())
    assert "Connect Conv 2D 1 and Conv 2D 2 to Add 1" in titles(same, "add_1")
    other = beside(graph, Conv2D(filters=8))
    assert any(title.startswith("Connect Conv 2D ") for title in titles(other, "add_1"))


def test_only_a_gap_is_closed() -> None:
    graph = beside(merged(Conv2D()), MaxPool())
    assert "Delete Max Pool 1" in titles(graph, "max_pool_1")
    within = merged(Add())
    assert titles(within, "add_1") == ["Remove Add 1 and close the gap"]
