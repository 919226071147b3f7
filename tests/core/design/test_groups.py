"""Groups: what folding, unpacking, copying and deleting do to the tree, and what is refused."""

from __future__ import annotations

import pytest

from core.design import edits, groups
from core.design.expand import computed, expand
from core.design.folding import folding
from core.design.graph import MAX_NESTING, Graph, Wire
from core.design.infer import infer
from core.errors import DesignError
from core.layers.activation import ReLU, Tanh
from core.layers.convolution import Conv2D
from tests.core.designs import chain

CONV, RELU, TANH = "conv2d_1", "relu_1", "tanh_1"


@pytest.fixture
def graph() -> Graph:
    return chain((1, 8, 8), Conv2D(), ReLU(), Tanh())


@pytest.fixture
def nested(graph: Graph) -> Graph:
    """group_2 holds Tanh and group_1, which holds Conv 2D and ReLU."""
    return groups.group(groups.group(graph, [CONV, RELU], "Inner"), [CONV, RELU, TANH], "Outer")


def members(graph: Graph) -> dict[str, tuple[str, ...]]:
    return {group.name: group.members for group in graph.groups}


def test_a_group_changes_nothing_that_is_computed(graph: Graph) -> None:
    grouped = groups.fold(groups.group(graph, [CONV, RELU]), "group_1")
    assert members(grouped) == {"Group 1": (CONV, RELU)}
    assert computed(grouped) == computed(graph)
    assert infer(grouped) == infer(graph)
    assert groups.ungroup(grouped, "group_1") == graph


def test_what_is_chosen_whole_goes_in_as_a_group(nested: Graph) -> None:
    assert members(nested) == {"Inner": (CONV, RELU), "Outer": (TANH, "group_1")}
    assert nested.ancestors(CONV) == ("group_1", "group_2")
    assert set(nested.inside("group_2")) == {CONV, RELU, TANH}


def test_a_group_of_some_members_is_made_inside_their_group(graph: Graph) -> None:
    outer = groups.group(graph, [CONV, RELU, TANH], "Outer")
    assert members(groups.group(outer, [CONV, RELU], "Inner")) == {
        "Outer": (TANH, "group_2"),
        "Inner": (CONV, RELU),
    }


def test_blocks_of_two_groups_leave_them(graph: Graph) -> None:
    two = groups.group(groups.group(graph, [CONV, RELU], "A"), [TANH, "input_1"], "B")
    assert members(groups.group(two, [RELU, TANH], "C")) == {
        "A": (CONV,),
        "B": ("input_1",),
        "C": (RELU, TANH),
    }


def test_unpacking_leaves_the_members_in_the_group_around(nested: Graph) -> None:
    assert members(groups.ungroup(nested, "group_1")) == {"Outer": (TANH, CONV, RELU)}
    assert members(groups.ungroup(nested, "group_2")) == {"Inner": (CONV, RELU)}


def test_what_is_hidden_is_hidden_by_the_outermost_folded_group(nested: Graph) -> None:
    assert nested.hidden == {}
    inner = groups.fold(nested, "group_1")
    assert inner.hidden == {CONV: "group_1", RELU: "group_1"}
    both = groups.fold(inner, "group_2")
    assert both.hidden == dict.fromkeys((CONV, RELU, TANH, "group_1"), "group_2")
    assert groups.reveal(both, CONV) == nested
    assert groups.reveal(nested, CONV) is nested


def test_a_group_goes_with_its_last_block(nested: Graph) -> None:
    assert members(edits.remove(nested, [CONV])) == {"Inner": (RELU,), "Outer": (TANH, "group_1")}
    assert members(edits.remove(nested, [CONV, RELU])) == {"Outer": (TANH,)}
    gone = edits.remove(nested, ["group_2"])
    assert (gone.groups, [block.id for block in gone.blocks]) == ((), ["input_1"])


def test_a_copy_has_the_groups_that_are_whole(nested: Graph) -> None:
    copied = edits.part(nested, [CONV, RELU])
    assert members(copied) == {"Inner": (CONV, RELU)}
    pasted, ids = edits.paste(groups.fold(nested, "group_1"), copied, (0, 0))
    assert pasted.group(ids["group_1"]).members == (ids[CONV], ids[RELU]) == ("conv2d_2", "relu_2")
    assert edits.part(nested, ["group_2"]).groups == nested.groups
    assert edits.part(nested, [CONV]).groups == ()


