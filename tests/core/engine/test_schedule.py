"""The order of rows in stages and chains, and that memory shared within it is never needed twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.design.graph import Graph
from core.engine.executor import EngineProgram
from core.engine.machine import arena
from core.engine.machine.guard import GUARD_VARIABLE
from core.engine.machine.operation import Scope
from core.engine.machine.order import Stage, Work, stages
from core.engine.machine.vectors import WIDTH
from core.engine.passes import Training
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool
from core.maths.arrays import Array
from core.maths.optim import SGD, OptimizerState
from core.native.environment import THREADS_VARIABLE
from tests.core.designs import chain
from tests.core.engine.networks import NETWORKS
from tests.core.engine.test_networks import train


def work(scope: Scope, blocks: str = "", others: str = "") -> Work:
    return Work(scope, frozenset(blocks), frozenset(others))


def test_preparing_goes_ahead_and_finishing_behind() -> None:
    rows = [
        work(Scope.OWN_BLOCKS, "x"),
        work(Scope.PREPARES, others="p"),
        work(Scope.PREPARES, others="pq"),
        work(Scope.OWN_BLOCKS, "xy", "q"),
        work(Scope.OWN_BLOCKS, "y", "s"),
        work(Scope.FINISHES, others="s"),
        work(Scope.OWN_BLOCKS, "yz"),
    ]
    assert stages(rows) == [Stage([1], []), Stage([2], []), Stage([], [0, 3, 4, 6]), Stage([5], [])]


def test_a_chain_ends_where_threads_need_each_other() -> None:
    rows = [
        work(Scope.OWN_BLOCKS, "x", "s"),
        work(Scope.GATHERS, "xy", "s"),
        work(Scope.OWN_BLOCKS, "y"),
        work(Scope.SHARED, "yz"),
        work(Scope.OWN_BLOCKS, "z"),
    ]
    assert stages(rows) == [Stage([], [0]), Stage([], [1, 2]), Stage([3], []), Stage([], [4])]


def test_sums_that_were_complete_before_end_no_chain() -> None:
    rows = [
        work(Scope.OWN_BLOCKS, "x", "s"),
        work(Scope.OWN_BLOCKS, "u", "t"),
        work(Scope.GATHERS, "x", "s"),
        work(Scope.GATHERS, "u", "t"),
    ]
    assert stages(rows) == [Stage([], [0, 1]), Stage([], [2, 3])]


@pytest.mark.parametrize("threads", ["2", pytest.param("3", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("name", NETWORKS)
def test_sharing_memory_changes_no_bit(monkeypatch: pytest.MonkeyPatch, name: str, threads: str) -> None:
    """Against a guarded run, in which each buffer has memory of its own and no two threads run at once."""
    monkeypatch.setenv(THREADS_VARIABLE, threads)
    monkeypatch.setattr(arena, "CACHE", 1)  # one block at a time, and blocks that are left for all threads
    size = 5 * WIDTH - 3
    shared = gradients(NETWORKS[name], size)
    monkeypatch.setenv(GUARD_VARIABLE, "1")
    np.testing.assert_array_equal(gradients(NETWORKS[name], size), shared)


def gradients(design: Callable[[], Graph], size: int) -> Array:
    """The gradients of the first step."""
    program = EngineProgram(design(), seed=3)
    train(program, 1, SGD(), size)
    return program.parameters.gradients.copy()


def test_values_of_a_chain_need_memory_for_the_blocks_at_work_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "2")
    layers = [part for _ in range(6) for part in (Conv2D(filters=8, kernel=(1, 1)), ReLU())]
    program = EngineProgram(chain((8, 16, 16), *layers, GlobalAveragePool(), Classification()))
    state = OptimizerState(SGD(), program.parameters.values)
    small, large = (Training(program, blocks, state)._arena.size for blocks in (32, 128))
    assert large < 1.1 * small
