"""Predicting and looking, by names, with samples in every shape that people have them in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import cnngui
from cnngui import CoreError, Network
from core.data import Source
from core.design.graph import Group
from core.formats.project import ProjectFile
from core.project import Project


def test_probabilities_of_many_and_of_one(digits: Source, net: Network) -> None:
    x = digits.train.images[:7]
    found = net.predict(x)
    assert found.shape == (7, 10)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(net.predict(x[2]), found[2], atol=1e-5)


def test_bytes_are_scaled_as_in_a_data_set(digits: Source, net: Network) -> None:
    x = digits.train.images[:7]
    assert np.allclose(net.predict(x), net.predict((x / 255).tolist()), atol=1e-6)


def test_outputs_by_name_and_by_id(digits: Source, net: Network) -> None:
    x = digits.train.images[:3]
    found = net.outputs(x, ["Conv 1", "relu_1"])
    assert list(found) == ["Conv 1", "relu_1"]
    assert found["Conv 1"].shape == (3, 4, 12, 12)
    assert np.array_equal(np.maximum(found["Conv 1"], 0), found["relu_1"])
    assert np.array_equal(net.feature_maps(x[1], "Conv 1"), net.outputs(x[1], "Conv 1")["Conv 1"])
    assert tuple(net.outputs(x)) == net.names


def test_learned_arrays_by_name(net: Network) -> None:
    assert {name: array.shape for name, array in net.parameters("Conv 1").items()} == {
        "weight": (4, 1, 5, 5), "bias": (4,),
    }  # fmt: skip
    assert net.parameters("ReLU 1") == {}


def test_copies_of_a_repeated_group_have_names_of_their_own(digits: Source) -> None:
    made = Network(cnngui.Input(1, 28, 28), cnngui.Conv2D(1, padding=1), cnngui.Flatten(), cnngui.Dense(10))
    made.add(cnngui.Classification())
    graph = replace(made.design, groups=(Group("group_1", "Twice", ("conv2d_1",), repeat=2),))
    net = Network.of_file(ProjectFile(Project(graph)))
    assert net.outputs(digits.train.images[:2], ["Conv 1 (1)", "Conv 1 (2)"]).keys() == {
        "Conv 1 (1)",
        "Conv 1 (2)",
    }


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda net, x: net.outputs(x, ["nope"]),
            "There is no block 'nope'. There are 'Image 1', 'Conv 1', ",
        ),
        (lambda net, x: net.outputs(x, ["Conv1"]), "There is no block 'Conv1'. Did you mean 'Conv 1'"),
        (lambda net, x: net.feature_maps(x, "relu 1"), "Did you mean 'ReLU 1'"),
        (lambda net, x: net.parameters("Dnse 1"), "Did you mean 'Dense 1'"),
        (lambda net, x: net.block("Conv"), "Did you mean 'Conv 1'"),
    ],
)
def test_an_unknown_block_is_named_with_its_neighbours(
    digits: Source, net: Network, ask: Any, message: str
) -> None:
    with pytest.raises(CoreError) as caught:
        ask(net, digits.train.images[:1])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((5, 28, 28)), "and shape (5, 28, 28). It lacks the axis of the channel: x[:, None]."),
        (np.zeros((28, 28)), "One image is a batch of one channel, too: x[None, None]."),
        (np.zeros((5, 28, 28, 1)), "Its channels are last, and have to come first: x.transpose(0, 3, 1, 2)."),
        (np.zeros((28, 28, 1)), "and it lacks the number of samples: x.transpose(2, 0, 1)[None]."),
        (np.zeros((5, 784)), "are as many: x.reshape(-1, 1, 28, 28), if"),
        (
            np.zeros((5, 3, 28, 28)),
            "Image 1 takes samples of numbers (N, 1, 28, 28); the data has an array of float64 and shape",
        ),
        (np.zeros((0, 1, 28, 28)), "Give at least one sample."),
        (3, "and shape ()."),
        ([[1, 2], [3]], "The samples make no array: they aren't all of one shape."),
        ("image.png", "Expected numbers as samples, got <U9."),
        (np.full((1, 28, 28), np.nan), "The samples hold numbers that aren't finite."),
    ],
)
@pytest.mark.parametrize("ask", ["predict", "outputs"])
def test_samples_of_another_shape_are_refused_with_what_would_mend_them(
    net: Network, ask: str, x: Any, message: str
) -> None:
    with pytest.raises(CoreError) as caught:
        getattr(net, ask)(x)
    assert message in str(caught.value)
