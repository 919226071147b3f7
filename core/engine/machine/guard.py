"""A debug mode that names the operation which writes where it must not.

With the environment variable CNNGUI_GUARD=1 tables are run here, in Python, call by call and one thread's
part after the other's. Buffers share no memory, have guard zones around them and hold NaN until something is
written to them, so that reading what nobody wrote shows, too. After each call all memory that its row doesn't
mention has to be what it was: guard zones, the other buffers, other threads' blocks in a chain, and
parameters, gradients and the optimiser's buffers outside of the arena. That is many times slower.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.engine.machine.arena import Arena, Fixed, StageMemory, buffer_of
from core.engine.machine.operation import Task
from core.engine.machine.order import Stage
from core.schema.written import counted_text

GUARD_VARIABLE = "CNNGUI_GUARD"
NAN_BYTE = 0xFF
"""Four of them are a NaN."""

Calls = Mapping[int, Callable[[], None]]
"""What is called after which stage."""

Extent = tuple[int, int]
"""The first and last + 1 address of some memory."""


class TrespassError(RuntimeError):
    """An operation wrote to memory that its row doesn't mention: a fault of the engine."""


def guarding() -> bool:
    """Whether this process is to guard its tables."""
    return os.environ.get(GUARD_VARIABLE, "0") not in ("", "0")


def run_guarded(
    arenas: Sequence[Arena],
    threads: int,
    blocks: int,
    samples: int,
    calls: Calls | None = None,
) -> None:
    """Runs the tables of guarded arenas as a Team of `threads` does, with the calls of the first one.

    Raises TrespassError.
    """
    watched = [_Region(arena.memory) for arena in arenas]
    for arena in arenas:
        arena.memory[:] = NAN_BYTE
        watched += [_Region(v.array) for _, row in arena.rows for v in row if isinstance(v, Fixed)]
    for arena in arenas:
        _Run(arena, threads, samples, watched).all(blocks, (calls or {}) if arena is arenas[0] else {})


class _Region:
    """Memory that is compared with what it was."""

    def __init__(self, array: NDArray[np.generic]) -> None:
        self._bytes = array.reshape(-1).view(np.uint8)
        self._begin = array.ctypes.data

    def remember(self) -> None:
        self._before = self._bytes.copy()

    def first_change(self, allowed: Sequence[Extent]) -> int | None:
        """The lowest address that has changed, apart from the `allowed` ones."""
        for begin, end in allowed:
            inside = slice(max(begin - self._begin, 0), max(end - self._begin, 0))
            self._before[inside] = self._bytes[inside]
        changed = self._before != self._bytes
        return self._begin + int(changed.argmax()) if changed.any() else None


class _Run:
    """One run of an arena's table, in the order of core/engine/machine/team.py."""

    def __init__(self, arena: Arena, threads: int, samples: int, watched: Sequence[_Region]) -> None:
        self._arena, self._threads, self._samples, self._watched = arena, threads, samples, watched

    def all(self, blocks: int, calls: Calls) -> None:
        for number, (stage, memory) in enumerate(self._arena.stages):
            self._stage(stage, memory, blocks)
            if number in calls:
                calls[number]()

    def _stage(self, stage: Stage, memory: StageMemory, blocks: int) -> None:
        threads = range(self._threads)
        own = blocks // self._threads
        for number in stage.shared:
            for thread in threads:
                task = Task(0, blocks, thread, self._threads, thread, self._samples, 1)
                self._call(number, task, memory)
        for thread in threads:
            end = (thread + 1) * own
            for first in range(thread * own, end, memory.chunk):
                last, fresh = min(first + memory.chunk, end), int(first == thread * own)
                for number in stage.chain:
                    task = Task(first, last, 0, 1, thread, self._samples, fresh)
                    self._call(number, task, memory)
        for first in range(own * self._threads, blocks, memory.chunk):
            last, fresh = min(first + memory.chunk, blocks), int(first == 0)
            for number in stage.chain:
                for thread in threads:
                    task = Task(first, last, thread, self._threads, thread, self._samples, fresh)
                    self._call(number, task, memory, together=True)

    def _call(self, number: int, task: Task, memory: StageMemory, *, together: bool = False) -> None:
        """Calls an operation. `together`, the threads work on blocks in the first one's memory."""
        kernel, row = self._arena.rows[number]
        copies = self._arena.fields[number]
        fields = copies[min(task.thread, len(copies) - 1)]
        own: list[Extent] = []
        for index, operand in enumerate(row):
            buffer = buffer_of(operand)
            if isinstance(operand, Fixed):
                own.append((operand.address, operand.address + operand.array.nbytes))
            elif buffer:
                size, shift = (
                    (task.last - task.first) * buffer.block or buffer.size,
                    task.first * buffer.block,
                )
                if buffer in memory.offsets:
                    shift = 0 if together and buffer.block else task.thread * memory.part
                    fields[index] = operand.address + shift - task.first * buffer.block
                own.append((buffer.address + shift, buffer.address + shift + size))
        for region in self._watched:
            region.remember()
        numbers = np.array(task, np.int64)
        kernel.function(fields.ctypes.data, numbers.ctypes.data)
        for region in self._watched:
            place = region.first_change(own)
            if place is not None:
                raise TrespassError(
                    f"{kernel.name} (operation {number + 1} of {len(self._arena.rows)}) wrote outside of its "
                    f"buffers, {_nearest(place, own)}. Its fields: {row}. Its {task}."
                )


def _nearest(place: int, own: Sequence[Extent]) -> str:
    if not own:
        return "of which it has none"
    distances = [place - end + 1 if place >= end else place - begin for begin, end in own]
    distance = min(distances, key=abs)
    side = "behind the end" if distance > 0 else "before the beginning"
    return f"{counted_text(abs(distance), 'byte')} {side} of the nearest"
