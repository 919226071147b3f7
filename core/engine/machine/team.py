"""A team of threads that works through a table of stages together, with a barrier after each stage.

The barrier and the loop over the table are compiled code without the interpreter's lock, so a whole
training step is one call. numba's own `parallel=True` is not used: it compiles for seconds, and its
thread pool aborts the process when two Python threads meet in it. A team belongs to one thread, which is
its member 0.
"""

from __future__ import annotations

import os
import queue
import re
import threading
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from core.engine.machine.operation import Task, call, helper, kernel
from core.engine.machine.vectors import I64, load_integer, primitive, store_integer
from core.errors import UsageError
from core.native.system import usable_cores, yield_function

THREADS_VARIABLE = "CNNGUI_THREADS"
MOST_THREADS = 1024
_LINE = 64  # bytes of a cache line
_SPINS = 2000
"""How often a waiting thread looks before it lets others run; under load another process may hold the
core."""
_PATIENCE = 20_000
"""How often a thread without work looks before it sleeps: some 100 µs, the usual time between two steps."""


class StageEntry(NamedTuple):
    """Entries of rows, `shared` of them shared out by all threads, then `chained` ones.

    A thread takes `chunk` blocks at a time through the chain; `window` bytes lie between two threads' memory
    for them.
    """

    entries: int
    shared: int
    chained: int
    chunk: int
    window: int


class RowEntry(NamedTuple):
    """An operation and its fields, `step` bytes from one thread's to the next's.

    `moving` fields are addresses in the thread's window: (place in the row, address for block 0 in the first
    thread's window, bytes of a block or 0), 24 bytes each at `moves`.
    """

    kernel: int
    fields: int
    step: int
    moves: int
    moving: int


def default_threads() -> int:
    """One thread per core that this process may use, one left free for the window where there are more
    than two. Raises UsageError where the environment asks for what is no number of threads."""
    forced = os.environ.get(THREADS_VARIABLE)
    if forced:
        # Not by int() alone: it raises for words, and for more digits than Python reads.
        if not re.fullmatch(r"[0-9]{1,4}", forced) or int(forced) > MOST_THREADS:
            raise UsageError(
                f"The environment variable {THREADS_VARIABLE} is {forced!r}; "
                f"it has to be a whole number from 1 to {MOST_THREADS}.",
                "Unset it to have one for each core.",
            )
        return max(1, int(forced))
    cores = usable_cores()
    return cores - 1 if cores > 2 else cores


_yield = types.ExternalFunction(yield_function(), types.int32())


@primitive
def _atomic_add(_context: Any, address: Any, value: Any) -> Any:
    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        place = builder.inttoptr(args[0], I64.as_pointer())
        return builder.atomic_rmw("add", place, args[1], "seq_cst")

    return types.int64(types.int64, types.int64), generate


@primitive
def _atomic_load(_context: Any, address: Any) -> Any:
    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        return builder.load_atomic(builder.inttoptr(args[0], I64.as_pointer()), "seq_cst", 8)

    return types.int64(types.int64), generate


