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
        return folder if is_own_folder(folder, others_may=0) else None
    except OSError:
        return None


def is_own_folder(folder: Path, others_may: int = 0o055) -> bool:
    """Whether a folder, made if there is none, is this user's: others could plant code in one of theirs.

    They may do there what `others_may` says: enter and look. Raises OSError where it can't be made.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()  # of a symbolic link itself
    return stat.S_ISDIR(found.st_mode) and is_own(found, others_may)


def is_own(found: os.stat_result, others_may: int = 0o055) -> bool:
    """Whether this is the user's, and others may do no more than `others_may` says."""
    if not hasattr(os, "getuid"):
        return True  # Windows has folders for each user, and other rights
    return found.st_uid == os.getuid() and not found.st_mode & 0o077 & ~others_may


def read_own(path: Path, most: int) -> bytes | None:
    """What is in a file of this user's that nobody else may write; None where it has more than `most` bytes.

    Raises OSError where it can't be read. A pipe or a link in its place is neither waited for nor followed.
    """
    ways = ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY")
    handle = os.open(path, os.O_RDONLY | sum(getattr(os, way, 0) for way in ways))
    found = os.fstat(handle)
    if not (stat.S_ISREG(found.st_mode) and is_own(found, 0o044) and found.st_size <= most):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read()


def write_own(path: Path, content: bytes) -> None:
    """Makes a file that nobody else may write. Raises OSError, also where there is one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


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
