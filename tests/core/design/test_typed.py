"""What people type, and what is meant."""

from __future__ import annotations

from typing import Any

import pytest

from core.design.typed import read
from core.layers import LAYERS


@pytest.mark.parametrize(
    ("text", "kind", "settings"),
    [
        (
            "conv 16 5x5 s2 same",
            "conv2d",
            {"filters": 16, "kernel": (5, 5), "stride": (2, 2), "padding": "same"},
        ),
        ("conv", "conv2d", {}),
        ("conv 2", "conv2d", {"filters": 2}),
        ("conv 2d 2", "conv2d", {"filters": 2}),
        ("conv 2d 6", "conv2d", {"filters": 6}),
        ("conv2d 8 3×5", "conv2d", {"filters": 8, "kernel": (3, 5)}),
        ("conv 32 k1 g4", "conv2d", {"filters": 32, "kernel": (1, 1), "groups": 4}),
        ("conv 32 bias=no", "conv2d", {"filters": 32, "bias": False}),
        ("dense 120", "dense", {"units": 120}),
        ("den 84", "dense", {"units": 84}),
        ("pool 2", "max_pool", {"kernel": (2, 2)}),
        ("max pool 3x3 s2", "max_pool", {"kernel": (3, 3), "stride": (2, 2)}),
        ("average pool", "average_pool", {}),
        ("global", "global_average_pool", {}),
        ("relu", "relu", {}),
        ("leaky 0.2", "leaky_relu", {"slope": 0.2}),
        ("dropout 0.25", "dropout", {"share": 0.25}),
        ("upsample 2 bilinear", "upsample", {"factor": (2, 2), "mode": "bilinear"}),
        ("input 3x32x32", "input", {"shape": (3, 32, 32)}),
        ("add", "add", {}),
        ("class", "classification", {}),
    ],
)
def test_the_likeliest_meaning_comes_first(text: str, kind: str, settings: dict[str, Any]) -> None:
    best = read(text)[0]
    assert best.layer == LAYERS[kind](**settings)
    assert best.problem == ""


def test_every_layer_is_found_by_its_title() -> None:
    for declared in LAYERS:
        assert type(read(declared.title)[0].layer) is declared


def test_nothing_typed_offers_everything() -> None:
    assert {type(typed.layer) for typed in read("")} == set(LAYERS)


def test_an_unknown_word_finds_nothing() -> None:
    assert read("xyzzy") == []


def test_what_is_not_understood_is_said() -> None:
    assert read("conv 16 quickly")[0].problem == "not understood: quickly"


def test_a_value_out_of_its_limits_is_said() -> None:
    assert "1 to 65536" in read("dense 0")[0].problem.replace(",", "")
