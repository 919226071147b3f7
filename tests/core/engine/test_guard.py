"""The guard finds the operation that writes where it must not, and only that one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest

from core.engine import tables
from core.engine.executor import EngineProgram
from core.engine.machine.arena import Arena, Buffer, Fixed, Operand
from core.engine.machine.guard import GUARD_VARIABLE, Calls, TrespassError, run_guarded
from core.engine.machine.operation import operation, read
from core.engine.machine.vectors import load_float, store_float
from core.maths.optim import SGD, OptimizerState
from tests.core.engine.networks import residual

FLOATS = 8


class FillRow(NamedTuple):
    target: Operand
    first: int
    last: int


@operation
def fill(row: int, task: int) -> None:
    """Writes ones to the numbers `first` to `last` - 1 of the target, wherever they are."""
    f = read(FillRow, row)
    for index in range(f.first, f.last):
        store_float(f.target + 4 * index, np.float32(1))


class CopyRow(NamedTuple):
    source: Operand
    target: Operand


@operation
def copy_first(row: int, task: int) -> None:
    f = read(CopyRow, row)
    store_float(f.target, load_float(f.source))


def run(*rows: object) -> None:
    run_guarded([Arena(rows, guarded=True)], 2, 1, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "place"),
    [(0, FLOATS + 1, "1 byte behind the end"), (-2, FLOATS, "8 bytes before the beginning")],
)
def test_one_float_too_many_is_found(first: int, last: int, place: str) -> None:
    one, other = Buffer(4 * FLOATS), Buffer(4 * FLOATS)
    good = (fill, FillRow(one, 0, FLOATS))
    with pytest.raises(TrespassError, match=rf"fill \(operation 2 of 3\) .* {place}"):
        run(good, (fill, FillRow(other, first, last)), good)


def test_another_rows_buffer_is_no_place_to_write_to_either() -> None:
    one, other = Buffer(4000), Buffer(4000)
    good = [(fill, FillRow(buffer, 0, 1000)) for buffer in (one, other)]
    with pytest.raises(TrespassError, match="operation 1 of 3"):
        run((fill, FillRow(one, 1500, 1501)), *good)  # far behind the guard zone


def test_an_array_outside_of_the_arena_is_guarded_by_its_neighbours() -> None:
    flat = np.zeros(2 * FLOATS, np.float32)
    halves = [Fixed(flat[:FLOATS]), Fixed(flat[FLOATS:])]
    rows = [(fill, FillRow(half, 0, FLOATS)) for half in halves]
    run(*rows)
    assert flat.all()
    flat[:] = 0
    with pytest.raises(TrespassError, match="operation 1 of 2"):
        run((fill, FillRow(halves[0], 0, FLOATS + 1)), rows[1])


def test_what_nobody_wrote_is_not_a_number() -> None:
    result = np.zeros(1, np.float32)
    run((copy_first, CopyRow(Buffer(4), Fixed(result))))
    assert np.isnan(result).all()


def test_a_guarded_training_is_the_same_training(monkeypatch: pytest.MonkeyPatch) -> None:
    ends, runs = [], []

    def counted(arenas: Sequence[Arena], threads: int, blocks: int, samples: int, calls: Calls) -> None:
        runs.append(samples)
        run_guarded(arenas, threads, blocks, samples, calls)

    monkeypatch.setattr(tables, "run_guarded", counted)
    for variable in ("0", "1"):
        monkeypatch.setenv(GUARD_VARIABLE, variable)
        program = EngineProgram(residual(), seed=1)
        state = OptimizerState(SGD(), program.parameters.values)
        rng = np.random.default_rng(0)
        x, target = rng.standard_normal((13, 3, 9, 8)).astype(np.float32), rng.integers(0, 4, 13)
        for count in (13, 13, 5):
            program.train_step(x[:count], target[:count], state)
        ends.append((program.parameters.values.tobytes(), program.scores(x).tobytes()))
    assert ends[0] == ends[1]
    assert runs == [13, 13, 5, 13]
