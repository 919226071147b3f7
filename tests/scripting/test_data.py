"""Data as people give them: names, paths, arrays and lists; and what is wrong with others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnngui
from cnngui import CoreError, Network
from core.data import Source
from core.data.digits import generate

X = np.zeros((6, 1, 28, 28), np.uint8)


def refusal(make: Any) -> str:
    with pytest.raises(CoreError) as caught:
        make()
    return str(caught.value)


def test_a_name_and_a_path() -> None:
    assert cnngui.data("digits").spec == "digits"
    np.savez("six.npz", x_train=X, y_train=np.arange(6))
    found = cnngui.data("six.npz")
    assert len(found.train) == 6
    assert found.spec == str(Path("six.npz").resolve())
    assert cnngui.data(Path("six.npz")).spec == found.spec
    assert "There is no data source 'seven.npz'." in refusal(lambda: cnngui.data("seven.npz"))


def test_arrays_become_data_sets() -> None:
    found = cnngui.data(X[:, 0], [0, 1, 2, 0, 1, 2], classes=["a", "b", "c"], test=(X, np.zeros(6, int)))
    assert found.train.images.shape == (6, 1, 28, 28)
    assert found.train.images.dtype == np.uint8
    assert found.train.classes == ("a", "b", "c")
    assert found.test is not None
    assert cnngui.data(X, np.zeros(6, int), classes=10).train.spec.classes == 10
    assert cnngui.data(X, np.zeros((6, 1), int)).train.targets.shape == (6,)
    assert cnngui.data(X.astype(float), np.zeros(6)).train.spec.classes == 0
    assert cnngui.data((X, [1, 0, 1, 0, 1, 0])).train.classes == ("0", "1")


def test_data_tell_about_themselves(digits: Source) -> None:
    assert repr(digits) == ("arrays: 400 samples of 1 × 28 × 28 to train on, 100 to test with, 10 classes")
    assert repr(cnngui.data(X, np.zeros((6, 2))).train) == "6 samples of 1 × 28 × 28, 2 values to predict"


@pytest.mark.parametrize(
    ("x", "y", "more", "message"),
    [
        (X, [0, 1], {}, "The data has 6 samples, but 2 targets."),
        (X, [0, 1, 2, 3, 4, -1], {}, "targets from −1 to 4. Number the classes from 0."),
        (X, [0, 1, 2, 3, 4, 5], {"classes": 3}, "The data has 3 classes, but targets from 0 to 5."),
        (X, [0.5] * 6, {"classes": 3}, "no class numbers. Give whole numbers (N,), from 0."),
        (X, ["a"] * 6, {}, "Expected numbers as targets, got <U1."),
        (X, None, {}, "The samples have no targets. Give both: data(x, y)."),
        ([[1, 2], [3]], [0, 1], {}, "The samples make no array: they aren't all of one shape."),
        ("digits", [0], {}, "Targets, classes and a test part are for arrays"),
        (np.full((2, 3), np.inf), [0, 1], {}, "numbers that aren't finite"),
        (5, [0], {}, "Expected an array (N, …) as samples, got a single number."),
        (X, 5, {}, "Expected an array (N, …) as targets, got a single number."),
        (X, [0] * 6, {"test": X}, "The test part: expected a pair of samples and targets, got"),
        (X, [0] * 6, {"test": (X[:2], [0.9, 1.7])}, "those of the test part (2,) of float64 are none."),
        (X, [0] * 6, {"test": (X[:2], [0.9, np.nan])}, "those of the test part (2,) of float64 are none."),
        (X, [0] * 6, {"test": (X[:2], np.eye(2, dtype=int))}, "those of the test part (2, 2) of int64"),
        (
            X.reshape(6, 784),
            [0] * 6,
            {"test": (X[:2, 0, 0], [0, 0])},
            "arrays: the test part has samples of 28 and 1 class; the training part has samples of 784 and 1 "
            "class.",
        ),
        (np.ma.array(X, mask=X == 0), [0] * 6, {}, "The samples are a masked array"),
        (X, np.ma.array([0] * 6, mask=[True] + [False] * 5), {}, "The targets are a masked array"),
        (X, [0] * 6, {"test": (X, np.ma.array([0] * 6, mask=True))}, "The targets of the test part are a ma"),
    ],
)
def test_what_does_not_fit_together_is_said(x: Any, y: Any, more: Any, message: str) -> None:
    assert message in refusal(lambda: cnngui.data(x, y, **more))


@pytest.mark.parametrize(
    "classes",
    [{"dog", "cat"}, {0: "cat", 1: "dog"}, 0, -3, True, 10**9, 2.0, "ab", ["a", "a"], [], ["a", ""], [0, 1]],
)
def test_classes_are_a_number_or_a_list_of_different_names(classes: Any) -> None:
    message = refusal(lambda: cnngui.data(X, [0, 1] * 3, classes=classes))
    assert message.startswith("Classes: expected how many there are, 1 to 10,000, or a list of different")


def test_classes_may_be_counted_and_named_by_numpy() -> None:
    classes: Any = np.int64(2)
    assert cnngui.data(X, [0, 1] * 3, classes=classes).train.classes == ("0", "1")
    classes = np.array(["cat", "dog"])
    assert cnngui.data(X, [0, 1] * 3, classes=classes).train.classes == ("cat", "dog")


def test_arrays_that_are_changed_later_do_not_change_what_was_given() -> None:
    x, y = np.ones((20, 5), np.float32), np.ones((20, 2))
    found = cnngui.data(x, y, test=(x, y))
    x[:], y[:] = 0, 0
    assert found.test is not None
    for part in (found.train, found.test):
        assert part.images.min() == part.targets.min() == 1


def test_values_that_are_one_hot_by_chance_may_be_judged_by_others() -> None:
    x = np.zeros((2, 3))
    assert cnngui.data(x, np.eye(2), test=(x, np.ones((2, 2)))).test is not None


def test_masked_samples_are_not_predicted() -> None:
    net = Network(cnngui.Input(5), cnngui.Dense(2), cnngui.Classification())
    masked: Any = np.ma.array(np.ones((2, 5)), mask=True)
    assert "The samples are a masked array" in refusal(lambda: net.predict(masked))
    assert "The samples are a masked array" in refusal(lambda: net.predict(list(masked)))
    assert net.predict(np.ma.array(np.ones((2, 5)), mask=False)).shape == (2, 2)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X, [0, 1, 2, 3, 4, 10], "The targets have the class number 10; the network tells 0 … 9 apart."),
        (X, [0, 1, 2, 3, 4, -1], "The targets have the class number -1;"),
        (X, np.eye(6, 10), "One-hot rows become class numbers by y.argmax(axis=1)."),
        (X, np.arange(6.0), "targets of float64 and shape (6,). Convert them with y.astype(int)."),
        (
            X,
            np.arange(6) / 2,
            "Give each sample the number of its class, or end with Regression.",
        ),
        (X, [[0], [1, 2]], "The targets make no array: they aren't all of one shape."),
        (X, None, "The samples have no targets. Give both, samples and targets: (x, y)."),
        (X, [0, 1], "The data has 6 samples, but 2 targets."),
        (5, [0, 1], "Expected an array (N, …) as samples, got a single number."),
        (X, 5, "Expected an array (N, …) as targets, got a single number."),
        (
            X.reshape(6, 28, 28, 1),
            [0] * 6,
            "Its channels are last, and have to come first: x.transpose(0, 3, 1, 2).",
        ),
        (X.reshape(6, 784), [0] * 6, "are as many: x.reshape(-1, 1, 28, 28), if"),
    ],
)
@pytest.mark.parametrize("use", ["fit", "evaluate"])
def test_arrays_that_are_not_for_the_network_are_refused(
    net: Network, use: str, x: Any, y: Any, message: str
) -> None:
    assert message in refusal(lambda: getattr(net, use)(x, y))
    assert net.history.losses == ()


def test_values_have_to_be_as_many_as_the_network_gives() -> None:
    net = Network(cnngui.Input(3), cnngui.Dense(2), cnngui.Regression())
    message = refusal(lambda: net.fit(np.zeros((5, 3)), np.zeros(5)))
    assert "takes targets (N, 2); the data has targets of float64 and shape (5,)." in message


def test_a_source_with_other_classes_is_refused(net: Network) -> None:
    assert "the data has 3 classes, the network gives 10 values" in refusal(
        lambda: net.fit(cnngui.data(X, [0, 1, 2, 0, 1, 2]))
    )


def test_yes_or_no_takes_class_numbers() -> None:
    net = Network(cnngui.Input(2), cnngui.Dense(1), cnngui.BinaryClassification())
    x = np.random.default_rng(0).normal(size=(80, 2))
    net.fit(x, (x[:, 0] > 0).astype(int), epochs=30, learning_rate=0.1, progress=False)
    assert net.evaluate().accuracy > 0.9
    assert "the network tells 0 … 1 apart" in refusal(lambda: net.fit(x, [2] * 80))


def test_nothing_to_learn_from_is_said(net: Network) -> None:
    assert refusal(net.fit).startswith("There are no data.")


def test_a_list_of_images_is_an_array(net: Network) -> None:
    images, labels = generate(40, seed=3)
    net.fit(list(images), list(labels), epochs=1, progress=False)
    assert len(net.history.epochs) == 1
