"""How much memory this process can have at most."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_LIMIT_OF_GROUP = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says what a container may use, or "max"."""


def physical_memory() -> int:
    """Bytes of memory that there are, or that the container may use; 0 where the system doesn't tell."""
    found = _of_machine()
    with suppress(OSError, ValueError):
        limit = int(_LIMIT_OF_GROUP.read_text())
        return min(found, limit) if found else limit
    return found


def _of_machine() -> int:
    if sys.platform == "win32":
        return _on_windows()
    with suppress(OSError, ValueError, AttributeError):  # a name that this system doesn't know
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 0


def _on_windows() -> int:
    import ctypes  # noqa: PLC0415

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 6),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel32: Any = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009  # only there on Windows
    return int(status.total) if kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else 0
