"""Who may write: a lock that the system takes back when its process ends, however it ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from core.errors import FormatError, name_of

_PAUSES: Final = (0.01, 0.02, 0.05, 0.1)
"""Seconds between two tries."""


class HeldError(FormatError):
    """Somebody else has the lock."""


class WriterLock:
    """One process at a time holds the lock of a path; a second one is refused.

    Only the lock on the file counts, so none can be stale. Whoever removes the file holds it.
    """

    def __init__(self, path: Path) -> None:
        """Takes the lock. Raises HeldError where another process, or another part of this one, has it, and
        FormatError where it can't be made."""
        self._path = path
        for pause in (*_PAUSES, None):
            handle = _taken(path)
            if handle is not None:
                self._handle = handle
                return
            if pause is not None:
                time.sleep(pause)  # somebody may only look whether it is free
        raise HeldError(
            f"{name_of(path.parent)} is being written by another window or command.",
            "Wait until that has ended, or work on a copy.",
        )

    def release(self) -> None:
        """Lets others have it. A second time does nothing."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)  # which takes the lock away, too

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock of this path: there is none, or its holder has ended, however."""
    if not path.exists():
        return True
    try:
        handle = _taken(path)
    except FormatError:
        return False
    if handle is not None:
        os.close(handle)
    return handle is not None


def _taken(path: Path) -> int | None:
    """The handle of the file, locked; None where somebody else has it. Raises FormatError."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise FormatError(f"{name_of(path)} can't be written: {error.strerror or error}.") from None
    try:
        _lock(handle)
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except OSError:
        pass  # it is held, or was removed by whoever held it
    os.close(handle)
    return None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        """Raises OSError where somebody has it."""
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        """Raises OSError where somebody has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
