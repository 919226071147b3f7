"""One block of memory for all values of a network, with offsets planned by who needs what when.

A `Buffer` is memory that rows refer to before it has an address. Two buffers share memory if the stages
(order.py) that mention them don't overlap in time: the first and last such stage are a buffer's life. A
buffer that only one chain mentions needs room for the few blocks that each thread works on at a time; there
its life begins and ends with rows of the chain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.machine.operation import Kernel, compile_kernels, encode
from core.engine.machine.order import Stage, Work, stages
from core.engine.machine.team import TEAM_KERNELS, RowEntry, StageEntry
from core.native import memory as process_memory

_LINE = 64
GUARD = 4 * _LINE
"""Bytes around each buffer: kernels may read, never write, a few vectors past an image's border."""

CACHE = 512 * 1024
"""Bytes that a row of a chain should work on at a time: half of a usual second-level cache. Twice as many
make a small network 3 % faster, and its memory a quarter larger."""


class Buffer:
    """`size` bytes; `block` of them for each block of the batch, if it is divided like that.

    A `passing` buffer is for each thread, and only until the row ends that mentions it.
    """

    def __init__(self, size: int, block: int = 0, *, passing: bool = False) -> None:
        self.size, self.block, self.passing = size, block, passing
        self._address: int | None = None

    @property
    def address(self) -> int:
        if self._address is None:
            raise RuntimeError("a buffer was used before the arena was planned")
        return self._address

    def place(self, address: int) -> None:
        self._address = address

    def at(self, offset: int) -> BufferPlace:
        """The place `offset` bytes into the buffer."""
        return BufferPlace(self, offset)


class BufferPlace(NamedTuple):
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


Operand: TypeAlias = Buffer | BufferPlace | Fixed
"""What a row may hold where its operation expects an address."""

TableRow: TypeAlias = tuple[Kernel, Any]
"""An operation and its fields, a NamedTuple."""


def buffer_of(operand: Any) -> Buffer | None:
    if isinstance(operand, BufferPlace):
        return operand.buffer
    return operand if isinstance(operand, Buffer) else None


def _buffers(row: TableRow) -> list[Buffer]:
    return [buffer for operand in row[1] if (buffer := buffer_of(operand))]


def kernels_of(rows: Sequence[TableRow]) -> list[Kernel]:
    """What has to be compiled for these rows: their operations, those named in their fields, the team's."""
    named = [operand for _, fields in rows for operand in fields if isinstance(operand, Kernel)]
    return [*(kernel for kernel, _ in rows), *named, *TEAM_KERNELS]


