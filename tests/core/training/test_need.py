"""What a training will take is told as it is, and refused where it isn't there, before any of it is taken."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from core.compile import compile_graph
from core.engine.executor import EngineProgram
from core.engine.machine.vectors import WIDTH
from core.engine.passes import Training
from core.errors import TooLargeError
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification, Regression
from core.layers.reshape import Flatten
from core.maths.optim import SGD, Adam, OptimizerState
from core.native import memory
from core.native.environment import EXECUTOR_VARIABLE
from core.training.need import RESERVE, need, require_room
from core.training.plan import Plan
from tests.core.designs import chain
from tests.paths import ROOT

MANY = 10**9
GRAPH = chain(
    (1, 8, 8), Conv2D(filters=32, padding="same"), BatchNorm(), Flatten(), Dense(3), Classification()
)
GIANT = chain((40_000,), Dense(40_000), Dense(units=2), Regression())
"""The first Dense block has 6.4 GB of weights."""


def leave(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """Lets so many bytes be available, those left to others not counted."""
    monkeypatch.setattr(memory, "available_memory", lambda: room + RESERVE)


@pytest.mark.skipif(sys.platform != "linux", reason="the most that was resident is told by /proc")
@pytest.mark.parametrize(
    ("design", "batch", "executor"),
    [
        ("lenet5", 1, "engine"),
        ("inception", 1024, "engine"),
        ("lenet5", 1, "reference"),
        ("lenet5", 64, "reference"),
    ],
)
def test_what_is_said_is_what_a_fresh_process_takes(design: str, batch: int, executor: str) -> None:
    if not (ROOT / "benchmarks").is_dir():
        pytest.skip("the benchmarks come with the source only")
    said, _, taken = (_asked(ask, design, batch, executor) for ask in ("said", "taken", "taken"))
    assert taken / 1.3 <= said <= taken * 1.3


def _asked(ask: str, design: str, batch: int, executor: str) -> int:
    """What a process says; the first that trains may find nothing compiled, and check the engine."""
    options = "--ask", ask, "--design", design, "--batch", str(batch)
    environment = {**os.environ, EXECUTOR_VARIABLE: executor}
    command = [sys.executable, "-m", "benchmarks.memory", *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_a_step_is_planned_as_it_will_be() -> None:
    program = compile_graph(GRAPH)
    assert isinstance(program, EngineProgram)
    real = Training(program, 4, OptimizerState(Adam(), program.parameters.values))
    planned = need(GRAPH, Plan(), 4 * WIDTH)
    assert planned.step == real.size
    assert real.size >= real._arena.size


@pytest.mark.usefixtures("executor")
def test_an_optimiser_that_keeps_more_needs_more() -> None:
    least, most = (need(GRAPH, Plan(optimizer=kind)) for kind in (SGD(), Adam()))
    assert most.learned > least.learned
    assert most.copy > least.copy


@pytest.mark.usefixtures("executor")
def test_a_batch_that_does_not_fit_is_refused_with_the_largest_that_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = Plan(batch_size=4096)
    room = need(GRAPH, plan, 1000).taken
    leave(monkeypatch, room)
    with pytest.raises(TooLargeError) as caught:
        require_room(GRAPH, plan, MANY)
    problem = caught.value.problem
    assert problem.parameter == "batch_size"
    assert problem.suggested is not None
    assert abs(problem.suggested - 1000) < 2 * WIDTH
    assert "Training in steps of 4,096 samples needs" in problem.message
    assert "MiB are available" in problem.message
    assert f"{problem.suggested:,}" in problem.hint
    require_room(GRAPH, replace(plan, batch_size=problem.suggested - 2 * WIDTH), MANY)
    with pytest.raises(TooLargeError):
        require_room(GRAPH, replace(plan, batch_size=problem.suggested + 2 * WIDTH), MANY)


@pytest.mark.usefixtures("executor")
def test_a_batch_is_never_larger_than_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    leave(monkeypatch, need(GRAPH, Plan(), 110).taken)
    require_room(GRAPH, Plan(batch_size=60_000), 100)


@pytest.mark.usefixtures("executor")
def test_parameters_that_do_not_fit_are_refused_at_their_block_and_never_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave(monkeypatch, 2**32)
    tracemalloc.start()
    try:
        with pytest.raises(
            TooLargeError, match=r"Training needs 59\.6 GiB .*4\.1 GiB are available"
        ) as caught:
            require_room(GIANT, Plan(), 10)
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()
    assert caught.value.problem.block == "dense_1"
    assert "Make Dense 1 smaller" in caught.value.problem.hint


@pytest.mark.usefixtures("executor")
def test_where_not_even_one_sample_fits_no_batch_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    found = need(GRAPH, Plan(), 1)
    leave(monkeypatch, found.learned + found.copy + 1)
    with pytest.raises(TooLargeError, match="Make the network smaller") as caught:
        require_room(GRAPH, Plan(), 10)
    assert caught.value.problem.suggested is None


@pytest.mark.usefixtures("executor")
def test_where_the_system_does_not_tell_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 0)
    require_room(GRAPH, Plan(batch_size=4096), MANY)


def test_a_limit_of_the_container_counts_less_what_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    groups = tmp_path / "groups"
    inner = groups / "outer" / "inner"
    inner.mkdir(parents=True)
    for folder, limit in ((groups / "outer", "100000000"), (inner, "max")):
        (folder / "memory.max").write_text(limit)
        (folder / "memory.current").write_text("40000000")
        (folder / "memory.stat").write_text("anon 1\ninactive_file 1000000\n")
    own = tmp_path / "cgroup"
    own.write_text("0::/outer/inner\n")
    monkeypatch.setattr(memory, "_GROUPS", groups)
    monkeypatch.setattr(memory, "_OWN_GROUP", own)
    assert memory.available_memory() == 61_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process can't tell what it has")
def test_a_limit_of_the_process_counts() -> None:
    code = (
        "import resource; from core.native.memory import available_memory as left; before = left();"
        "resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31)); print(left() < 2**31 < before)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
