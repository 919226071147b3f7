"""Whether a window can be shown, found out without Qt: where it can't, Qt itself would abort the process."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
"""The shared libraries that Qt needs on Linux, with the Debian packages that bring them."""

_XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What an X11 window needs in addition."""

OFFSCREEN = "offscreen"


def has_display(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> bool:
    """Whether a window would be seen. On Linux: a Wayland or X server that accepts connections."""
    if environment.get("QT_QPA_PLATFORM", "").startswith((OFFSCREEN, "minimal")):
        return False
    if system != "linux":
        return True
    return _wayland_answers(environment) or _x_answers(environment.get("DISPLAY", ""))


def missing_packages(*, offscreen: bool, system: str = sys.platform) -> list[str]:
    """The Debian packages whose libraries Qt would miss; empty on other systems."""
    if system != "linux":
        return []
    needed = _LIBRARIES if offscreen or os.environ.get("WAYLAND_DISPLAY") else _LIBRARIES | _XCB_LIBRARIES
    return [package for library, package in needed.items() if not _loads(library)]


def advice(packages: list[str]) -> str:
    """One message that says what is missing and how to get it."""
    return (
        f"a system library that the window needs is missing; install {', '.join(packages)} "
        f"(on Debian and Ubuntu: sudo apt install {' '.join(packages)})."
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    return bool(name) and _connects(str(Path(environment.get("XDG_RUNTIME_DIR", "/run")) / name))


def _x_answers(display: str) -> bool:
    """`:0` is a local socket, by its path or in Linux's abstract namespace; `host:0` is TCP port 6000."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdigit():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return _connects(path) or _connects("\0" + path)
    try:
        with socket.create_connection((host, 6000 + int(number)), timeout=2):
            return True
    except OSError:
        return False


def _connects(path: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(path)
    except OSError:
        return False
    return True
