"""A batch that is too large for the memory is refused in plain words, with one that isn't."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.errors import DesignError, UsageError
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import Adam, OptimizerState
from core.native import memory
from core.running.program import Program
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

ROOM = 64 * 2**20
EACH = 4 * (64 + 2 * 64 * 64 + 4096 + 2 * 3)
"""Bytes that the blocks give out for a sample."""


@pytest.fixture
def little_memory(executor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("core.running.reference", "core.running.memory"):
        monkeypatch.setattr(f"{place}.physical_memory", lambda: ROOM)
    monkeypatch.setattr(memory, "available_memory", lambda: ROOM)


def _program() -> Program:
    layers = (Conv2D(filters=64, padding="same"), BatchNorm(), Flatten(), Dense(units=3), Classification())
    return compile_graph(chain((1, 8, 8), *layers))


@pytest.mark.usefixtures("little_memory")
def test_a_run_says_what_its_batch_needs_and_which_would_do() -> None:
    images = np.repeat(shapes_to_tell_apart(40).images, 100, axis=0)
    data = Dataset(images, np.arange(len(images)) % 3, ("0", "1", "2"))
    with pytest.raises(UsageError) as caught:
        list(Session(_program(), data, None, Plan(batch_size=4000)))
    problem = caught.value.problem
    assert problem.parameter == "batch_size"
    assert "A batch of 4,000 samples doesn't fit into memory" in problem.message
    assert f"{4000 * EACH / 2**20:,.1f} MiB" in problem.message
    assert problem.hint == "Set the batch size to 512."
    list(Session(_program(), data.take(np.arange(600)), None, Plan(batch_size=512, epochs=1)))


@pytest.mark.usefixtures("executor")
def test_where_an_array_does_not_fit_it_is_said_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program()
    state = OptimizerState(Adam(), program.parameters.values)

    def fail(*_: object) -> None:
        raise MemoryError

    x = np.zeros((8, 1, 8, 8), np.float32)
    monkeypatch.setattr(type(program), "_train_step", fail)
    monkeypatch.setattr(type(program), "_outputs", fail)
    with pytest.raises(UsageError, match=r"A batch of 8 samples.*Set the batch size to 4"):
        program.train_step(x, np.zeros(8, int), state)
    with pytest.raises(UsageError, match=r"A batch of 8 samples.*at most 4 samples at once"):
        program.predict(x)
    with pytest.raises(UsageError, match=r"A batch of 1 sample doesn't.*Make the network smaller"):
        program.predict(x[:1])


@pytest.mark.usefixtures("executor")
def test_parameters_are_not_taken_where_they_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: ROOM)
    with pytest.raises(DesignError, match=r"122\.1 MiB don't fit into memory, of which 64\.0 MiB"):
        compile_graph(chain((4000,), Dense(units=4000), Classification()))


def test_an_optimiser_that_does_not_fit_is_named() -> None:
    like = np.broadcast_to(np.float32(0), (2**48,))
    with pytest.raises(UsageError, match=r"Adam needs .* GiB for 281,474,976,710,656 parameters"):
        OptimizerState(Adam(), like)


def test_the_memory_is_that_of_the_machine_or_of_the_container(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_LIMIT_OF_GROUP", limit)
    machine = memory.physical_memory()
    assert machine > 2**28
    limit.write_text("max\n")
    assert memory.physical_memory() == machine
    limit.write_text("1000000\n")
    assert memory.physical_memory() == 1_000_000
