"""The graph as a value: order, neighbours, equality, cycles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.design.edits import move, rename
from core.design.expand import computed
from core.design.graph import Block, Graph, Wire
from core.design.infer import infer
from core.errors import DesignError
from core.layers.activation import ReLU, Tanh
from core.layers.input import Input
from core.layers.merge import Add
from tests.core.designs import Builder, chain


def _diamond() -> Graph:
    build = Builder((1, 4, 4))
    left = build(ReLU(), build.input)
    right = build(Tanh(), build.input)
    build(Add(), right, left)
    return build.graph


def test_order_puts_every_block_after_what_feeds_it() -> None:
    graph = _diamond()
    backwards = replace(graph, blocks=graph.blocks[::-1])
    for each in (graph, backwards):
        assert sorted(each.order) == sorted(block.id for block in graph.blocks)
        for wire in each.wires:
            assert each.order.index(wire.source) < each.order.index(wire.target)


def test_neighbours() -> None:
    graph = _diamond()
    assert [wire.source for wire in graph.incoming("add_1")] == ["tanh_1", "relu_1"]
    assert {wire.target for wire in graph.outgoing("input_1")} == {"relu_1", "tanh_1"}
    assert graph.incoming("input_1") == graph.outgoing("add_1") == ()
    assert graph.downstream(["tanh_1"]) == {"tanh_1", "add_1"}
    assert graph.downstream([]) == set()


def test_an_unknown_block_is_named() -> None:
    with pytest.raises(DesignError, match="nobody"):
        _diamond()["nobody"]


def test_what_training_depends_on_leaves_out_names_and_places() -> None:
    graph = _diamond()
    dressed = rename(move(graph, {"add_1": (50.0, 60.0)}), "add_1", "Sum")
    assert dressed != graph
    assert computed(dressed) == computed(graph)


def test_what_is_derived_of_a_graph_is_found_once_for_each_value() -> None:
    asked: list[Graph] = []

    def count(graph: Graph) -> int:
        asked.append(graph)
        return len(graph.blocks)

    graph = _diamond()
    moved = move(graph, {"add_1": (50.0, 60.0)})
    assert [graph.derived(count), graph.derived(count), moved.derived(count)] == [4, 4, 4]
    assert asked == [graph, moved]
    assert graph.derived(lambda same: same.blocks) == graph.blocks
    assert graph == _diamond()


def test_a_cycle_is_an_error_that_names_a_block_of_it() -> None:
    blocks = (Block("a", Input(), "A"), Block("b", Add(), "B"), Block("c", ReLU(), "C"))
    graph = Graph(blocks, (Wire("a", "b", 0), Wire("c", "b", 1), Wire("b", "c")))
    with pytest.raises(DesignError, match="B is part of a cycle") as caught:
        graph.order  # noqa: B018
    assert caught.value.problem.block == "b"
    (problem,) = infer(graph).problems
    assert problem.block == "b"


def test_a_long_chain_is_ordered_without_recursion() -> None:
    count = 3000
    blocks = tuple(Block(f"b{i}", ReLU(), f"Block {i}") for i in range(count))
    wires = tuple(Wire(f"b{i}", f"b{i + 1}") for i in range(count - 1))
    assert Graph(blocks[::-1], wires[::-1]).order == tuple(f"b{i}" for i in range(count))


def test_equal_designs_are_equal() -> None:
    assert chain((1, 4, 4), ReLU()) == chain((1, 4, 4), ReLU())
    assert hash(chain((1, 4, 4), ReLU())) == hash(chain((1, 4, 4), ReLU()))
    assert chain((1, 4, 4), ReLU()) != chain((1, 4, 4), Tanh())
