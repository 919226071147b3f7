"""Building a network: chains, branches, names, and what is refused at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cnngui
from cnngui import Conv2D, CoreError, Dense, Flatten, Input, Network, ReLU
from core.layers import LAYERS
from core.layers.convolution import Conv2D as Declared

IMAGE = Input(1, 28, 28)


def test_layers_become_a_chain() -> None:
    net = Network(IMAGE, Conv2D(8, kernel=3), ReLU(), Conv2D(4))
    assert net.names == ("Image 1", "Conv 1", "ReLU 1", "Conv 2")
    assert [(w.source, w.target) for w in net.design.wires] == [
        ("input_1", "conv2d_1"), ("conv2d_1", "relu_1"), ("relu_1", "conv2d_2"),
    ]  # fmt: skip
    assert net.block("Conv 1").layer == Declared(filters=8)


def test_blocks_get_names() -> None:
    net = Network(IMAGE, ("Stem", Conv2D(8)), Conv2D(4))
    assert net.names == ("Image 1", "Stem", "Conv 2")
    assert net.add(Flatten(), name="Flat") == "Flat"
    assert net.add(("Head", Dense(10))) == "Head"
    assert net.block("Head").id == "dense_1"


def test_a_branch_begins_behind_a_named_block_and_is_joined_in_order() -> None:
    net = Network(IMAGE, Conv2D(8, padding="same"))
    left = net.add(Conv2D(8, 1), after="Conv 1", name="Left")
    right = net.add(ReLU(), Conv2D(16, padding=1), after="conv2d_1")
    last = net.add(cnngui.Concatenate(), after=[right, left])
    assert (left, right, last) == ("Left", "Conv 3", "Concat 1")
    wires = net.design.incoming("concatenate_1")
    assert [net.design[wire.source].name for wire in wires] == ["Conv 3", "Left"]
    assert net.add(ReLU()) == "ReLU 2"
    assert [w.source for w in net.design.incoming("relu_2")] == ["concatenate_1"]


def test_names_stay_unique_where_one_was_given_that_would_have_come() -> None:
    net = Network(IMAGE, ("Conv 2", Conv2D(8)), Conv2D(4))
    assert len(set(net.names)) == 3
    assert "Conv 2" in net.names


def test_a_name_comes_before_the_id_of_another_block() -> None:
    net = Network(IMAGE, ("relu_2", ReLU()), ("Other", ReLU()))
    assert [block.id for block in net.design.blocks] == ["input_1", "relu_1", "relu_2"]
    assert net.block("relu_2").id == "relu_1"
    assert net.block("Other").id == "relu_2"


def test_the_design_is_laid_out() -> None:
    net = Network(IMAGE, Conv2D(8, padding="same"))
    net.add(cnngui.Add(), after=[net.add(Conv2D(8, 1), after="Conv 1"), "Conv 1"])
    places = [block.position for block in net.design.blocks]
    assert len(set(places)) == len(places)
    assert net.design is net.design


def test_what_is_added_to_a_design_leaves_its_places() -> None:
    net = cnngui.load("lenet5")
    before = {block.id: block.position for block in net.design.blocks}
    net.add(ReLU(), after=net.names[0])
    after = {block.id: block.position for block in net.design.blocks}
    assert {name: after[name] for name in before} == before
    [new] = after.keys() - before.keys()
    assert after[new] not in before.values()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Network(Conv2D(8)),
            "Conv 2D has no block before it. Begin the network with the shape of its",
        ),
        (
            lambda: Network(IMAGE, any_(Conv2D)),
            "Expected a layer, got the class Conv2D. Write Conv2D(), with",
        ),
        (
            lambda: Network(IMAGE, any_("conv")),
            "Expected a layer, got 'conv'. Give layers, or pairs of a name",
        ),
        (
            lambda: Network(IMAGE, Flatten(), Conv2D(8)),
            "Conv 1: expected an image (channels × height × width), got a vector",
        ),
        (lambda: Network(Input(1, 4, 4), Conv2D(8, 9)), "Conv 1: the window of 9 × 9 is larger"),
        (lambda: Network(IMAGE, IMAGE), "second Input"),
        (lambda: Network(IMAGE, ("Stem", ReLU()), ("Stem", ReLU())), "There is a block 'Stem' already."),
        (
            lambda: Network(IMAGE, cnngui.Add()),
            "Add joins at least two blocks, got 1. Name the blocks that it",
        ),
        (
            lambda: Network(IMAGE).add(ReLU(), after="Conv 1"),
            "There is no block 'Conv 1'. There is 'Image 1'.",
        ),
        (lambda: Network(IMAGE, Conv2D(8)).add(ReLU(), after="conv1"), "Did you mean 'Conv 1'"),
        (lambda: Network(IMAGE, Conv2D(8)).add(ReLU(), after="Conf 1"), "Did you mean 'Conv 1'?"),
        (lambda: Network(IMAGE).add(ReLU(), after=["Image 1", "Image 1"]), "ReLU takes one input, got 2."),
        (lambda: Network(IMAGE).add(ReLU(), ReLU(), name="Two"), "One name was given for 2 layers."),
        (
            lambda: Network(IMAGE).add(("x", ReLU()), name="y"),
            "Two names were given for one layer: 'x' and 'y'.",
        ),
        (lambda: Network(IMAGE).add(ReLU(), name=""), "Expected the name of a block, got ''."),
        (lambda: Network(IMAGE, (" ", ReLU())), "Expected the name of a block, got ' '."),
        (lambda: Network(IMAGE).add(ReLU(), name=any_(5)), "Expected the name of a block, got 5."),
        (lambda: Network(IMAGE, ("Stem", ReLU()), (" Stem ", ReLU())), "There is a block 'Stem' already."),
        (
            lambda: Network(Input(10), cnngui.Classification(), ReLU()),
            "Classification 1 ends the network: it has no output.",
        ),
    ],
)
def test_what_can_not_be_is_refused_at_once(make: Callable[[], object], message: str) -> None:
    with pytest.raises(CoreError) as caught:
        make()
    assert message in str(caught.value)


def any_(value: object) -> Any:
    return value


def test_a_refused_layer_leaves_the_network_as_it_was() -> None:
    net = Network(IMAGE, Conv2D(8))
    before = net.design
    with pytest.raises(CoreError):
        net.add(Flatten(), Conv2D(4))
    assert net.design is before
    assert net.add(ReLU()) == "ReLU 1"


@pytest.mark.parametrize("declared", list(LAYERS))
def test_every_layer_is_there(declared: type[Any]) -> None:
    assert type(getattr(cnngui, declared.__name__)()) is declared


def test_the_table_shows_name_layer_shape_and_parameters() -> None:
    net = Network(Input(3, 8, 8), ("Stem", Conv2D(4, 3)), Flatten(), Dense(2), cnngui.Classification())
    title, head, *rows = repr(net).splitlines()
    assert title == "Network of 5 blocks, 402 parameters, untrained"
    assert head.split() == ["Block", "Layer", "Settings", "Output", "Parameters"]
    assert rows[1].split("  ")[0] == "Stem"
    assert rows[1].split()[-6:] == ["4", "×", "6", "×", "6", "112"]
    assert "Conv2D" in rows[1]
    assert [row.split()[-1] for row in rows] == ["0", "112", "0", "290", "0"]


def test_the_table_of_branches_says_what_each_block_follows() -> None:
    net = Network(IMAGE, Conv2D(8, padding="same"))
    net.add(cnngui.Add(), after=[net.add(Conv2D(8, 1), after="Conv 1"), "Conv 1"])
    _, head, *rows = repr(net).splitlines()
    assert "After" in head
    assert "Conv 2, Conv 1" in rows[3]


def doubtful() -> Network:
    net = Network(Input(5), Dense(5), cnngui.BatchNorm(), Dense(2), cnngui.Softmax(), cnngui.Classification())
    net.plan = cnngui.Plan(batch_size=1, epochs=1)
    return net


DOUBTS = ("with one sample a step", "applies softmax itself")


def test_the_table_says_what_is_hardly_meant() -> None:
    for shown in (repr(doubtful()), doubtful()._repr_html_()):
        assert all(doubt in shown for doubt in DOUBTS)
    assert "goes nowhere" not in repr(Network(IMAGE, Flatten()))  # it isn't done yet


def test_what_is_hardly_meant_is_said_once_when_it_is_trained() -> None:
    net, x = doubtful(), np.random.default_rng(0).normal(size=(20, 5))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net.fit(x, [0, 1] * 10, progress=False)
        net.fit(epochs=1, progress=False)
    assert [doubt for one in caught for doubt in DOUBTS if doubt in str(one.message)] == list(DOUBTS)
    assert len(caught) == 2
    assert {one.filename for one in caught} == {__file__}


def test_a_notebook_gets_the_same_as_html() -> None:
    net = Network(IMAGE, ("<Stem>", Conv2D(4)))
    shown = net._repr_html_()
    assert "<td>&lt;Stem&gt;</td><td>Conv2D</td>" in shown
    assert "The network has no output block." in shown


def test_an_empty_network_can_be_shown() -> None:
    assert repr(Network()) == "Network of 0 blocks, 0 parameters, untrained"
