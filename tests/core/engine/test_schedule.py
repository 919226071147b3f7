"""The order of rows in stages and chains, and that memory shared within it is never needed twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.engine import executor
from core.engine.arena import Arena
from core.engine.executor import EngineProgram
from core.engine.operation import Scope
from core.engine.schedule import Stage, Work, stages
from core.engine.team import Team
from core.engine.vectors import WIDTH
from core.graph import Graph
from core.layers.activation import ReLU
from core.layers.base import Array
from core.layers.convolution import Conv2D
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool
from core.optim import SGD
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


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("size", [5, 7 * WIDTH - 3])
@pytest.mark.parametrize("name", NETWORKS)
def test_sharing_memory_changes_no_bit(
    monkeypatch: pytest.MonkeyPatch, name: str, size: int, threads: int
) -> None:
    """Against an arena in which each buffer has its own memory, full of NaN at first."""
    team = Team(threads)
    monkeypatch.setattr(executor, "_team", lambda: team)
    arenas: list[Arena] = []

    def guarded(*arguments: object) -> Arena:
        arenas.append(Arena(*arguments, guarded=True))  # type: ignore[arg-type]
        return arenas[-1]

    try:
        shared = gradients(NETWORKS[name], size)
        monkeypatch.setattr(executor, "Arena", guarded)
        np.testing.assert_array_equal(gradients(NETWORKS[name], size), shared)
    finally:
        team.close()
    assert [arena.trespasses() for arena in arenas] == [0] * len(arenas)


def gradients(design: Callable[[], Graph], size: int) -> Array:
    """The gradients of a second step, when memory holds what the first one left."""
    program = EngineProgram(design(), seed=3)
    train(program, 2, SGD(learning_rate=0.01), size)
    return program.parameters.gradients.copy()


def test_values_of_a_chain_need_memory_for_the_blocks_at_work_only(monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team(2)
    monkeypatch.setattr(executor, "_team", lambda: team)
    layers = [part for _ in range(6) for part in (Conv2D(filters=8, kernel=(1, 1)), ReLU())]
    program = EngineProgram(chain((8, 16, 16), *layers, GlobalAveragePool(), Classification()))
    small, large = (executor._Training(program, blocks)._arena.size for blocks in (32, 128))
    team.close()
    assert large < 1.1 * small
