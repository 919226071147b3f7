"""Reading files of other people's making: as much memory as the data take, and little more."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import IO, Any, Final, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.errors import DataError
from core.native import memory
from core.schema.written import memory_text

_AT_ONCE: Final = 1 << 20
"""Bytes that are read together."""
MOST_DIRECTORY: Final = 4 << 20
"""Bytes of the directory of an archive: some 50,000 entries."""


class Readable(Protocol):
    """What bytes come out of, one after the other."""

    def read(self, size: int, /) -> bytes: ...


class CutOffError(ValueError):
    """The stream ended before the array did."""


def open_file(path: Path) -> IO[bytes]:
    """Opens what is a file. Raises OSError for anything else: of a pipe or a device nobody knows the end."""
    kind = path.stat().st_mode  # before it is opened: to open a pipe is to wait for a writer
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(kind):
        raise OSError(errno.EINVAL, "it is no file")
    return path.open("rb")


class ArchiveFile(io.FileIO):
    """A zip archive for `zipfile`, which would read a directory of any size at once.

    Raises BadZipFile there. Nothing else asks for as much: contents are read in portions.
    """

    def __init__(self, path: Path) -> None:
        open_file(path).close()
        super().__init__(os.fspath(path))

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > MOST_DIRECTORY:
            raise BadZipFile("it has far too many entries")
        return super().read(wanted) or b""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if whence == os.SEEK_SET and offset < 0:  # which would look like a fault of the system
            raise BadZipFile("it says that a part lies in front of it")
        return super().seek(offset, whence)


def check_room(name: str, size: int, hint: str) -> None:
    """Raises DataError where so many bytes don't fit into memory, before any of them is taken."""
    room = memory.available_memory()
    if 0 < room < size:
        raise DataError(
            f"{name} holds {memory_text(size)} of data, and {memory_text(room)} of memory are free.",
            hint,
        )


def read_array(
    stream: Readable, count: int, dtype: DTypeLike, wanted: DTypeLike | None = None
) -> NDArray[Any]:
    """`count` numbers out of a stream, turned into those of another type as they come.

    Raises CutOffError where there are fewer. The caller has looked whether they fit into memory.
    """
    kind = np.dtype(dtype)
    found = np.empty(count, kind.newbyteorder("=") if wanted is None else wanted)
    portion = max(1, _AT_ONCE // max(1, kind.itemsize))
    with np.errstate(over="ignore"):  # what becomes infinite is found by whoever looks for that
        for begin in range(0, count, portion):
            number = min(portion, count - begin)
            found[begin : begin + number] = np.frombuffer(read_exactly(stream, number * kind.itemsize), kind)
    return found


def read_exactly(stream: Readable, size: int) -> bytes:
    """The next `size` bytes. Raises CutOffError where there are fewer."""
    parts = []
    left = size
    while left:
        part = stream.read(min(left, _AT_ONCE))
        if not part:
            raise CutOffError(f"{size - left} of {size} bytes are there")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
