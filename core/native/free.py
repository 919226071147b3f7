"""How much memory this process could take now."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.native.memory import physical_memory

_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def free_memory() -> int:
    """Bytes that can be had: free, or given back by the system, and allowed to this process.

    Where the system doesn't tell, all that there are; 0 where it doesn't tell that either.
    """
    found = [*_of_machine(), *_of_group(), *_of_process()]
    return max(0, min(found)) if found else physical_memory()


def _of_machine() -> Iterator[int]:
    with suppress(OSError, ValueError, IndexError):
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                yield 1024 * int(line.split()[1])


def _of_group() -> Iterator[int]:
    """What the container may take besides what it has; files that were read don't count, they make way."""
    with suppress(OSError, ValueError, StopIteration):
        limit = int((_GROUP / "memory.max").read_text())
        taken = int((_GROUP / "memory.current").read_text())
        lines = (_GROUP / "memory.stat").read_text().splitlines()
        files = next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
        yield limit - taken + files


def _of_process() -> Iterator[int]:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # Windows has none

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        with suppress(OSError, ValueError, IndexError):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            yield limit - pages * resource.getpagesize()