def test_a_new_block_belongs_where_it_stands(nested: Graph) -> None:
    new = edits.new_block(nested, ReLU())
    assert edits.append(nested, new, RELU).parent[new.id] == "group_1"
    assert edits.append(groups.fold(nested, "group_1"), new, RELU).parent[new.id] == "group_2"
    assert new.id not in edits.append(groups.fold(nested, "group_2"), new, RELU).parent
    assert edits.insert(nested, new, Wire(CONV, RELU)).parent[new.id] == "group_1"
    assert edits.insert(nested, new, Wire(RELU, TANH)).parent[new.id] == "group_2"
    assert new.id not in edits.insert(nested, new, Wire("input_1", CONV)).parent


def test_a_block_that_swaps_places_swaps_groups(nested: Graph) -> None:
    assert edits.move_in_chain(nested, RELU, 1).parent == {
        CONV: "group_1",
        TANH: "group_1",
        RELU: "group_2",
        "group_1": "group_2",
    }


def test_members_can_be_taken_out_and_put_in(nested: Graph) -> None:
    assert members(groups.join(nested, [CONV], None)) == {"Inner": (RELU,), "Outer": (TANH, "group_1")}
    assert members(groups.join(nested, ["input_1"], "group_1"))["Inner"] == (CONV, RELU, "input_1")
    with pytest.raises(DesignError, match="Inner can't be put into itself"):
        groups.join(nested, ["group_2"], "group_1")


def test_a_repeated_group_changes_only_into_one_that_can_be_repeated(graph: Graph) -> None:
    longer = edits.append(graph, edits.new_block(graph, ReLU()), TANH)
    stage = groups.set_repeat(groups.group(longer, [CONV, RELU], "Stage"), "group_1", 2)
    with pytest.raises(DesignError, match=r"Stage couldn't run 2 times any more: it has 2 inputs.*run once"):
        groups.regroup(stage, ["relu_2"], "group_1")
    with pytest.raises(DesignError, match="an end of the network"):
        groups.regroup(stage, ["input_1"], "group_1")
    whole = groups.regroup(stage, [TANH, "relu_2"], "group_1")
    assert len(expand(whole).copies["relu_2"]) == 2
    with pytest.raises(DesignError, match="2 inputs"):
        groups.regroup(whole, [TANH], None)
    assert members(groups.regroup(whole, ["relu_2", TANH], None)) == {"Stage": (CONV, RELU)}
    broken = groups.join(whole, [TANH], None)
    assert groups.regroup(broken, [RELU], None).parent == {CONV: "group_1", "relu_2": "group_1"}


def test_what_makes_no_group_is_refused(graph: Graph, nested: Graph) -> None:
    with pytest.raises(DesignError, match="nothing to group"):
        groups.group(graph, [])
    with pytest.raises(DesignError, match="Outer is a group already"):
        groups.group(nested, ["group_2"])
    for number in (0, 101, 10**9):
        with pytest.raises(DesignError, match="1 to 100 times"):
            groups.set_repeat(nested, "group_1", number)
    with pytest.raises(DesignError, match="no group"):
        groups.fold(graph, CONV)


def test_groups_are_nested_only_so_deep(graph: Graph) -> None:
    for number in range(MAX_NESTING):
        other = edits.new_block(graph, ReLU())
        graph = edits.add(graph, other)
        graph = groups.group(graph, [CONV, other.id] if not number else [f"group_{number}", other.id])
    other = edits.new_block(graph, ReLU())
    graph = edits.add(graph, other)
    with pytest.raises(DesignError, match="nested 20 deep"):
        groups.group(graph, [f"group_{MAX_NESTING}", other.id])


def test_a_group_is_renamed_like_a_block(nested: Graph) -> None:
    assert edits.rename(nested, "group_1", " Stage ").group("group_1").name == "Stage"
    with pytest.raises(DesignError, match="A group needs a name"):
        edits.rename(nested, "group_1", " ")


def test_folding_follows_blocks_that_only_move() -> None:
    graph = chain((1, 8, 8), *(ReLU() for _ in range(4)))
    graph = groups.fold(groups.group(graph, ["relu_1", "relu_2"]), "group_1")
    moved = edits.move(graph, {"relu_2": (-40.0, 80.0), "relu_4": (7.0, 7.0)})
    assert folding(graph).moved(moved) == folding(moved) != folding(graph)
