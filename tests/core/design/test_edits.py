"""Edits: what each does, what is refused and why, and what no sequence of them can break."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.design import edits
from core.design.graph import MAX_NAME, Graph, Wire
from core.design.infer import infer
from core.errors import DesignError, UsageError
from core.formats.design import from_text, to_text
from core.layers.activation import ReLU, Tanh
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.merge import Add
from core.layers.output import Classification
from core.layers.reshape import Flatten
from tests.core.design.edit_sequences import check_invariants, random_edit
from tests.core.designs import Builder, chain


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.data())
def test_no_sequence_of_edits_breaks_a_graph(data: st.DataObject) -> None:
    graph = Graph()
    for _ in range(data.draw(st.integers(1, 40))):
        before = to_text(graph)
        edited = random_edit(data.draw, graph)
        assert to_text(graph) == before  # an edit makes a new graph
        graph = edited
        check_invariants(graph)
    infer(graph)
    assert from_text(to_text(graph)) == graph


def _ends(graph: Graph) -> list[tuple[str, str, int]]:
    return sorted((wire.source, wire.target, wire.input) for wire in graph.wires)


def test_new_blocks_have_free_ids_and_names() -> None:
    graph = chain((1, 8, 8), Conv2D(), Conv2D())
    graph = edits.remove(graph, ["conv2d_1"])
    block = edits.new_block(graph, Conv2D())
    assert (block.id, block.name) == ("conv2d_1", "Conv 2D 1")
    assert edits.new_block(edits.add(graph, block), Conv2D()).id == "conv2d_3"
    with pytest.raises(DesignError, match="conv2d_2"):
        edits.add(graph, graph["conv2d_2"])


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("classification_1", "relu_1", "Classification 1 ends the network"),
        ("relu_1", "input_1", "Input 1 is where the data enters"),
        ("tanh_1", "relu_1", "would make a cycle: Tanh 1 already depends on ReLU 1"),
        ("relu_1", "relu_1", "would make a cycle"),
    ],
)
def test_a_refused_wire_says_why(source: str, target: str, reason: str) -> None:
    graph = chain((4,), ReLU(), Tanh(), Classification())
    assert reason in (edits.refusal(graph, source, target) or "")
    with pytest.raises(DesignError, match=reason) as caught:
        edits.connect(graph, source, target)
    assert caught.value.problem.block == target


def test_a_second_input_of_a_one_input_block_is_refused() -> None:
    with pytest.raises(DesignError, match="ReLU 1 has 1 input"):
        edits.connect(chain((4,), ReLU()), "input_1", "relu_1", 1)


def test_a_taken_input_gets_the_new_wire() -> None:
    graph = edits.connect(chain((4,), ReLU(), Tanh()), "input_1", "tanh_1")
    assert _ends(graph) == [("input_1", "relu_1", 0), ("input_1", "tanh_1", 0)]


def test_a_merging_block_takes_one_wire_after_the_other_and_closes_gaps() -> None:
    build = Builder((4,))
    sources = [build(ReLU(), build.input), build(Tanh(), build.input), build.input]
    add = build(Add(), *sources)
    assert [w.source for w in build.graph.incoming(add)] == sources
    graph = edits.disconnect(build.graph, Wire(sources[0], add, 0))
    assert [(w.source, w.input) for w in graph.incoming(add)] == [(sources[1], 0), (sources[2], 1)]
    graph = edits.remove(build.graph, [sources[1]])
    assert [(w.source, w.input) for w in graph.incoming(add)] == [(sources[0], 0), (sources[2], 1)]
    graph = edits.connect(build.graph, sources[1], add, 0)
    assert [w.source for w in graph.incoming(add)] == [sources[1], sources[1], sources[2]]


def test_append_connects_where_it_can() -> None:
    graph = chain((4,))
    relu = edits.new_block(graph, ReLU())
    assert _ends(edits.append(graph, relu, "input_1")) == [("input_1", "relu_1", 0)]
    assert _ends(edits.append(graph, relu, None)) == []
    assert _ends(edits.append(graph, edits.new_block(graph, Input()), "input_1")) == []


def test_insert_into_a_wire() -> None:
    graph = chain((4,), ReLU(), Tanh())
    wire = Wire("relu_1", "tanh_1")
    inserted = edits.insert(graph, edits.new_block(graph, Dense()), wire)
    assert _ends(inserted) == [("dense_1", "tanh_1", 0), ("input_1", "relu_1", 0), ("relu_1", "dense_1", 0)]
    for layer in (Input(), Classification()):
        with pytest.raises(DesignError, match="can't stand in the middle"):
            edits.insert(graph, edits.new_block(graph, layer), wire)
    with pytest.raises(DesignError, match="no such wire"):
        edits.insert(graph, edits.new_block(graph, Dense()), Wire("input_1", "tanh_1"))


def test_remove_with_and_without_reconnecting() -> None:
    graph = chain((4,), ReLU(), Tanh(), Dense())
    assert _ends(edits.remove(graph, ["tanh_1"])) == [("input_1", "relu_1", 0)]
    bridged = edits.remove(graph, ["relu_1", "tanh_1"], reconnect=True)
    assert _ends(bridged) == [("input_1", "dense_1", 0)]
    assert [block.id for block in bridged.blocks] == ["input_1", "dense_1"]


def test_removing_a_merging_block_does_not_guess_a_bridge() -> None:
    build = Builder((4,))
    add = build(Add(), build.input, build(ReLU(), build.input))
    build(Tanh(), add)
    assert _ends(edits.remove(build.graph, [add], reconnect=True)) == [("input_1", "relu_1", 0)]


def test_paste_keeps_settings_and_inner_wires_under_new_ids() -> None:
    graph = chain((1, 8, 8), Conv2D(filters=5), ReLU(), Flatten())
    copied = edits.part(graph, ["conv2d_1", "relu_1", "not there"])
    assert _ends(copied) == [("conv2d_1", "relu_1", 0)]
    pasted, new_ids = edits.paste(graph, copied, (10.0, 20.0))
    assert new_ids == {"conv2d_1": "conv2d_2", "relu_1": "relu_2"}
    assert pasted["conv2d_2"].layer == Conv2D(filters=5)
    assert pasted["conv2d_2"].position == (10.0, 20.0)
    assert pasted["conv2d_2"].name == "Conv 2D 2"
    assert Wire("conv2d_2", "relu_2") in pasted.wires
    assert pasted.incoming("conv2d_2") == ()
    elsewhere, _ = edits.paste(Graph(), copied, (0.0, 0.0))
    assert elsewhere["conv2d_1"].name == "Conv 2D 1"


def test_a_copied_part_of_a_merge_numbers_its_inputs_anew() -> None:
    build = Builder((4,))
    relu, tanh = build(ReLU(), build.input), build(Tanh(), build.input)
    add = build(Add(), relu, tanh)
    assert _ends(edits.part(build.graph, [tanh, add])) == [(tanh, add, 0)]


def test_settings() -> None:
    graph = chain((1, 8, 8), Conv2D())
    changed = edits.set_param(graph, "conv2d_1", "kernel", (5, 3))
    assert changed["conv2d_1"].layer == Conv2D(kernel=(5, 3))
    with pytest.raises(DesignError, match=r"Conv 2D 1, Kernel: expected a whole number, 1 to 31, got 32"):
        edits.set_param(graph, "conv2d_1", "kernel", (5, 32))
    with pytest.raises(UsageError, match="colour"):
        edits.set_param(graph, "conv2d_1", "colour", 1)
    with pytest.raises(DesignError, match="nobody"):
        edits.set_param(graph, "nobody", "kernel", (5, 5))


def test_names() -> None:
    graph = chain((4,), ReLU())
    assert edits.rename(graph, "relu_1", "  Bend ")["relu_1"].name == "Bend"
    for name in ("", "  ", "x" * (MAX_NAME + 1)):
        with pytest.raises(DesignError):
            edits.rename(graph, "relu_1", name)


def test_a_block_changes_places_with_its_neighbour_in_a_chain() -> None:
    graph = chain((1, 8, 8), Conv2D(), Tanh(), ReLU())
    graph = edits.move(graph, {"conv2d_1": (10.0, 0.0), "tanh_1": (20.0, 5.0)})
    swapped = edits.move_in_chain(graph, "conv2d_1", 1)
    assert swapped.order == ("input_1", "tanh_1", "conv2d_1", "relu_1")
    assert swapped["tanh_1"].position == (10.0, 0.0)
    assert swapped["conv2d_1"].position == (20.0, 5.0)
    assert edits.move_in_chain(swapped, "conv2d_1", -1) == graph


def test_swapping_keeps_the_branches_behind_the_pair() -> None:
    build = Builder((1, 8, 8))
    first = build(Conv2D(), build.input)
    second = build(ReLU(), first)
    merged = build(Add(), second, second)
    swapped = edits.move_in_chain(build.graph, first, 1)
    assert [wire.source for wire in swapped.incoming(merged)] == [first, first]
    assert swapped.incoming(first)[0].source == second


@pytest.mark.parametrize(
    ("block", "step"), [("conv2d_1", -1), ("classification_1", -1), ("classification_1", 1)]
)
def test_the_ends_of_a_chain_stay_where_they_are(block: str, step: int) -> None:
    graph = chain((1, 8, 8), Conv2D(), Classification())
    with pytest.raises(DesignError):
        edits.move_in_chain(graph, block, step)
