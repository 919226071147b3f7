"""The ends of a network: what they decide, what they refuse, and what class weights are good for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.compile import compile_graph
from core.errors import UsageError
from core.layers import Output
from core.layers.activation import Tanh
from core.layers.dense import Dense
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten
from core.maths.optim import SGD, Adam, OptimizerState
from core.training.evaluate import evaluate
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("executor")

PLAN = Plan(Adam(learning_rate=0.02), epochs=5, batch_size=16)


def test_one_number_tells_two_classes_apart() -> None:
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=1), BinaryClassification()))
    list(Session(program, shapes_to_tell_apart(200, classes=2), None, PLAN))
    test = shapes_to_tell_apart(60, classes=2, seed=1)
    found = evaluate(program, test)
    assert found.confusion is not None
    assert found.confusion.sum() == 60
    assert found.confusion.trace() / 60 == found.result.metrics["accuracy"] > 0.95


def test_answers_that_do_not_exclude_one_another() -> None:
    classes = shapes_to_tell_apart(200).targets
    targets = np.stack([classes > 0, classes == 1, classes < 2], axis=1).astype(np.float32)
    data = replace(shapes_to_tell_apart(200), targets=targets, classes=())
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), BinaryClassification()))
    list(Session(program, data, None, PLAN))
    found = evaluate(program, data)
    assert found.confusion is None
    assert found.result.metrics["accuracy"] > 0.95
    x, _ = data.batch(slice(0, 9))
    assert ((program.predict(x) > 0.5) == (targets[:9] > 0.5)).mean() > 0.9


@pytest.mark.parametrize(
    ("end", "target"),
    [
        (Classification(), [0, 1, 3]),
        (Classification(), [0, -1, 2]),
        (BinaryClassification(), np.full((3, 3), 1.5)),
    ],
)
def test_targets_that_do_not_fit_are_refused(end: Output, target: object) -> None:
    program = compile_graph(chain((2,), Dense(units=3), end))
    state = OptimizerState(SGD(), program.parameters.values)
    with pytest.raises(UsageError, match="outside 0 … "):
        program.train_step(np.ones((3, 2), np.float32), np.array(target), state)


@pytest.mark.parametrize("outlier", [-0.1, 1.1])
def test_pixels_that_are_no_probabilities_are_refused_with_the_remedy(outlier: float) -> None:
    program = compile_graph(chain((1, 3, 3), Tanh(), Reconstruction(loss_function="binary cross-entropy")))
    state = OptimizerState(SGD(), program.parameters.values)
    images = np.full((2, 1, 3, 3), 0.5, np.float32)
    program.train_step(images, images, state)
    images[1, 0, 2, 2] = outlier
    with pytest.raises(UsageError, match=r"from 0 to 1.*mean squared error"):
        program.train_step(images, images, state)


def test_a_reconstruction_of_logits_shows_and_measures_pixels() -> None:
    program = compile_graph(chain((1, 3, 3), Tanh(), Reconstruction(loss_function="binary cross-entropy")))
    x = np.linspace(0, 1, 18, dtype=np.float32).reshape(2, 1, 3, 3)
    pixels = 1 / (1 + np.exp(-np.tanh(x)))
    np.testing.assert_allclose(program.predict(x), pixels, rtol=1e-5)
    found = program.evaluate(x, x).metrics["mean_absolute_error"]
    assert found == pytest.approx(np.abs(pixels - x).mean(), rel=1e-5)


def test_a_weighted_class_is_found_more_often() -> None:
    """Of classes that can't be told apart, the one that counts more is guessed."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(300, 2)).astype(np.float32), (np.arange(300) % 3 == 0).astype(int)
    guesses = []
    for weights in ((), (1.0, 9.0)):
        program = compile_graph(chain((2,), Dense(units=2), Classification(class_weights=weights)))
        state = OptimizerState(SGD(learning_rate=0.1), program.parameters.values)
        for _ in range(60):
            program.train_step(x, labels, state)
        guesses.append(program.scores(x).argmax(axis=1).mean())
    assert guesses[0] < 0.1
    assert guesses[1] > 0.9


def test_balanced_classes_weigh_alike_together() -> None:
    counts = (60, 30, 5, 0)
    fitted = Classification(balanced=True).fitted(counts)
    assert fitted == Classification(class_weights=(95 / 180, 95 / 90, 95 / 15, 0.0))
    assert fitted.fitted((1, 1, 1, 1)) == fitted  # the data it was trained on count
    assert Classification().fitted(counts) == Classification()
    assert Classification(balanced=True, class_weights=(1.0, 2.0)).infer((4,)) == (4,)  # which don't count


def test_balanced_training_is_one_with_these_weights() -> None:
    some = shapes_to_tell_apart(90).take(np.flatnonzero(shapes_to_tell_apart(90).targets != 1)[:40])
    all_alike = shapes_to_tell_apart(30)
    data = replace(
        some,
        images=np.concatenate([some.images, all_alike.images]),
        targets=np.concatenate([some.targets, all_alike.targets]),
    )
    weights = tuple(70 / (3 * n) for n in data.counts())
    results = []
    for end in (Classification(balanced=True), Classification(class_weights=weights), Classification()):
        program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), end))
        list(Session(program, data, None, PLAN))
        results.append((program.parameters.values.tobytes(), evaluate(program, all_alike).result.loss))
    assert results[0] == results[1]
    assert results[0] != results[2]


def test_values_are_no_classes() -> None:
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=1), Regression()))
    assert evaluate(program, shapes_to_tell_apart(20)).confusion is None


@pytest.mark.parametrize(
    ("classes", "names"), [(2, ["accuracy"]), (5, ["accuracy"]), (6, ["accuracy", "top5"])]
)
def test_the_five_likeliest_are_looked_at_where_there_are_more(classes: int, names: list[str]) -> None:
    scores, labels = np.eye(classes, dtype=np.float32), np.arange(classes)
    assert list(Classification().measure(scores, labels)) == names
    assert list(Classification().measured((classes,))) == names


@pytest.mark.usefixtures("executor")
def test_balanced_classes_have_a_weight_each_where_the_data_have_fewer() -> None:
    data = shapes_to_tell_apart(30).take(np.flatnonzero(shapes_to_tell_apart(30).targets == 0))
    data = replace(data, classes=data.classes[:1])
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), Classification(balanced=True)))
    list(Session(program, data, None, PLAN))
    assert program.output_layer == Classification(class_weights=(1.0, 0.0, 0.0))
