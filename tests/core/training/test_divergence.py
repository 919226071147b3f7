"""A training that diverges is found in the step that makes it so, and goes back to where it was sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset, split
from core.errors import DivergedError
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.output import Classification, Regression
from core.layers.reshape import Flatten
from core.maths.optim import OPTIMIZERS, SGD, Adam, Optimizer, OptimizerState
from core.running.program import Program, Result
from core.training.divergence import FACTOR, STEPS, WAYS, Watch
from core.training.events import EpochEnded
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("executor")
DATA = shapes_to_tell_apart(96)
PLAN = Plan(optimizer=SGD(learning_rate=0.01), epochs=4, batch_size=16, validation=0.0)


def _program(seed: int = 0) -> Program:
    layers = (Flatten(), Dense(units=16), ReLU(), Dense(units=3), Classification())
    return compile_graph(chain((1, 8, 8), *layers), seed=seed)


def _unbounded(kind: type[Optimizer], **settings: float) -> Optimizer:
    """An optimiser with settings that no plan may have."""
    made = kind()
    for name, value in settings.items():
        object.__setattr__(made, name, value)
    return made


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_weights_that_an_update_breaks_are_found_in_that_step(kind: type[Optimizer]) -> None:
    program = _program()
    x, y = DATA.images[:16].astype(np.float32), DATA.targets[:16]
    state = OptimizerState(_unbounded(kind, learning_rate=np.inf), program.parameters.values)
    with pytest.raises(DivergedError, match="Dense 1: its weight is no longer finite"):
        program.train_step(x, y, state)


def test_an_epsilon_of_0_is_found_in_its_first_step() -> None:
    program = _program()
    x = np.zeros((16, 1, 8, 8), np.float32)  # the first weights have no gradient: 0 / 0
    state = OptimizerState(_unbounded(Adam, epsilon=0.0), program.parameters.values)
    with pytest.raises(DivergedError, match="Dense 1: its weight"):
        program.train_step(x, DATA.targets[:16], state)


def test_a_buffer_that_an_update_breaks_is_found_too() -> None:
    program = compile_graph(chain((4,), Dense(units=1), Regression()))
    x, y = np.full((8, 4), 1e12, np.float32), np.full(8, 1e9)
    state = OptimizerState(Adam(), program.parameters.values)
    with pytest.raises(DivergedError, match="the optimiser's square of its"):
        program.train_step(x, y, state)


def test_a_loss_that_explodes_and_stays_finite_is_found() -> None:
    bad = SGD(learning_rate=100.0, weight_decay=0.5)
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), Classification()))
    session = Session(program, DATA, None, replace(PLAN, optimizer=bad, epochs=50))
    with pytest.raises(DivergedError, match=r"the loss has risen to .*where 1\.1\d* is that of") as caught:
        list(session)
    assert caught.value.problem.parameter == "learning_rate"
    assert caught.value.problem.block == "classification_1"


def test_spikes_are_none_nor_is_what_an_untrained_network_loses() -> None:
    watch = Watch(_program(), DATA)
    watch.see(50.0)  # of a network that begins badly
    assert watch.expected == 50.0
    for _ in range(5):
        for loss in [1e30] * (STEPS - 1) + [49.0]:
            watch.see(loss)
    for loss in [FACTOR * 50] * 3 * STEPS:
        watch.see(loss)
    for train, validation, sound in (
        (50, None, True),
        (51, None, False),
        (50, 1500, True),
        (50, 1501, False),
    ):
        results = [None if loss is None else Result(loss, {}, 1, 1.0) for loss in (train, validation)]
        assert results[0] is not None
        assert watch.is_sound(EpochEnded(1, 1, 1.0, results[0], results[1], best=False)) is sound
    with pytest.raises(DivergedError):
        for loss in [1.01 * FACTOR * 50] * STEPS:
            watch.see(loss)


@pytest.mark.parametrize("targets", ["large", "far from 0", "heavy tails", "rarely not 0"])
@pytest.mark.parametrize("rate", [0.001, 0.1])
def test_honest_trainings_on_values_are_none(targets: str, rate: float) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(320, 8)).astype(np.float32)
    found = {
        "large": 1e6 * x[:, 0],
        "far from 0": 1e5 + x[:, 0],
        "heavy tails": rng.standard_cauchy(320),
        "rarely not 0": np.where(rng.random(320) < 0.01, 1e4, 0.0),
    }[targets]
    program = compile_graph(chain((8,), Dense(units=16), ReLU(), Dense(units=1), Regression()))
    plan = Plan(optimizer=Adam(learning_rate=rate), epochs=20, batch_size=16)
    train, validation = split(Dataset(x, found.astype(np.float32), ()), 0.1, 0)
    list(Session(program, train, validation, plan))


def _diverged(program: Program, epochs: int) -> Session:
    """A session that diverges after some sound epochs."""
    session = Session(program, DATA, None, PLAN)
    steps = epochs * len(DATA) // PLAN.batch_size
    with pytest.raises(DivergedError):
        for _ in session:
            if session.step == steps + 2:  # in the midst of an epoch
                session.plan = replace(PLAN, optimizer=SGD(learning_rate=100.0, weight_decay=10.0), epochs=60)
    return session


@pytest.mark.parametrize("epochs", [0, 2])
def test_it_is_then_as_it_was_after_the_last_sound_epoch(epochs: int) -> None:
    program, other = _program(), _program()
    session = _diverged(program, epochs)
    if epochs:
        sound = Session(other, DATA, None, replace(PLAN, epochs=epochs))
        list(sound)
        known = sound.checkpoint()
    else:
        known = Session(other, DATA, None, PLAN).checkpoint()
    found = session.checkpoint()
    assert (found.epoch, found.position, found.steps, found.optimizer_step) == (
        epochs,
        0,
        known.steps,
        known.optimizer_step,
    )
    assert found.losses == known.losses
    assert found.history == tuple(
        replace(e, seconds=f.seconds) for e, f in zip(known.history, found.history, strict=True)
    )
    for name, array in known.weights.items():
        np.testing.assert_array_equal(found.weights[name], array)
        np.testing.assert_array_equal(program.parameters.save()[name], array)


@pytest.mark.parametrize("way", WAYS)
def test_it_goes_on_from_there_with_another_plan(way: str) -> None:
    session = _diverged(_program(), 2)
    session.plan, text = WAYS[way](PLAN)
    assert text in (
        "a tenth of the learning rate (0.001)",
        "gradients clipped to length 1",
    )
    list(session)
    found = session.checkpoint()
    assert (found.epoch, found.steps) == (4, 24)
    again = Session(_program(1), DATA, None, session.plan, _diverged(_program(), 2).checkpoint())
    list(again)
    for name, array in found.weights.items():
        np.testing.assert_array_equal(again.checkpoint().weights[name], array)


def test_a_tenth_and_a_tenth_of_it() -> None:
    plan = Plan(optimizer=Adam(learning_rate=0.003))
    assert WAYS["retry"](WAYS["retry"](plan).plan).plan.optimizer == Adam(learning_rate=0.00003)
    assert WAYS["clip"](WAYS["clip"](plan).plan).plan.clip_norm == 0.1
