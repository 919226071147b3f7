"""What happens where the engine can't run: the reference does, and the user is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine import check, start, target, team
from core.engine.executor import EngineProgram
from core.engine.warmup import WarmUp, compile_all
from core.graph import Graph
from core.layers.base import Layer
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.program import compile_graph
from core.reference import ReferenceProgram
from tests.core.designs import chain


@pytest.fixture
def unchecked() -> Iterator[None]:
    """The engine hasn't been checked in this process, and won't have been afterwards."""
    start.unfit.cache_clear()
    yield
    start.unfit.cache_clear()


def tiny() -> Graph:
    return chain((1, 3, 3), Flatten(), Dense(units=2), Classification())


@pytest.mark.usefixtures("unchecked")
def test_an_engine_that_computes_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "deviation", lambda: 0.5)
    program = compile_graph(tiny())
    assert isinstance(program, ReferenceProgram)
    assert "computes wrongly" in program.notice


@pytest.mark.usefixtures("unchecked")
def test_an_engine_that_does_not_compile_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> float:
        raise OSError("no such instruction")

    monkeypatch.setattr(check, "deviation", broken)
    program = compile_graph(tiny())
    assert isinstance(program, ReferenceProgram)
    assert "no such instruction" in program.notice


def test_a_layer_without_an_operation_runs_on_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dense, "lower", Layer.lower)
    program = compile_graph(tiny())
    assert isinstance(program, EngineProgram)
    assert program.notice.endswith("Dense 1.")


def test_the_engine_agrees_with_the_reference_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(check, "cache_folder", lambda: tmp_path)
    assert 0 < check.deviation() < 1e-4
    assert check.deviation() == 0  # known by now
    assert isinstance(compile_graph(tiny()), EngineProgram)


def test_a_cache_folder_that_cannot_be_written_is_survived(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("in the way")
    monkeypatch.setenv(target.CACHE_VARIABLE, str(occupied))
    target.cache_folder.cache_clear()
    try:
        folder = target.cache_folder()
    finally:
        target.cache_folder.cache_clear()
    assert folder is None or occupied not in folder.parents


@pytest.mark.parametrize(("value", "threads"), [("3", 3), ("0", 1)])
def test_the_number_of_threads_can_be_set(monkeypatch: pytest.MonkeyPatch, value: str, threads: int) -> None:
    monkeypatch.setenv(team.THREADS_VARIABLE, value)
    assert team.default_threads() == threads


def test_warming_up_leaves_nothing_to_compile_and_can_be_ended() -> None:
    compile_all(tiny())
    process = WarmUp(tiny())
    process.close()
    assert process.done
