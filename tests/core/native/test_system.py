"""What differs between systems, on any of them."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from llvmlite import binding as llvm

from core.native import system, target

unix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="a user has no number there")


def test_windows_has_another_way_to_let_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    switch = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1)
    symbols: dict[str, int | None] = {}
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", lambda _: SimpleNamespace(SwitchToThread=switch), raising=False)
    monkeypatch.setattr(llvm, "add_symbol", symbols.__setitem__)
    assert system.yield_function() == "SwitchToThread"
    assert symbols == {"SwitchToThread": ctypes.cast(switch, ctypes.c_void_p).value}


def test_others_have_sched_yield(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert system.yield_function() == "sched_yield"


@pytest.mark.parametrize(
    ("platform", "place"),
    [("win32", "local"), ("darwin", "home/Library/Caches"), ("linux", "home/.cache")],
)
def test_code_is_kept_where_the_system_keeps_such_things(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, place: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert next(system.cache_roots()) == tmp_path / place / "cnngui"


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """This user's folder in a temporary folder that has nothing yet; there is no other place for a cache."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "")

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    return tmp_path / f"cnngui-{os.getuid()}"


@unix
def test_without_a_home_directory_code_is_kept_in_a_temporary_folder_of_ones_own(temporary: Path) -> None:
    for _ in range(2):  # made, and found again
        assert list(system.cache_roots()) == [temporary]
        assert temporary.stat().st_mode & 0o777 == 0o700


@unix
@pytest.mark.usefixtures("temporary")
def test_a_chosen_folder_needs_no_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(target.CACHE_VARIABLE, str(tmp_path / "chosen"))
    target.cache_folder.cache_clear()
    try:
        folder = target.cache_folder()
        assert folder is not None
        assert folder.is_relative_to(tmp_path / "chosen")
    finally:
        target.cache_folder.cache_clear()


@unix
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
def test_a_temporary_folder_that_others_may_enter_is_not_used(temporary: Path, mode: int) -> None:
    temporary.mkdir()
    temporary.chmod(mode)
    assert list(system.cache_roots()) == []


@unix
def test_a_temporary_folder_of_somebody_else_is_not_used(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary.mkdir(mode=0o700)
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    temporary.rename(temporary.with_name(f"cnngui-{other}"))
    assert list(system.cache_roots()) == []


@unix
def test_a_link_or_a_file_in_place_of_the_temporary_folder_is_not_used(
    temporary: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    temporary.symlink_to(tmp_path / "elsewhere")
    assert list(system.cache_roots()) == []
    temporary.unlink()
    temporary.touch(mode=0o600)
    assert list(system.cache_roots()) == []


def test_a_helper_opens_no_console_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    no_window = 0x08000000
    assert system.background_process()["creationflags"] & no_window
