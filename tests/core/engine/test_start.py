"""What happens where the engine can't run: the reference does, and the user is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.compile import compile_graph
from core.design.graph import Graph
from core.design.groups import group, set_repeat
from core.engine import check
from core.engine.executor import EngineProgram
from core.engine.machine import team
from core.engine.machine.helpers import add_up
from core.engine.machine.operation import Kernel
from core.errors import UsageError
from core.layers.activation import Sigmoid
from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from core.native import target
from core.native.environment import EXECUTOR_VARIABLE, THREADS_VARIABLE
from core.running.reference import ReferenceProgram
from tests.core.designs import chain


def tiny() -> Graph:
    return chain((1, 3, 3), Flatten(), Dense(units=2), Classification())


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in which no network is known to work."""
    monkeypatch.setattr(check, "cache_folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.usefixtures("unchecked")
def test_an_engine_that_computes_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    right = EngineProgram.scores
    monkeypatch.setattr(EngineProgram, "scores", lambda program, x: 1.5 * right(program, x))
    program = compile_graph(tiny())
    assert isinstance(program, ReferenceProgram)
    assert "computes wrongly" in program.notice


@pytest.mark.usefixtures("unchecked")
def test_repeated_groups_run_on_the_engine() -> None:
    plain = chain((2, 4, 4), Conv2D(filters=2, padding="same"), Flatten(), Dense(units=2), Classification())
    graph = set_repeat(group(plain, ["conv2d_1"]), "group_1", 3)
    assert isinstance(compile_graph(graph), EngineProgram)


@pytest.mark.usefixtures("unchecked")
def test_a_network_that_learns_nothing_is_checked_too() -> None:
    assert compile_graph(chain((4,), Sigmoid(), Regression())).notice == ""


@pytest.mark.usefixtures("unchecked")
def test_an_engine_that_does_not_compile_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(program: EngineProgram, *_: object) -> None:
        raise OSError("no such instruction")

    monkeypatch.setattr(EngineProgram, "train_step", broken)
    program = compile_graph(tiny())
    assert isinstance(program, ReferenceProgram)
    assert "no such instruction" in program.notice


def test_a_layer_without_an_operation_runs_on_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dense, "lower", Layer.lower)
    program = compile_graph(tiny())
    assert isinstance(program, EngineProgram)
    assert program.notice.endswith("Dense 1.")


def test_every_network_is_checked_once(unchecked: Path) -> None:
    ends = (Classification(), BinaryClassification(), Regression())
    others = [chain((2, 6, 6), Conv2D(filters=3), Flatten(), Dense(units=2), end) for end in ends]
    image = chain(
        (1, 6, 6), Conv2D(filters=1, padding="same"), Reconstruction(loss_function="binary cross-entropy")
    )
    for graph in (tiny(), *others, image):
        assert 0 < check.deviation(graph) < 1e-4
        assert check.deviation(graph) == 0  # known by now


def test_a_network_too_large_for_the_reference_is_represented_by_a_small_one(
    unchecked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network itself was tried")

    monkeypatch.setattr(check, "MOST_MULTIPLY_ADDS", 0)
    graph = tiny()
    monkeypatch.setattr(type(graph[graph.order[0]].layer), "forward", refuse, raising=False)
    assert check.deviation(graph) < 1e-4


def test_a_cache_folder_that_cannot_be_written_is_survived(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("in the way")
    monkeypatch.delenv(target.CACHE_VARIABLE, raising=False)
    monkeypatch.setattr(target, "cache_roots", lambda: [occupied, occupied])
    target.cache_folder.cache_clear()
    try:
        assert target.cache_folder() is None
        program = compile_graph(tiny())
        assert isinstance(program, EngineProgram)
        state = OptimizerState(SGD(), program.parameters.values)
        program.train_step(np.zeros((3, 1, 3, 3), np.float32), np.zeros(3, np.int64), state)
    finally:
        target.cache_folder.cache_clear()


def test_a_disk_that_fills_up_is_survived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("core.native.compiled.cache_folder", lambda: tmp_path)
    monkeypatch.setattr("core.native.kept_code.write_own", full)
    assert Kernel(add_up._function, 2).address


def test_marks_that_cannot_be_looked_at_do_not_keep_the_engine_out(
    unchecked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Path.exists

    def fail(path: Path) -> bool:
        if path.is_relative_to(unchecked / "checked"):
            raise PermissionError("not yours")
        return usual(path)

    monkeypatch.setattr(Path, "exists", fail)
    assert isinstance(compile_graph(tiny()), EngineProgram)


@pytest.mark.parametrize(("value", "threads"), [("3", 3), ("0", 1)])
def test_the_number_of_threads_can_be_set(monkeypatch: pytest.MonkeyPatch, value: str, threads: int) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, value)
    assert team.default_threads() == threads


@pytest.mark.parametrize("value", ["abc", "-2", "1.5", "1025", "9" * 5000, "¹"])
def test_what_is_no_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, value)
    with pytest.raises(UsageError, match=r"CNNGUI_THREADS is '.*from 1 to 1024.* unset it"):
        team.default_threads()


def test_an_executor_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EXECUTOR_VARIABLE, "Reference")
    with pytest.raises(UsageError, match=r"CNNGUI_EXECUTOR is 'Reference'.*engine or reference"):
        compile_graph(tiny())
