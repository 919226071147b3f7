"""One program in several threads: right answers, and a sentence where two would train it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from sys import getswitchinterval, setswitchinterval

import numpy as np
import pytest

from core.compile import compile_graph
from core.errors import UsageError
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.arrays import Array
from core.maths.optim import SGD, OptimizerState
from core.running.program import Program
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

GRAPH = chain((1, 8, 8), Conv2D(filters=4), BatchNorm(), ReLU(), Flatten(), Dense(units=3), Classification())
DATA = shapes_to_tell_apart(400)
IMAGES, TARGETS = DATA.batch(np.arange(400))
EACH = 60


@pytest.fixture
def _often_interrupted() -> Iterator[None]:
    """The interpreter goes from thread to thread a thousand times as often as usual."""
    before = getswitchinterval()
    setswitchinterval(5e-6)
    yield
    setswitchinterval(before)


def _at_once(*works: Callable[[], int]) -> list[int]:
    """What pieces of work give that run in a thread each."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def _wrong_scores(program: Program, expected: Array, size: int) -> int:
    """How many of some batches of that size are answered wrongly."""
    starts = np.random.default_rng(size).integers(0, len(IMAGES) - size, EACH)
    found = [
        np.allclose(program.scores(IMAGES[i : i + size]), expected[i : i + size], atol=1e-5) for i in starts
    ]
    return found.count(False)


@pytest.mark.usefixtures("executor", "_often_interrupted")
@pytest.mark.parametrize("sizes", [(8, 9, 200), (1, 2, 3)], ids=["batches", "single images"])
def test_threads_share_a_program(sizes: tuple[int, ...]) -> None:
    program = compile_graph(GRAPH)
    expected = program.scores(IMAGES)

    def asking(size: int) -> Callable[[], int]:
        return lambda: _wrong_scores(program, expected, size)

    assert _at_once(*map(asking, sizes)) == [0] * len(sizes)


@pytest.mark.usefixtures("executor", "_often_interrupted")
def test_who_looks_does_not_disturb_who_trains() -> None:
    """The weights and running statistics are bit for bit those of a training by itself."""

    def train(program: Program) -> int:
        state = OptimizerState(SGD(learning_rate=0.05), program.parameters.values)
        for start in range(0, 390, 10):
            program.train_step(IMAGES[start : start + 10], TARGETS[start : start + 10], state)
        return 0

    alone, shared = compile_graph(GRAPH), compile_graph(GRAPH)
    train(alone)

    def look() -> int:
        for start in range(40):
            x, target = IMAGES[start : start + 20], TARGETS[start : start + 20]
            shared.scores(x)
            shared.inspect(x, target, ["conv2d_1"], ["conv2d_1"], start)
        return 0

    _at_once(lambda: train(shared), look)
    for name, array in alone.parameters.save().items():
        assert np.array_equal(array, shared.parameters.save()[name]), name


@pytest.mark.usefixtures("executor")
def test_two_threads_do_not_train_one_program() -> None:
    program, plan = compile_graph(GRAPH), Plan(epochs=1, batch_size=100)
    begun = Session(program, DATA, None, plan)  # before the other one trains
    events = iter(Session(program, DATA, None, plan))
    next(events), next(events)

    def train() -> int:
        with pytest.raises(UsageError, match="is being trained in another thread"):
            list(begun)
        with pytest.raises(UsageError, match="is being trained in another thread"):
            Session(program, DATA, None, plan)
        return 0

    _at_once(train)
    assert program.scores(IMAGES[:4]).shape == (4, 3), "who only looks may"
    list(events)
    assert len(_at_once(lambda: len(list(Session(program, DATA, None, plan))))) == 1, "one after the other"
