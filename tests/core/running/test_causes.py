"""Numbers that are no longer finite: the message names the true cause, and the place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.errors import CoreError, DataError, LayerError, UsageError
from core.layers.dense import Dense
from core.layers.output import Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten
from core.maths.optim import OPTIMIZERS, SGD, Adam, OptimizerState
from core.running.program import Program
from core.schema.param import params_of
from core.training.evaluate import evaluate
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain

PLAN = Plan(optimizer=SGD(learning_rate=0.01), epochs=1, batch_size=10)
pytestmark = pytest.mark.usefixtures("executor")


def _data(scale: float = 1.0) -> Dataset:
    rng = np.random.default_rng(0)
    images = (scale * rng.random((60, 2, 3, 4))).astype(np.float32)
    return Dataset(images, rng.integers(0, 3, 60), ("a", "b", "c"))


def _program() -> Program:
    return compile_graph(chain((2, 3, 4), Flatten(), Dense(units=3), Classification()))


def _complaint(program: Program, data: Dataset, plan: Plan = PLAN) -> CoreError:
    with pytest.raises(CoreError) as caught:
        list(Session(program, data, None, plan))
    return caught.value


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "infinite"), (-np.inf, "infinite")])
@pytest.mark.parametrize("layout", ["C", "F"])
def test_a_sample_that_is_not_finite_is_named(value: float, word: str, layout: str) -> None:
    data, program = _data(), _program()
    data.images[37, 1, 2, 3] = value
    data = replace(data, images=np.asarray(data.images, order=layout))  # type: ignore[call-overload]
    before = program.parameters.save()
    error = _complaint(program, data)
    assert isinstance(error, DataError)
    assert error.problem.block == "input_1"
    assert "sample 37 of the data set" in error.problem.message
    assert word in error.problem.message
    assert "channel 1, row 2, column 3" in error.problem.message
    assert "learning rate" not in str(error)
    with pytest.raises(DataError, match="sample 37 of the data set"):
        evaluate(program, data)
    assert before.keys() == program.parameters.save().keys()


def test_the_feature_of_a_vector_is_named() -> None:
    program = compile_graph(chain((5,), Dense(units=1), Regression()))
    x = np.ones((4, 5), np.float32)
    x[2, 3] = np.nan
    with pytest.raises(DataError, match=r"sample 2 of the batch has NaN.*feature 3"):
        program.train_step(x, np.ones((4, 1)), OptimizerState(SGD(), program.parameters.values))


def test_of_an_autoencoder_too() -> None:
    program = compile_graph(chain((5,), Dense(units=5), Reconstruction(loss_function="binary cross-entropy")))
    x = np.ones((4, 5), np.float32)
    x[2, 3] = np.nan
    with pytest.raises(DataError, match=r"sample 2 of the batch has NaN.*feature 3"):
        program.train_step(x, x, OptimizerState(SGD(), program.parameters.values))


def test_a_rate_that_is_too_large_is_to_blame_for_what_comes_after_a_step() -> None:
    plan = replace(PLAN, optimizer=SGD(learning_rate=100.0, weight_decay=10.0), epochs=900)
    error = _complaint(_program(), _data(), plan)
    assert isinstance(error, LayerError)
    assert error.problem.parameter == "learning_rate"
    assert "Lower the learning rate" in error.problem.hint


def test_numbers_that_were_not_scaled_are_named() -> None:
    error = _complaint(_program(), _data(3e38))
    assert isinstance(error, LayerError)
    assert "in the optimiser's first step" in error.problem.message
    assert "numbers up to 2.98e38: scale them" in error.problem.hint
    assert error.problem.parameter is None


def test_after_a_step_either_may_be_to_blame() -> None:
    plan = replace(PLAN, optimizer=SGD(learning_rate=1.0), epochs=900)
    error = _complaint(_program(), _data(1e20), plan)
    assert "scale them, or lower the learning rate" in error.problem.hint


def test_what_was_learned_before_is_named() -> None:
    program = _program()
    program.parameters.blocks["dense_1"]["bias"][1] = np.nan
    error = _complaint(program, _data())
    assert error.problem.message == "Dense 1: its bias is no longer finite."
    assert "learning rate" not in str(error)


def test_no_optimiser_divides_by_zero() -> None:
    for kind in OPTIMIZERS:
        for declared in params_of(kind):
            if declared.name == "epsilon":
                assert declared.check(0.0) is not None
                assert declared.min is not None
                assert np.float32(declared.min) > 0
    with pytest.raises(UsageError, match="Epsilon: expected a number, 1e-15 to 1, got 0"):
        Plan(optimizer=Adam(epsilon=0.0))


def test_the_smallest_epsilon_is_large_enough_for_gradients_whose_squares_are_0() -> None:
    values = np.ones(3, np.float32)
    state = OptimizerState(Adam(epsilon=1e-15), values)
    for gradient in (0.0, 1e-24, 1e-45):
        state.update(values, np.full(3, gradient, np.float32))
    np.testing.assert_allclose(values, 1, atol=1e-3)
