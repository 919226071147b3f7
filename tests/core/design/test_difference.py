"""The difference of two designs as a value."""

from __future__ import annotations

from dataclasses import replace

from core.design.difference import difference
from core.design.edits import add, append, move, new_block, remove, rename, set_param
from core.design.graph import Graph, Wire
from core.design.groups import group, set_repeat
from core.design.notes import add_comment
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.pooling import MaxPool
from core.layers.reshape import Flatten
from core.layers.unknown import Unknown
from core.maths.optim import SGD
from core.project import DataChoice, Project, project_difference
from core.training.plan import Plan
from tests.core.designs import chain

NET = chain((1, 8, 8), Conv2D(filters=4), ReLU(), Flatten(), Dense(units=3), Classification())


def _of_other_origin(graph: Graph) -> Graph:
    """The same design with ids that are all others."""

    def other(part: str) -> str:
        return f"other_{part}"

    blocks = tuple(replace(block, id=other(block.id)) for block in graph.blocks)
    wires = tuple(Wire(other(wire.source), other(wire.target), wire.input) for wire in graph.wires)
    return Graph(blocks, wires)


def test_equal_designs_have_an_empty_difference() -> None:
    found = difference(NET, replace(NET))
    assert not found
    assert found.computes_the_same


def test_blocks_and_wires_that_came_and_went() -> None:
    after = append(remove(NET, ["relu_1"], reconnect=True), new_block(NET, MaxPool()), "conv2d_1")
    found = difference(NET, after)
    assert [block.id for block in found.added] == ["max_pool_1"]
    assert [block.id for block in found.removed] == ["relu_1"]
    assert set(found.removed_wires) == set(NET.wires) - set(after.wires)
    assert set(found.added_wires) == set(after.wires) - set(NET.wires)
    assert found.changed == ()
    assert not found.computes_the_same


def test_changed_settings_are_named_with_both_values() -> None:
    after = set_param(set_param(NET, "conv2d_1", "filters", 16), "conv2d_1", "kernel", (5, 5))
    (changed,) = difference(NET, after).changed
    assert [(s.name, s.before, s.after) for s in changed.settings] == [
        ("filters", 4, 16),
        ("kernel", (3, 3), (5, 5)),
    ]
    assert changed.sentences == ("Filters: 4 → 16", "Kernel: 3 × 3 → 5 × 5")


def test_a_new_name_changes_nothing_that_is_computed() -> None:
    found = difference(NET, rename(NET, "conv2d_1", "First"))
    assert [block.is_renamed for block in found.changed] == [True]
    assert found
    assert found.computes_the_same


def test_another_kind_under_the_same_id_is_a_change() -> None:
    blocks = tuple(replace(b, layer=MaxPool()) if b.id == "relu_1" else b for b in NET.blocks)
    (changed,) = difference(NET, replace(NET, blocks=blocks)).changed
    assert changed.is_other_kind
    assert changed.sentences == ("Layer: ReLU → Max Pool",)


def test_places_and_notes_count_apart() -> None:
    after, _ = add_comment(move(NET, {"relu_1": (400.0, 8.0)}), (0.0, 0.0), "A remark")
    found = difference(NET, after)
    assert found.only_drawn
    assert found.computes_the_same
    assert not found.changed
    assert difference(NET, move(NET, {"relu_1": NET["relu_1"].position})).only_drawn is False


def test_another_repeat_of_a_group_makes_another_network() -> None:
    grouped = group(NET, ["relu_1"], "Stage")
    assert difference(NET, grouped).only_drawn
    assert difference(NET, grouped).computes_the_same
    (changed,) = difference(grouped, set_repeat(grouped, grouped.groups[0].id, 3)).groups
    assert (changed.name, changed.sentence) == ("Stage", "Runs: 1 → 3")


def test_settings_of_an_unknown_layer_are_compared_too() -> None:
    before = add(Graph(), new_block(Graph(), Unknown("wavelet", {"levels": 2, "name": "db4"})))
    after = replace(before, blocks=(replace(before.blocks[0], layer=Unknown("wavelet", {"levels": 3})),))
    (changed,) = difference(before, after).changed
    assert [(s.name, s.before, s.after) for s in changed.settings] == [
        ("levels", 2, 3),
        ("name", "db4", None),
    ]


def test_files_of_other_origin_are_matched_by_kind_name_and_place() -> None:
    edited = set_param(append(NET, new_block(NET, ReLU()), "dense_1"), "conv2d_1", "filters", 8)
    found = difference(NET, _of_other_origin(edited))
    assert found.matching == "order"
    assert [block.id for block in found.added] == ["other_relu_2"]
    assert [change.after.id for change in found.changed] == ["other_conv2d_1"]
    assert found.removed == ()
    assert not difference(NET, _of_other_origin(NET))


def test_renamed_blocks_of_other_origin_are_matched_by_kind() -> None:
    found = difference(NET, _of_other_origin(rename(NET, "conv2d_1", "First")))
    assert [change.sentences for change in found.changed] == [(f"Name: {NET['conv2d_1'].name} → First",)]
    assert not found.added


def test_ids_are_used_where_that_is_asked_for() -> None:
    found = difference(NET, _of_other_origin(NET), "ids")
    assert len(found.added) == len(found.removed) == len(NET.blocks)


def test_a_cycle_can_be_compared() -> None:
    cyclic = replace(NET, wires=(*NET.wires, Wire("dense_1", "conv2d_1", 1)))
    found = difference(_of_other_origin(cyclic), cyclic)
    assert not found.added


def test_plans_and_data_are_compared_by_their_settings() -> None:
    one = Project(NET, Plan(), DataChoice("digits"))
    other = Project(NET, Plan(epochs=7, optimizer=SGD()), DataChoice("mnist"))
    found = project_difference(one, other)
    assert [(s.name, s.before, s.after) for s in found.plan] == [
        ("epochs", 5, 7),
        ("optimizer", "Adam", "SGD"),
    ]
    assert [str(s) for s in found.data] == ["Source: digits → mnist"]
    assert found
    assert not project_difference(one, one)


def test_settings_of_the_same_optimiser_are_compared() -> None:
    rate = Plan(optimizer=SGD(learning_rate=0.5))
    (change,) = project_difference(Project(plan=Plan(optimizer=SGD())), Project(plan=rate)).plan
    assert (change.name, change.before, change.after) == ("learning_rate", 0.01, 0.5)
