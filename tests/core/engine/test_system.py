"""What differs between systems, on any of them."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from llvmlite import binding as llvm

from core.engine import system


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
    assert system.cache_roots()[0] == tmp_path / place / "cnngui"


def test_a_helper_opens_no_console_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    no_window = 0x08000000
    assert system.background_process()["creationflags"] & no_window
