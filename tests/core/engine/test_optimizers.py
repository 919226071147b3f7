"""The optimisers' operations alone: any number of threads, sizes that fill no vector, clipped gradients."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.engine.machine.arena import Arena, Fixed
from core.engine.machine.team import Team
from core.engine.operations.optimizers import CheckRow, Updater, check_gradients
from core.maths.optim import SGD, Adam, AdamW, Clipping, Optimizer, OptimizerState, RMSprop

Floats = NDArray[np.float32]

OPTIMIZERS = [
    SGD(momentum=0.0),
    SGD(nesterov=True, weight_decay=0.1),
    RMSprop(weight_decay=0.1),
    Adam(weight_decay=0.1),
    AdamW(),
]
CLIPPINGS = [Clipping(), Clipping(value=0.5), Clipping(norm=0.5), Clipping(0.5, 1.0), Clipping(9.0, 1e6)]


def _steps(
    optimizer: Optimizer, clipping: Clipping, gradients: list[Floats], threads: int, loss: float = 1.0
) -> tuple[Floats, OptimizerState]:
    """The values and the state after a step on the engine for each gradient."""
    size = len(gradients[0])
    values = np.linspace(-1, 1, size, dtype=np.float32)
    current, found, limits = np.zeros(size, np.float32), np.zeros((threads, 2), np.float32), np.zeros(2, "f4")
    losses = Fixed(np.full(3, loss, np.float32))
    check = CheckRow(Fixed(current), losses, Fixed(found), Fixed(limits), size)
    state = OptimizerState(optimizer, values, clipping)
    updater = Updater(state, values, check)
    arena = Arena([(check_gradients, check), updater.row])
    team = Team(threads)
    limits[:] = clipping
    for gradient in gradients:
        current[:] = gradient
        updater.prepare(state)
        team.run(arena.table, 1, 3)
        state.step += 1
    team.close()
    return values, state


def _gradients(size: int) -> list[Floats]:
    rng = np.random.default_rng(size)
    return [rng.standard_normal(size).astype(np.float32) for _ in range(4)]


@pytest.mark.parametrize("clipping", CLIPPINGS, ids=str)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_steps_are_the_references(optimizer: Optimizer, clipping: Clipping) -> None:
    for size, threads in ((1, 1), (7, 3), (501, 2), (10_007, 3)):
        gradients = _gradients(size)
        found, state = _steps(optimizer, clipping, gradients, threads)
        values = np.linspace(-1, 1, size, dtype=np.float32).astype(np.float64)
        reference = OptimizerState(optimizer, values, clipping)
        for gradient in gradients:
            reference.update(values, gradient.astype(np.float64))
        np.testing.assert_allclose(found, values, atol=2e-6)
        for name, slot in reference.slots.items():
            np.testing.assert_allclose(state.slots[name], slot, rtol=1e-4, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_same_number_of_threads_gives_the_same_bits(threads: int) -> None:
    first, again = (_steps(Adam(), Clipping(0.9, 0.3), _gradients(10_007), threads)[0] for _ in range(2))
    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize("place", [0, 250, 500])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_changes_nothing_even_if_it_would_be_clipped(
    bad: float, place: int
) -> None:
    gradient = np.zeros(501, np.float32)
    gradient[place] = bad
    values, state = _steps(SGD(), Clipping(1.0, 1.0), [gradient], 2)
    np.testing.assert_array_equal(values, np.linspace(-1, 1, 501, dtype=np.float32))
    assert not state.slots["velocity"].any()


def test_a_loss_that_is_not_finite_changes_nothing() -> None:
    values, _ = _steps(SGD(), Clipping(), [np.ones(20, np.float32)], 2, loss=np.inf)
    np.testing.assert_array_equal(values, np.linspace(-1, 1, 20, dtype=np.float32))
