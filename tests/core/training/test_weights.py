"""Class weights: a mean over batches is that of all samples, and classes without samples weigh nothing."""

from __future__ import annotations

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.errors import DataError
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from core.running.program import Program
from core.training.evaluate import BATCH, evaluate
from core.training.events import EpochEnded, Stepped
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("executor")

WEIGHTS = (0.2, 1.0, 7.0)


def _program(end: Classification) -> Program:
    return compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), end))


def _torch_s_loss(program: Program, data: Dataset, weights: tuple[float, ...]) -> float:
    """Σ w·loss / Σ w over all samples at once, as torch.nn.CrossEntropyLoss(weight=weights)."""
    x, labels = data.batch(np.arange(len(data)))
    scores = program.scores(x).astype(np.float64)
    shifted = scores - scores.max(axis=1, keepdims=True)
    each = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(data)), labels]
    weight = np.array(weights)[labels]
    return float((weight * each).sum() / weight.sum())


def test_a_weighted_loss_does_not_depend_on_the_order() -> None:
    data = shapes_to_tell_apart(2 * BATCH + 88)
    program = _program(Classification(class_weights=WEIGHTS))
    expected = _torch_s_loss(program, data, WEIGHTS)
    orders = np.argsort(data.targets, kind="stable"), np.random.default_rng(0).permutation(len(data))
    for order in orders:
        assert evaluate(program, data.take(order)).result.loss == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_an_epoch_is_weighted_too() -> None:
    """With a learning rate of 0, it is that of the data."""
    data = shapes_to_tell_apart(75)
    program = _program(Classification(class_weights=WEIGHTS))
    expected = _torch_s_loss(program, data, WEIGHTS)
    plan = Plan(optimizer=SGD(learning_rate=0.0), epochs=1, batch_size=8)
    session = Session(program, data, data, plan)
    first = next(event for event in session if isinstance(event, Stepped))
    resumed = Session(program, data, data, plan, session.checkpoint())
    assert 0 < first.result.weight != first.result.samples
    (epoch,) = [event for event in resumed if isinstance(event, EpochEnded)]
    assert epoch.validation is not None
    assert (epoch.train.samples, epoch.validation.samples) == (75, 75)
    assert epoch.train.loss == pytest.approx(expected, rel=1e-5)
    assert epoch.validation.loss == pytest.approx(expected, rel=1e-5)


def test_a_class_without_samples_is_not_learned() -> None:
    data = shapes_to_tell_apart(240)
    data = data.take(np.flatnonzero(data.targets != 1))
    program = _program(Classification(balanced=True, label_smoothing=0.2))
    list(Session(program, data, None, Plan(epochs=10, batch_size=16)))
    assert evaluate(program, data).result.metrics["accuracy"] > 0.95
    x, _ = data.batch(slice(None))
    assert program.predict(x)[:, 1].max() < 0.2


def test_samples_that_weigh_nothing_teach_nothing() -> None:
    program = _program(Classification(class_weights=(1.0, 0.0, 1.0), label_smoothing=0.1))
    state = OptimizerState(SGD(learning_rate=1.0), program.parameters.values)
    data = shapes_to_tell_apart(60)
    ones = data.take(np.flatnonzero(data.targets == 1))
    x, labels = ones.batch(slice(0, 9))
    before = program.parameters.values.copy()
    found = program.train_step(x, labels, state)
    assert (found.loss, found.weight, found.samples) == (0.0, 0.0, 9)
    np.testing.assert_array_equal(program.parameters.values, before)


def test_weights_that_are_all_0_are_refused() -> None:
    with pytest.raises(Exception, match="No class has a weight above 0"):
        _program(Classification(class_weights=(0.0, 0.0, 0.0)))


@pytest.mark.parametrize(
    ("end", "train", "validation", "said"),
    [
        (Classification(class_weights=(0, 0, 1)), (0, 1), (2,), "no sample of the training data counts"),
        (Classification(class_weights=(1, 1, 0)), (0, 2), (2,), "no sample of the validation data counts"),
        (Classification(balanced=True), (0, 1), (2,), "no sample of the validation data counts"),
    ],
)
def test_a_part_in_which_no_sample_counts_is_said_at_once(
    end: Classification, train: tuple[int, ...], validation: tuple[int, ...], said: str
) -> None:
    """Its loss would be 0, or no number."""
    program = _program(end)
    with pytest.raises(DataError, match=said) as caught:
        Session(program, _of_classes(train), _of_classes(validation), Plan())
    assert caught.value.problem.block == "classification_1"


def test_so_it_is_where_a_network_is_judged() -> None:
    program = _program(Classification(class_weights=(1, 1, 0)))
    with pytest.raises(DataError, match="Classification 1: no sample of the data counts, as all are of"):
        evaluate(program, _of_classes((2,)))
    assert np.isfinite(evaluate(program, _of_classes((1, 2))).result.loss)


def _of_classes(classes: tuple[int, ...]) -> Dataset:
    data = shapes_to_tell_apart(60)
    return data.take(np.flatnonzero(np.isin(data.targets, classes)))
