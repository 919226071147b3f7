"""A disk, and a memory, that fail at a chosen moment: every operation on them counts, and one fails."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from typing import Any, Final
from unittest.mock import patch

import numpy as np

KILLED: Final = 137
"""The exit status of a process that was killed by a fault."""


class Fault(Enum):
    """What happens at the moment."""

    ERROR = "an input/output error, once"
    FULL = "the disk is full from then on, after half of what was to be written"
    READ_ONLY = "the disk is read-only from then on"
    MEMORY = "there is no memory, once"
    KILL = "the process is killed, after half of what was to be written"


_CHANGES: Final = ("open", "replace", "rename", "unlink", "mkdir", "ftruncate", "rmdir")
"""What a read-only disk refuses; writing into a file that is open already it doesn't."""

_ALLOCATING: Final = ("empty", "array", "ascontiguousarray", "frombuffer", "concatenate", "stack", "repeat")


class Disk:
    """Counts operations; the one with the number `at`, from 1, fails. With 0, none does."""

    def __init__(self, fault: Fault, at: int) -> None:
        self._fault, self._at = fault, at
        self.done = 0
        """How many operations there were."""

    @property
    def failed(self) -> bool:
        return 0 < self._at <= self.done

    @property
    def counts_memory(self) -> bool:
        return self._fault is Fault.MEMORY

    def allocate(self) -> None:
        """Raises MemoryError where the moment has come."""
        if self._fault is Fault.MEMORY:
            self.done += 1
            if self.done == self._at:
                raise MemoryError

    def operate(self, name: str, half: Callable[[], object] = lambda: None, *, changes: bool) -> None:
        """Raises OSError, or ends the process, where the moment has come; `half` does half of it before."""
        if self._fault is Fault.MEMORY or (self._fault in (Fault.FULL, Fault.READ_ONLY) and not changes):
            return
        self.done += 1
        if self.done == self._at and self._fault in (Fault.FULL, Fault.KILL):
            half()
        if self.done == self._at and self._fault is Fault.KILL:
            os._exit(KILLED)
        if self.done == self._at and self._fault is Fault.ERROR:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if self.failed and self._fault is Fault.FULL and name in ("write", "open", "mkdir", "fsync"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.failed and self._fault is Fault.READ_ONLY and name in _CHANGES:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))


@contextmanager
def failing(disk: Disk) -> Iterator[None]:
    """Within, all that this process does with files, and its large allocations, go through the disk."""
    usual = {name: getattr(os, name) for name in ("open", "write", "fsync", "ftruncate")}
    usual |= {name: getattr(os, name) for name in ("replace", "rename", "unlink", "mkdir", "rmdir")}
    usual_open = io.open

    def make(name: str) -> Callable[..., Any]:
        def operate(*arguments: Any, **settings: Any) -> Any:
            flags = arguments[1] if name == "open" and len(arguments) > 1 else 0
            half = (lambda: usual["write"](*halved(arguments))) if name == "write" else (lambda: None)
            writes = name != "open" or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            disk.operate(name, half, changes=writes)
            return usual[name](*arguments, **settings)

        return operate

    def opened(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **settings: Any) -> Any:
        if str(file).startswith(("/proc/", "/sys/")):  # the system's own word, and no disk
            return usual_open(file, mode, buffering, *rest, **settings)
        is_text = "b" not in mode
        if "w" in mode or "a" in mode or "x" in mode or "+" in mode:
            if not isinstance(file, int):
                disk.operate("open", changes=True)
            raw = Raw(disk, file, mode.replace("t", "").replace("b", ""))
            buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        elif not isinstance(file, int):
            disk.operate("open", changes=False)
            buffered = io.BufferedReader(Raw(disk, file, "r"))
        else:
            return usual_open(file, mode, buffering, *rest, **settings)
        return io.TextIOWrapper(buffered, *rest, **settings) if is_text else buffered

    def allocating(function: Callable[..., Any]) -> Callable[..., Any]:
        def allocate(*arguments: Any, **settings: Any) -> Any:
            disk.allocate()
            return function(*arguments, **settings)

        return allocate

    with ExitStack() as stack:
        for name in usual:
            stack.enter_context(patch.object(os, name, make(name)))
        for module in (io, builtins):
            stack.enter_context(patch.object(module, "open", opened))
        for name in _ALLOCATING if disk.counts_memory else ():  # else Numba wouldn't know them
            stack.enter_context(patch.object(np, name, allocating(getattr(np, name))))
        yield


class Raw(io.FileIO):
    """A file whose reads and writes go through the disk."""

    def __init__(self, disk: Disk, file: Any, mode: str) -> None:
        self._disk = disk
        super().__init__(file, mode)

    def write(self, content: Any) -> int:
        half = bytes(content)[: len(content) // 2]
        self._disk.operate("write", lambda: super(Raw, self).write(half), changes=True)
        return super().write(content)

    def readinto(self, buffer: Any) -> int:
        self._disk.operate("read", changes=False)
        return super().readinto(buffer)

    def readall(self) -> bytes:
        self._disk.operate("read", changes=False)
        return super().readall()


def halved(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Those of a `write` of half of it."""
    handle, content = arguments
    return handle, bytes(content)[: len(content) // 2]
