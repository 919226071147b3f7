"""What differs between operating systems, and nothing else."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from llvmlite import binding as llvm


def cache_roots() -> list[Path]:
    """Where a program of this user may keep what it can make anew: the usual folder, then a temporary one."""
    if sys.platform == "win32":
        usual = Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir()))
    elif sys.platform == "darwin":
        usual = Path.home() / "Library" / "Caches"
    else:
        usual = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    user = os.getuid() if hasattr(os, "getuid") else 0
    return [usual / "cnngui", Path(tempfile.gettempdir()) / f"cnngui-{user}"]


def usable_cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # only Linux tells
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def yield_function() -> str:
    """The C function without arguments that lets another thread run, under a name that compiled code can
    call."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415

        kernel32: Any = ctypes.WinDLL("kernel32")
        llvm.add_symbol("SwitchToThread", ctypes.cast(kernel32.SwitchToThread, ctypes.c_void_p).value)
        return "SwitchToThread"
    return "sched_yield"


def background_process() -> dict[str, Any]:
    """Options of `subprocess.Popen` for a process that gives way to others and opens no console."""
    if sys.platform == "win32":
        return {"creationflags": 0x08000000 | 0x00004000}  # CREATE_NO_WINDOW, BELOW_NORMAL_PRIORITY_CLASS
    return {}


def give_way() -> None:
    """Lets other processes go first, where a process has to say so itself."""
    if hasattr(os, "nice"):
        os.nice(5)
