"""What differs between operating systems, and nothing else."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from llvmlite import binding as llvm


def cache_roots() -> Iterator[Path]:
    """Where a program of this user may keep what it can make anew: the usual folder, then a temporary one.

    A place that this machine or user doesn't have is left out.
    """
    for place in (_usual_cache(), _temporary_cache()):
        if place is not None:
            yield place


def _usual_cache() -> Path | None:
    variable = {"win32": "LOCALAPPDATA", "darwin": ""}.get(sys.platform, "XDG_CACHE_HOME")
    told = Path(os.environ.get(variable, ""))
    if told.is_absolute():  # an empty or relative one would be the working directory
        return told / "cnngui"
    below = {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform, ".cache")
    try:
        return Path.home() / below / "cnngui"
    except RuntimeError:  # a user without a home directory, as in containers
        return None


def _temporary_cache() -> Path | None:
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    try:
        folder = Path(tempfile.gettempdir()) / f"cnngui{user}"
        return folder if _is_private(folder) else None
    except OSError:
        return None


def _is_private(folder: Path) -> bool:
    """Whether a folder, made if there is none, is this user's alone: others could plant code in it.

    Raises OSError where it can't be made.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()  # of a symbolic link itself
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(found.st_mode)  # Windows has a temporary folder for each user
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


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
