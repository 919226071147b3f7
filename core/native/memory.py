"""How much memory there is for this process, and how much of it is free.

Free is what Linux calls available: what it can give without swapping. A container's limit counts less what
its processes have taken, and a limit of the process (`ulimit -v`, `ulimit -d`) less what it has.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_LIMIT_OF_GROUP = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says what a container may use, or "max"."""
_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")
_MACHINE = Path("/proc/meminfo")
_PROCESS = Path("/proc/self/status")
_A_THREAD = 80 * 2**20
"""Of a thread's addresses: 8 MiB for its stack, 64 for what it asks for, and something between."""


def physical_memory() -> int:
    """Bytes of memory that there are, or that the container may use; 0 where the system doesn't tell."""
    found = _of_machine()[0]
    with suppress(OSError, ValueError):
        limit = int(_LIMIT_OF_GROUP.read_text())
        return min(found, limit) if found else limit
    return found


def available_memory() -> int:
    """Bytes that this process can still take: the least that machine, container and process allow.

    0 where the system doesn't tell.
    """
    found = [_of_machine()[1], *_left_in_groups(), *_left_in_process()]
    return min((max(1, left) for left in found if left), default=0)


def space_for_threads() -> int:
    """Bytes of addresses that threads to come set aside without using them, where such are limited."""
    try:
        import resource  # noqa: PLC0415  # there is none on Windows
    except ImportError:
        return 0
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return 0
    from core.native.system import usable_cores  # noqa: PLC0415  # brings LLVM with it

    return _A_THREAD * (3 + usable_cores())


def _of_machine() -> tuple[int, int]:
    """All of it, and what is free."""
    if sys.platform == "win32":
        return _on_windows()
    total = 0
    with suppress(OSError, ValueError, AttributeError):  # a name that this system doesn't know
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return total, _kilobytes(_MACHINE).get("MemAvailable", total)


def _left_in_groups() -> Iterator[int]:
    """What each group of processes leaves it that it is in: of the newer kind, and of the older."""
    with suppress(OSError):
        for line in _OWN_GROUP.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            inside = path.strip("/")
            if not controllers:
                yield from _left_in(_GROUPS, inside, "memory.max", "memory.current", "inactive_file")
            elif "memory" in controllers.split(","):
                names = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
                yield from _left_in(_GROUPS / "memory", inside, *names)


def _left_in(top: Path, inside: str, limit: str, usage: str, files: str) -> Iterator[int]:
    """Up to the top: in a container, its own group may be the top, whatever its path is outside."""
    group = top / inside
    for folder in dict.fromkeys((group, *group.parents, top)):
        if folder != top and top not in folder.parents:
            break
        with suppress(OSError, ValueError):  # "max", or no limit here
            most, used = int((folder / limit).read_text()), int((folder / usage).read_text())
            lines = (folder / "memory.stat").read_text().splitlines()
            cached = dict(line.split(" ", 1) for line in lines).get(files, "0")
            yield max(1, most - used + int(cached))  # what is cached of files is given up


def _left_in_process() -> Iterator[int]:
    """What the limits of the process itself leave it."""
    try:
        import resource  # noqa: PLC0415  # there is none on Windows
    except ImportError:
        return
    own = _kilobytes(_PROCESS)
    for limit, used in (("RLIMIT_AS", "VmSize"), ("RLIMIT_DATA", "VmData")):
        most = resource.getrlimit(getattr(resource, limit))[0]
        if most != resource.RLIM_INFINITY and used in own:
            yield max(1, most - own[used])


def _kilobytes(path: Path) -> dict[str, int]:
    """The bytes that lines such as `MemAvailable: 1234 kB` tell; nothing where there is no such file."""
    with suppress(OSError):
        lines = (line.split() for line in path.read_text().splitlines())
        return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if words[2:] == ["kB"]}
    return {}


def _on_windows() -> tuple[int, int]:
    import ctypes  # noqa: PLC0415

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("free", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 5),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel32: Any = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009  # only there on Windows
    known = kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return (int(status.total), int(status.free)) if known else (0, 0)
