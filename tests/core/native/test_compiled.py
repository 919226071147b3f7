"""What Numba compiles: kept in one place, and done without where nothing can be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numba
import pytest

from core.native.compiled import compiled
from core.native.target import CACHE_VARIABLE, COMPILED
from tests.import_graph import imports
from tests.paths import ROOT


def test_the_code_of_the_digits_lies_where_the_engines_lies(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "from core.data.digits import generate; generate(10)"],
        check=True,
        cwd=ROOT,
        env={**os.environ, CACHE_VARIABLE: str(tmp_path)},
    )
    assert [path.name for path in tmp_path.rglob("*.nbi") if path.name.startswith("kernel.rasterise")]


def test_every_room_that_compiles_counts_for_the_kept_code() -> None:
    users = {name for name, others in imports("core").items() if "core.native.compiled" in others}
    rooms = tuple(f"core.{room.replace('/', '.')}" for room in COMPILED)
    assert users
    assert [name for name in sorted(users) if not name.startswith(rooms)] == []


def test_a_function_is_compiled_even_where_the_disk_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*, cache: bool, **options: object) -> object:
        def declare(function: object) -> object:
            if not cache:
                return numba.njit(**options)(function)

            def fail(*_: object) -> None:
                raise OSError("no space left on device")

            return fail

        return declare

    monkeypatch.setattr("core.native.compiled.numba", SimpleNamespace(njit=full))
    monkeypatch.setattr("core.native.compiled.caching", lambda: True)

    @compiled
    def twice(x: int) -> int:
        return 2 * x

    assert (twice(3), twice(4)) == (6, 8)