@primitive
def _atomic_store(_context: Any, address: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        builder.store_atomic(args[1], builder.inttoptr(args[0], I64.as_pointer()), "seq_cst", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@helper
def _meet(barrier: int, threads: int) -> None:
    """Waits for all threads."""
    if threads == 1:
        return
    # The last to arrive opens the next generation (Mellor-Crummey and Scott 1991, a sense-reversing
    # barrier).
    generation = _atomic_load(barrier + _LINE)
    if _atomic_add(barrier, 1) == threads - 1:
        _atomic_store(barrier, 0)
        _atomic_store(barrier + _LINE, generation + 1)
    else:
        spins = 0
        while _atomic_load(barrier + _LINE) == generation:
            spins += 1
            if spins > _SPINS:
                _yield()


@helper
def _set_task(task: int, first: int, last: int, part: int, parts: int, fresh: int) -> None:
    """Writes the fields of Task that change from call to call."""
    store_integer(task, first)
    store_integer(task + 8, last)
    store_integer(task + 16, part)
    store_integer(task + 24, parts)
    store_integer(task + 48, fresh)


@helper
def _do(entry: int, task: int, window: int, together: int) -> None:
    """Calls the operation of a RowEntry; the thread's window is `window` bytes behind the first one's.

    `together`, the threads work on blocks in the first one's window.
    """
    fields = load_integer(entry + 8) + load_integer(task + 32) * load_integer(entry + 16)
    moves = load_integer(entry + 24)
    for move in range(moves, moves + 24 * load_integer(entry + 32), 24):
        block = load_integer(move + 16)
        shift = 0 if together and block else window
        store_integer(
            fields + load_integer(move), load_integer(move + 8) + shift - load_integer(task) * block
        )
    call(load_integer(entry), (fields, task))


@kernel(5)
def _run(table: int, count: int, task: int, barrier: int, threads: int) -> None:
    """One thread's way through a table."""
    blocks, thread = load_integer(task + 8), load_integer(task + 32)
    own = blocks // threads
    for stage in range(table, table + 40 * count, 40):
        entries, shared = load_integer(stage), load_integer(stage + 8)
        chain = entries + 40 * shared
        end = chain + 40 * load_integer(stage + 16)
        chunk, window = load_integer(stage + 24), load_integer(stage + 32)
        _set_task(task, 0, blocks, thread, threads, 1)
        for entry in range(entries, chain, 40):
            _do(entry, task, thread * window, 0)
        for first in range(thread * own, (thread + 1) * own, chunk):
            _set_task(task, first, min(first + chunk, (thread + 1) * own), 0, 1, first == thread * own)
            for entry in range(chain, end, 40):
                _do(entry, task, thread * window, 0)
        if chain < end and own * threads < blocks:
            # The blocks that are left are done by all together, in the first thread's memory.
            for first in range(own * threads, blocks, chunk):
                _meet(barrier, threads)
                _set_task(task, first, min(first + chunk, blocks), thread, threads, first == 0)
                for entry in range(chain, end, 40):
                    _do(entry, task, thread * window, 1)
                    _meet(barrier, threads)
        _meet(barrier, threads)


@kernel(2, result=types.int64)
def _wait(place: int, seen: int) -> int:
    """The turn at `place`, once it is another than `seen` or too long has been waited for it."""
    spins = 0
    while _atomic_load(place) == seen and spins < _PATIENCE:
        spins += 1
        if spins > _SPINS:
            _yield()
    return _atomic_load(place)  # type: ignore[no-any-return]


@kernel(1, result=types.int64)
def _announce(place: int) -> int:
    """Begins the next turn; gives its number."""
    return _atomic_add(place, 1) + 1  # type: ignore[no-any-return]


@kernel(7, result=types.int64)
def _help(seen: int, turn: int, job: int, run: int, barrier: int, threads: int, member: int) -> int:
    """A helper's share of each table that is announced, until none comes for a while; gives the last turn.

    Between two tables it doesn't return to Python, where it would have to wait for the interpreter's lock.
    """
    while True:
        spins = 0
        while _atomic_load(turn) == seen:
            spins += 1
            if spins > _PATIENCE:
                return seen
            if spins > _SPINS:
                _yield()
        seen = _atomic_load(turn)
        table, count, tasks = load_integer(job), load_integer(job + 8), load_integer(job + 16)
        if not table:
            return seen
        call(run, (table, count, tasks + _LINE * member, barrier, threads))


TEAM_KERNELS = (_run, _help, _wait, _announce)


class Team:
    """`threads` threads that run tables together; the caller is one of them. Close it when done."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._run, self._help = _run.function, _help.function
        self._wait, self._announce = _wait.function, _announce.function
        memory = np.zeros(8 * 64 + _LINE, np.int64)
        self._memory = memory
        self._barrier = memory.ctypes.data + -memory.ctypes.data % _LINE
        self._turn = self._barrier + 2 * _LINE
        self._job = np.zeros(3, np.int64)  # a table, its length, the tasks; without a table helpers end
        self._open = True
        self._asleep = [False] * threads
        self._bells: list[queue.SimpleQueue[int]] = [queue.SimpleQueue() for _ in range(threads)]
        for member in range(1, threads):
            threading.Thread(target=self._serve, args=(member,), name=f"engine-{member}", daemon=True).start()

    def run(self, table: NDArray[np.int64], blocks: int, samples: int) -> None:
        """Runs a table of StageEntry for `samples` images.

        Blocks that can't be shared out evenly are done by all together, with a barrier after each row.
        """
        if not len(table):
            return
        tasks = np.zeros((self.threads, _LINE // 8), np.int64)
        for member in range(self.threads):
            tasks[member, : len(Task._fields)] = Task(0, blocks, member, self.threads, member, samples, 1)
        job = (table.ctypes.data, len(table), tasks.ctypes.data)
        self._job[:] = job
        self._start()
        self._run(*job, self._barrier, self.threads)

    def close(self) -> None:
        """Ends the helper threads."""
        self._open = False
        self._job[:] = 0
        self._start()

    def _start(self) -> None:
        if self.threads == 1:
            return
        turn = self._announce(self._turn)
        for member in range(1, self.threads):
            if self._asleep[member]:
                self._asleep[member] = False
                self._bells[member].put(turn)

    def _serve(self, member: int) -> None:
        """A helper's life: looks for work for a moment, then sleeps until it is rung for."""
        seen = 0
        fixed = (self._turn, self._job.ctypes.data, _run.address, self._barrier, self.threads, member)
        while self._open:
            seen = self._help(seen, *fixed)
            self._asleep[member] = True
            # Work may have come between the last look and falling asleep; its bell is then heard too late.
            if self._open and self._wait(self._turn, seen) == seen:
                self._bells[member].get()
            self._asleep[member] = False
