"""One block of memory for all values of a network, with offsets planned by who needs what when.

A `Buffer` is memory that rows refer to before it has an address. Two buffers share memory if the rows
that mention them don't overlap in time: the first and last such row are a buffer's life.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.operation import Kernel, barriers, encode

_LINE = 64
GUARD = 4 * _LINE
"""Bytes around each buffer: kernels may read, never write, a few vectors past an image's border."""


NAN_BYTE = 0xFF
"""Four of them are a NaN."""


class Buffer:
    """`size` bytes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._address: int | None = None

    @property
    def address(self) -> int:
        if self._address is None:
            raise RuntimeError("a buffer was used before the arena was planned")
        return self._address

    def place(self, address: int) -> None:
        self._address = address

    def at(self, offset: int) -> Place:
        """The place `offset` bytes into the buffer."""
        return Place(self, offset)


class Place(NamedTuple):
    """A place inside a buffer."""

    buffer: Buffer
    offset: int

    @property
    def address(self) -> int:
        return self.buffer.address + self.offset


class Fixed(NamedTuple):
    """The memory of a NumPy array that lives outside the arena; keeps the array alive."""

    array: NDArray[Any]

    @property
    def address(self) -> int:
        return int(self.array.ctypes.data)


Operand: TypeAlias = Buffer | Place | Fixed
"""What a row may hold where its operation expects an address."""

Row: TypeAlias = tuple[Kernel, Any]
"""An operation and its fields, a NamedTuple."""


def _buffers(row: Row) -> Iterable[Buffer]:
    for value in row[1]:
        if isinstance(value, Place):
            yield value.buffer
        elif isinstance(value, Buffer):
            yield value


def _round(size: int) -> int:
    # An odd number of lines between two buffers keeps equal rows of both out of the same cache set.
    return -(-(size + GUARD) // (2 * _LINE)) * 2 * _LINE + _LINE


class Arena:
    """The memory of all buffers that `rows` mention, and the rows as tables of addresses.

    With `guarded`, for tests, no memory is shared and all of it starts as NaN: a value that is read before it
    is written shows, and `trespasses` counts the guards between buffers that were written to.
    """

    def __init__(self, rows: Sequence[Row], *, guarded: bool = False) -> None:
        lives: dict[Buffer, list[int]] = {}
        meets = barriers([kernel for kernel, _ in rows])
        stage = 0  # rows without a barrier between them may run at the same time
        for row, meet in zip(rows, meets, strict=True):
            for buffer in _buffers(row):
                lives.setdefault(buffer, [stage, stage])[1] = stage
            stage += meet
        if guarded:
            lives = {buffer: [0, len(rows)] for buffer in lives}
        offsets = _plan(lives)
        self.size = max((offsets[b] + _round(b.size) for b in offsets), default=0) + GUARD
        self.memory = np.zeros(self.size + _LINE, np.uint8)
        start = self.memory.ctypes.data + GUARD
        start += -start % _LINE
        for buffer, offset in offsets.items():
            buffer.place(start + offset)
        if guarded:
            self.memory[:] = NAN_BYTE
            self._guards = [
                (offset + start - self.memory.ctypes.data + buffer.size, _round(buffer.size) - buffer.size)
                for buffer, offset in offsets.items()
            ]
        self.fields = [np.array([encode(v) for v in row[1]], np.int64) for row in rows]
        self._alive = rows
        self.table = np.array(
            [
                (kernel.address, fields.ctypes.data, meet)
                for (kernel, _), fields, meet in zip(rows, self.fields, meets, strict=True)
            ],
            np.int64,
        ).reshape(-1, 3)

    def trespasses(self) -> int:
        """How many guards of a `guarded` arena something was written to."""
        return sum((self.memory[at : at + size] != NAN_BYTE).any() for at, size in self._guards)


def _plan(lives: dict[Buffer, list[int]]) -> dict[Buffer, int]:
    """Offsets by the greedy rule "largest first, lowest gap that fits" (Pisarchyk and Lee 2020,
    arXiv:2001.03288)."""
    placed: list[tuple[int, int, int, int]] = []  # offset, end, first row, last row
    offsets = {}
    for buffer, (first, last) in sorted(lives.items(), key=lambda item: -item[0].size):
        size = _round(buffer.size)
        offset = 0
        for start, end, begin, finish in sorted(placed):
            if finish < first or begin > last:
                continue
            if offset + size <= start:
                break
            offset = max(offset, end)
        placed.append((offset, offset + size, first, last))
        offsets[buffer] = offset
    return offsets
