"""Values of wrong types, given wherever a script can give one: what can't be meant is a CoreError."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cnngui
from cnngui import CoreError, Network

X = np.random.default_rng(0).random((40, 5)).astype(np.float32)
Y = np.arange(40) % 3


def made() -> Network:
    return Network(cnngui.Input(5), cnngui.Dense(3), cnngui.Classification())


def planned(plan: Any) -> None:
    net = made()
    net.plan = plan
    net.fit(X, Y, epochs=1, progress=False)


def values() -> list[Any]:
    return [
        None,
        5,
        -1,
        2.5,
        True,
        1j,
        1e300,
        float("nan"),
        10**400,
        np.int64(2),
        "nope",
        "",
        " ",
        b"x",
        "a\0b.cnn",
        "~nobody/x.cnn",
        "x" * 5000 + ".cnn",
        [],
        ["a"],
        [["a"]],
        {},
        {"a": 1},
        {"A", "B"},
        (),
        ("a",),
        ("a", "b"),
        ("a", "b", "c"),
        object(),
        cnngui.ReLU,
        cnngui.ReLU(),
        len,
        type,
        np.zeros(3),
        np.zeros((0, 5)),
        np.array(5),
        np.array(["a"]),
        np.array([None]),
        np.ma.array([1, 2], mask=True),
        range(3),
        iter([1]),
        (i for i in [1]),
        made(),
        made().block("Dense 1"),
        cnngui.Plan(),
        cnngui.SGD(),
        cnngui.data(X, Y),
        cnngui.data(X, Y).train,
    ]


CALLS: dict[str, Callable[[Any], object]] = {
    "a layer": lambda it: Network(cnngui.Input(5), it),
    "a first layer": Network,
    "a plan": lambda it: Network(cnngui.Input(5), plan=it),
    "a plan that is set": planned,
    "after": lambda it: made().add(cnngui.ReLU(), after=it),
    "a name": lambda it: Network(cnngui.Input(5)).add(cnngui.ReLU(), name=it),
    "a name of a pair": lambda it: Network(cnngui.Input(5)).add((it, cnngui.ReLU())),
    "a block": lambda it: made().block(it),
    "fit, data": lambda it: made().fit(it, epochs=1, progress=False),
    "fit, samples": lambda it: made().fit(it, Y, epochs=1, progress=False),
    "fit, targets": lambda it: made().fit(X, it, epochs=1, progress=False),
    "fit, progress": lambda it: made().fit(X, Y, epochs=1, progress=it),
    "evaluate, progress": lambda it: made().evaluate(X, Y, progress=it),
    "evaluate, data": lambda it: made().evaluate(it, progress=False),
    "evaluate, targets": lambda it: made().evaluate(X, it, progress=False),
    "predict": lambda it: made().predict(it),
    "outputs, samples": lambda it: made().outputs(it),
    "outputs, blocks": lambda it: made().outputs(X, it),
    "feature_maps": lambda it: made().feature_maps(X, it),
    "parameters": lambda it: made().parameters(it),
    "save": lambda it: made().save(it),
    "load": cnngui.load,
    "load, data": lambda it: cnngui.load("lenet5", it),
    "data": cnngui.data,
    "data, samples": lambda it: cnngui.data(it, Y),
    "data, targets": lambda it: cnngui.data(X, it),
    "data, classes": lambda it: cnngui.data(X, Y, classes=it),
    "data, test": lambda it: cnngui.data(X, Y, test=it),
    "data, samples of the test part": lambda it: cnngui.data(X, Y, test=(it, Y)),
    "data, targets of the test part": lambda it: cnngui.data(X, Y, test=(X, it)),
}
SETTINGS = (
    "learning_rate",
    "optimizer",
    "schedule",
    "batch_size",
    "validation",
    "seed",
    "keep_best",
    "warmup",
    "other",
)


def check(call: Callable[[Any], object]) -> None:
    """Calls with each value: it does what is meant, or says what isn't."""
    for value in values():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a batch of one, say, which is hardly meant
                call(value)
        except CoreError as error:
            assert error.problem.message.endswith("."), error
            assert not any(inside in str(error) for inside in ("DataSpec(", "Traceback", "NoneType")), error


@pytest.mark.parametrize("name", CALLS)
def test_a_value_of_a_wrong_type_is_refused_in_a_sentence(name: str) -> None:
    check(CALLS[name])


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_of_a_wrong_type_is_refused_in_a_sentence(name: str) -> None:
    check(lambda it: made().fit(X, Y, epochs=1, progress=False, **{name: it}))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("a plan that is set", "Expected a plan, got 'x'. Give one such as Plan(epochs=3)."),
        ("a plan", "Expected a plan, got 'x'."),
        ("save", "x: expected a name that ends in .cnn or .json."),
        ("fit, progress", "progress: expected True or False, got 'x'. Leave it out for True."),
    ],
)
def test_what_was_expected_is_said(call: str, message: str) -> None:
    with pytest.raises(CoreError) as caught:
        CALLS[call]("x")
    assert message in str(caught.value)


def test_a_block_or_a_set_does_not_stand_for_names() -> None:
    net = made()
    for after, message in (
        (net.block("Dense 1"), "got the block 'Dense 1' itself. Give its name: 'Dense 1'."),
        ({"Dense 1", "Image 1"}, "Expected the names of blocks in a list, got {'Dense 1', 'Image 1'}."),
        (0, "Expected the names of blocks in a list, got 0."),
    ):
        given: Any = after
        with pytest.raises(CoreError) as caught:
            net.add(cnngui.Concatenate(), after=given)
        assert message in str(caught.value)
    assert net.names == ("Image 1", "Dense 1", "Classification 1")
    assert net.outputs(X, {"Dense 1", "dense_1"}).keys() == {"Dense 1", "dense_1"}