def _round(size: int) -> int:
    # An odd number of lines between two buffers keeps equal rows of both out of the same cache set.
    return -(-(size + GUARD) // (2 * _LINE)) * 2 * _LINE + _LINE


Life = tuple[int, int]
"""The first and the last stage, or row of a chain, that mentions a buffer."""


class StageMemory:
    """Memory for the buffers that only one stage mentions: for each thread as much as `chunk` blocks need."""

    def __init__(self, lives: Mapping[Buffer, Life], chunk: int, threads: int) -> None:
        self.chunk = chunk
        sizes = {buffer: chunk * buffer.block or buffer.size for buffer in lives}
        self.offsets, self.part = _plan(lives, sizes)
        self.memory = Buffer(self.part * threads)

    def place(self) -> None:
        """Once `memory` has its place: gives the buffers the first thread's part."""
        for buffer, offset in self.offsets.items():
            buffer.place(self.memory.address + offset)


class Layout:
    """Where in one block of memory the buffers lie that `rows` mention, before there is that memory.

    `blocks` is the largest number of blocks of a batch. `size` is in bytes. With `guarded` no memory is
    shared (guard.py).
    """

    def __init__(
        self, rows: Sequence[TableRow], threads: int = 1, blocks: int = 1, *, guarded: bool = False
    ) -> None:
        order = stages([_work(row) for row in rows])
        self.places = {n: place for place, stage in enumerate(order) for n in stage.shared + stage.chain}
        lives = _lives([[_buffers(rows[n]) for n in stage.shared + stage.chain] for stage in order])
        always = (0, len(rows))
        self.memories: list[StageMemory] = []
        for number, stage in enumerate(order):
            shared, linked = ([_buffers(rows[n]) for n in part] for part in (stage.shared, stage.chain))
            whole = set(chain.from_iterable(shared))  # all threads need all of it
            inside = {
                buffer: always if guarded else life
                for buffer, life in _lives([[buffers] for buffers in shared + linked]).items()
                if lives[buffer] == (number, number)
                and (buffer.passing or (buffer.block and buffer not in whole))
            }
            memory = StageMemory(inside, _chunk(linked, max(1, blocks // threads)), threads)
            self.memories.append(memory)
            lives = {buffer: life for buffer, life in lives.items() if buffer not in inside}
            lives[memory.memory] = (number, number)
        if guarded:
            lives = dict.fromkeys(lives, always)
        self._offsets, end = _plan(lives, {buffer: buffer.size for buffer in lives})
        self.stages = list(zip(order, self.memories, strict=True))
        self.size = end + GUARD

    def place(self, start: int) -> None:
        """Gives every buffer its address, in memory that begins at `start`."""
        for buffer, offset in self._offsets.items():
            buffer.place(start + offset)
        for memory in self.memories:
            memory.place()


class Arena:
    """The memory of all buffers that `rows` mention, and the rows as a table for `threads` threads.

    `blocks` and `guarded` as for `Layout`. Raises MemoryError for more memory than there is.
    """

    def __init__(
        self, rows: Sequence[TableRow], threads: int = 1, blocks: int = 1, *, guarded: bool = False
    ) -> None:
        compile_kernels(kernels_of(rows))
        self.rows, self.threads = rows, threads
        layout = Layout(rows, threads, blocks, guarded=guarded)
        self._places, self.stages, self.size = layout.places, layout.stages, layout.size
        room = process_memory.available_memory() or math.inf
        if self.size > room:  # a system may give memory that it doesn't have
            raise MemoryError(self.size)
        self.memory = np.zeros(self.size + _LINE, np.uint8)
        start = self.memory.ctypes.data + GUARD
        layout.place(start + -start % _LINE)
        self.fields = [np.zeros((0, 0), np.int64)] * len(rows)
        self._kept_alive: list[NDArray[np.int64]] = []
        entries = [self._stage(stage, memory) for stage, memory in self.stages]
        self.table = np.array(entries, np.int64).reshape(-1, len(StageEntry._fields))

    def stage(self, row: int) -> int:
        """The number of the stage that a row is in."""
        return self._places[row]

    def set(self, row: int, field: int, value: int) -> None:
        """Changes a number in a row."""
        self.fields[row][:, field] = value

    def _stage(self, stage: Stage, memory: StageMemory) -> StageEntry:
        """The rows of a stage, each with an entry."""
        rows = np.array([self._row(number, memory) for number in stage.shared + stage.chain], np.int64)
        self._kept_alive.append(rows)
        return StageEntry(rows.ctypes.data, len(stage.shared), len(stage.chain), memory.chunk, memory.part)

    def _row(self, number: int, memory: StageMemory) -> RowEntry:
        """A row; where it mentions the stage's memory, its fields are there once for each thread."""
        kernel, row = self.rows[number]
        moving = [
            (8 * index, operand.address, buffer.block)
            for index, operand in enumerate(row)
            if (buffer := buffer_of(operand)) in memory.offsets and buffer
        ]
        values = np.array([encode(value) for value in row], np.int64)
        fields = self.fields[number] = np.tile(values, (self.threads if moving else 1, 1))
        moves = np.array(moving, np.int64)
        self._kept_alive.append(moves)
        step = fields.strides[0] if moving else 0
        return RowEntry(kernel.address, fields.ctypes.data, step, moves.ctypes.data, len(moving))


def _work(row: TableRow) -> Work:
    mentioned = _buffers(row)
    divided = frozenset(buffer for buffer in mentioned if buffer.block)
    return Work(row[0].scope, divided, frozenset(mentioned) - divided)


def _lives(steps: Sequence[Sequence[Sequence[Buffer]]]) -> dict[Buffer, Life]:
    """In which of the steps each buffer is first and last mentioned."""
    lives: dict[Buffer, Life] = {}
    for number, rows in enumerate(steps):
        for buffer in chain.from_iterable(rows):
            lives[buffer] = (lives.get(buffer, (number, number))[0], number)
    return lives


def _chunk(rows: Sequence[Sequence[Buffer]], own: int) -> int:
    """How many of a thread's `own` blocks to take through a chain at a time: what the cache can hold."""
    largest = max((sum(buffer.block for buffer in set(buffers)) for buffers in rows), default=0)
    return max(1, min(own, CACHE // max(1, largest)))


def _plan(lives: Mapping[Buffer, Life], sizes: Mapping[Buffer, int]) -> tuple[dict[Buffer, int], int]:
    """Offsets, and where all of it ends, by the greedy rule "largest first, lowest gap that fits" (Pisarchyk
    and Lee 2020, arXiv:2001.03288)."""
    placed: list[tuple[int, int, int, int]] = []  # offset, end, first, last
    offsets = {}
    for buffer, (first, last) in sorted(lives.items(), key=lambda item: -sizes[item[0]]):
        size = _round(sizes[buffer])
        offset = 0
        for start, end, begin, finish in sorted(placed):
            if finish < first or begin > last:
                continue
            if offset + size <= start:
                break
            offset = max(offset, end)
        placed.append((offset, offset + size, first, last))
        offsets[buffer] = offset
    return offsets, max((end for _, end, _, _ in placed), default=0)
