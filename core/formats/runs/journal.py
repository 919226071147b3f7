"""A journal on the disk: written block by block as things happen, by one writer."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from core.data.streams import check_room, open_file
from core.errors import DataError, FormatError, name_of
from core.formats.atomic import write_atomically
from core.formats.lock import WriterLock
from core.formats.runs.blocks import MAGIC, Reading, Record, block, read


def read_journal(path: Path) -> Reading:
    """What is in a journal, which may be growing. Raises FormatError where it can't be read."""
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            check_room(name_of(path), 2 * size, "Close other programs.")  # it, and the arrays in it
            return read(file.read(size))
    except OSError as error:
        raise FormatError(f"{name_of(path)} can't be read: {error.strerror or error}.") from None
    except DataError as error:
        raise FormatError(error.problem.message, error.problem.hint) from None
    except MemoryError:
        raise FormatError(f"{name_of(path)} doesn't fit into memory.") from None


class Journal:
    """Adds blocks to a journal, which it makes where there is none.

    A torn tail is cut off at the last whole block; `found` says what was there. Whatever fails, the blocks
    that were whole before stay whole.
    """

    def __init__(self, path: Path) -> None:
        """Raises FormatError where another process writes it, it is of another kind, or can't be written."""
        self._path = path
        self._lock = WriterLock(path.with_name(f"{path.name}.lock"))
        try:
            is_new = not path.exists() or not path.stat().st_size
            self.found = read(MAGIC) if is_new else read_journal(path)
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            try:
                self._length = 0 if is_new else self.found.length
                os.ftruncate(self._handle, self._length)
                if not self._length:
                    self._write(MAGIC)
            except BaseException:
                os.close(self._handle)
                raise
        except OSError as error:
            self._lock.release()
            raise self._refusal(error) from None
        except BaseException:
            self._lock.release()
            raise

    @property
    def length(self) -> int:
        """In bytes."""
        return self._length

    def replace(self, records: Iterable[Record]) -> None:
        """Puts these records in place of all that is there, in one step, a block each. Raises FormatError."""
        os.close(self._handle)  # on Windows, nothing replaces a file that is open
        try:
            write_atomically(self._path, chain([MAGIC], (block([record]) for record in records)))
        finally:
            self._open_again()

    def _open_again(self) -> None:
        """Raises FormatError; then nothing can be appended any more."""
        self._handle = -1
        try:
            self._handle = os.open(self._path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
            self._length = os.fstat(self._handle).st_size
        except OSError as error:
            raise self._refusal(error) from None

    def append(self, records: Iterable[Record]) -> None:
        """Writes a block. Raises FormatError; the journal is then as it was before."""
        self._write(block(records))

    def sync(self) -> None:
        """Makes all that is written last through a power cut. Raises FormatError."""
        try:
            os.fsync(self._handle)
        except OSError as error:
            raise self._refusal(error) from None

    def close(self) -> None:
        """Lets others write. A second time does nothing."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, content: bytes) -> None:
        left = memoryview(content)
        try:
            os.lseek(self._handle, self._length, os.SEEK_SET)
            while left:
                left = left[os.write(self._handle, left) :]
        except OSError as error:
            with contextlib.suppress(OSError):  # whoever reads it cuts off what is torn
                os.ftruncate(self._handle, self._length)
            raise self._refusal(error) from None
        self._length += len(content)

    def _refusal(self, error: OSError) -> FormatError:
        return FormatError(
            f"{name_of(self._path)} can't be written: {error.strerror or error}.",
            "What was written before is whole. Make room on the disk, or choose another folder.",
        )
