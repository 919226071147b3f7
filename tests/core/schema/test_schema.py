"""Settings: reading what was typed, limits in words, unknown names."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import UsageError
from core.layers import LAYERS
from core.layers.convolution import Conv2D
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.schema.param import Param, param_of


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("filters", " 12 ", 12),
        ("kernel", "3", (3, 3)),
        ("kernel", "3x5", (3, 5)),
        ("kernel", "3 × 5", (3, 5)),
        ("kernel", "3, 5", (3, 5)),
        ("padding", "same", "same"),
        ("padding", "2", (2, 2, 2, 2)),
        ("padding", "1,0,2,3", (1, 0, 2, 3)),
        ("bias", "off", False),
        ("bias", "True", True),
        ("initialiser", "he", "he"),
    ],
)
def test_typed_values(name: str, text: str, value: Any) -> None:
    assert param_of(Conv2D, name).parse_text(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("filters", ""),
        ("filters", "1.5"),
        ("filters", "3x3"),
        ("filters", "0"),
        ("kernel", "3x3x3"),
        ("kernel", "32"),
        ("kernel", "x"),
        ("padding", "1,2"),
        ("padding", "full"),
        ("bias", "maybe"),
        ("initialiser", "HE"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_setting_s_label(name: str, text: str) -> None:
    declared = param_of(Conv2D, name)
    with pytest.raises(UsageError, match=declared.label) as caught:
        declared.parse_text(text)
    assert caught.value.problem.parameter == name


def test_several_numbers() -> None:
    weights = param_of(Classification, "class_weights")
    for text in ("1, 0.5 2", "1,0.5,2", " 1 0.5  2 "):
        assert weights.parse_text(text) == (1.0, 0.5, 2.0)
    assert weights.parse_text("") == ()
    assert weights.parse([1, 2]) == (1.0, 2.0)
    for text in ("1, -1", "1; 2", "nan", "1x2"):
        with pytest.raises(UsageError, match="Class weights"):
            weights.parse_text(text)
    assert weights.check(1.0) is not None
    assert weights.check((1.0, "2")) is not None


def test_numbers() -> None:
    epsilon = param_of(BatchNorm, "epsilon")
    assert epsilon.parse_text("1e-3") == 0.001
    assert epsilon.parse(1) == 1.0
    for text in ("nan", "inf", "-1", "1e400"):
        with pytest.raises(UsageError):
            epsilon.parse_text(text)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (param_of(Conv2D, "filters"), "1 to 4,096"),
        (param_of(Conv2D, "initialiser"), "pytorch, he or glorot"),
        (Param("mode", "choice", "a", "Mode", "", choices=("a", "b")), "a or b"),
        (Param("rate", "float", 0.1, "Rate", "", min=0.5), "at least 0.5"),
        (Param("rate", "float", 0.1, "Rate", "", max=1_000_000), "at most 1,000,000"),
        (Param("rate", "float", 0.1, "Rate", ""), ""),
    ],
)
def test_limits_in_words(p: Param, words: str) -> None:
    assert p.limits() == words


def test_an_unknown_setting_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'filter'.*filters, kernel"):
        param_of(Conv2D, "filter")


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no layer 'conv2'.*'conv2d'"):
        LAYERS["conv2"]
    with pytest.raises(UsageError, match=r"Known: .*conv2d, "):
        LAYERS["?"]


def test_a_long_value_is_shortened_in_the_message() -> None:
    reason = param_of(Conv2D, "filters").check("1" * 10_000)
    assert reason is not None
    assert len(reason) < 200
