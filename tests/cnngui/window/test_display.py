"""Whether there is a display, and what a machine lacks to use it, with real sockets and without Qt."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnngui.window import display

needs_unix_sockets = pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX"), reason="this system has no such sockets"
)


@pytest.fixture
def wayland(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a Wayland server that accepts connections."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        yield {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}


@pytest.fixture
def x_number() -> Iterator[str]:
    """The number of an X server that accepts connections in Linux's abstract namespace."""
    number = "7919"
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.bind(f"\0/tmp/.X11-unix/X{number}")
        except OSError:
            pytest.skip("this system has no abstract socket names")
        server.listen()
        yield number


@needs_unix_sockets
def test_a_wayland_server_is_a_display(wayland: dict[str, str], tmp_path: Path) -> None:
    assert display.has_display(wayland, "linux")
    absolute = {"WAYLAND_DISPLAY": str(tmp_path / "wayland-7")}
    assert display.has_display(absolute, "linux")


@needs_unix_sockets
def test_a_wayland_server_that_has_gone_is_none(wayland: dict[str, str]) -> None:
    assert not display.has_display(wayland | {"WAYLAND_DISPLAY": "wayland-8"}, "linux")


@needs_unix_sockets
def test_an_x_server_is_a_display(x_number: str) -> None:
    for name in (f":{x_number}", f":{x_number}.0", f"unix:{x_number}"):
        assert display.has_display({"DISPLAY": name}, "linux")


@pytest.mark.parametrize("name", ["", ":7918", "nonsense", "host:", ":x", "localhost:x"])
def test_a_display_that_nobody_serves_is_none(name: str) -> None:
    assert not display.has_display({"DISPLAY": name}, "linux")


def test_an_x_server_on_another_machine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(address: tuple[str, int], timeout: float) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert not display.has_display({"DISPLAY": "elsewhere:2.1"}, "linux")
    assert asked == [("elsewhere", 6002)]


@needs_unix_sockets
@pytest.mark.parametrize("platform", ["offscreen", "offscreen:size=1x1", "minimal"])
def test_a_platform_without_windows_shows_none(wayland: dict[str, str], platform: str) -> None:
    assert not display.has_display(wayland | {"QT_QPA_PLATFORM": platform}, "linux")


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_have_a_display_and_all_libraries(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(display, "_loads", lambda library: False)
    assert display.has_display({}, system)
    assert display.missing_packages(offscreen=False, system=system) == []


def test_a_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(display, "_loads", lambda library: library != "libxcb-cursor.so.0")
    assert display.missing_packages(offscreen=False, system="linux") == ["libxcb-cursor0"]
    assert display.missing_packages(offscreen=True, system="linux") == []
    assert "sudo apt install libxcb-cursor0" in display.advice(["libxcb-cursor0"])


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are looked for on Linux alone")
def test_libraries_are_really_looked_for() -> None:
    assert display._loads("libc.so.6")
    assert not display._loads("libsurely-not-there.so.0")
