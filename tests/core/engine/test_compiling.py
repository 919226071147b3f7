"""Operations that other processes compile."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine.machine import compilers as compiling
from core.engine.machine import helpers, microkernel
from core.engine.machine.compilers import CompilationCancelledError, Compilers, Progress, Watch, watched
from core.engine.machine.operation import Kernel, find
from core.engine.operations import activation, loss
from core.native import target

NAMES = ("core.engine.machine.helpers.add_up", "core.engine.machine.helpers.copy_over")


@pytest.fixture
def compilers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Compilers]:
    """One helper, which doesn't wait for more work than there is."""
    monkeypatch.setattr(compiling, "IDLE_SECONDS", 0.0)
    found = Compilers(1)
    yield found
    found.cancel()


def refuse(name: str) -> None:
    raise AssertionError(f"{name} was compiled by the process that waits")


def test_helpers_compile_while_the_others_watch(
    compilers: Compilers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(target.CACHE_VARIABLE, str(tmp_path))
    seen: list[Progress] = []
    with watched(Watch(progress=seen.append, alone=True)):
        compilers.compile(NAMES, refuse)
    assert {path.name for path in tmp_path.glob("compiled/*/ready/*")} == set(NAMES)
    assert seen[0] == Progress(0, 2)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert compilers.progress is None


@pytest.mark.parametrize("first", [[], [""], ["."]], ids=["absolute", "empty", "dot"])
def test_helpers_run_nothing_of_the_working_directory(
    compilers: Compilers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: list[str]
) -> None:
    here, ran = tmp_path / "here", tmp_path / "ran"
    (here / "core" / "engine").mkdir(parents=True)
    for name in ("core/__init__.py", "core/engine/__init__.py"):
        (here / name).touch()
    for name in ("core/engine/compiler.py", "random.py", "sitecustomize.py"):
        (here / name).write_text(f"open({str(ran)!r}, 'a').close()\n")
    monkeypatch.chdir(here)
    monkeypatch.setenv(target.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", first + sys.path)
    with watched(Watch(alone=True)):
        compilers.compile(NAMES, refuse)
    assert {path.name for path in tmp_path.glob("cache/compiled/*/ready/*")} == set(NAMES)
    assert not ran.exists()


def test_without_helpers_who_waits_compiles_alone(
    compilers: Compilers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/interpreter")
    mine: list[str] = []
    with watched(Watch(alone=True)):
        compilers.compile(NAMES, mine.append)
    assert set(mine) == set(NAMES)


def test_waiting_ends_when_it_is_called_off(compilers: Compilers) -> None:
    with watched(Watch(cancelled=lambda: True, alone=True)), pytest.raises(CompilationCancelledError):
        compilers.compile(NAMES, refuse)
    compilers.cancel()


@pytest.mark.parametrize(
    "kernel",
    [
        helpers.add_up,
        microkernel.product_kernel(2),
        microkernel.correlation_kernel(2, 4),
        activation.curve_with_slopes(activation.TANH),
        loss.distance(loss.SQUARE),
    ],
    ids=lambda kernel: kernel.name,
)
def test_a_kernel_is_found_by_its_key(kernel: object) -> None:
    assert find(kernel.key) is kernel  # type: ignore[attr-defined]


def test_every_module_s_kernel_is_found_by_its_key() -> None:
    """Helpers could not compile it otherwise, and the window would have to."""
    import core.engine.executor  # noqa: F401

    modules = [module for name, module in sys.modules.items() if name.startswith("core.engine")]
    kernels = [kernel for module in modules for kernel in vars(module).values() if isinstance(kernel, Kernel)]
    assert len(kernels) > 50
    assert [kernel for kernel in kernels if find(kernel.key).size != kernel.size] == []
