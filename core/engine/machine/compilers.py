"""Compiling the engine's operations in processes of their own, several at once.

Numba compiles with the interpreter's lock held: one operation at a time, while a window stutters. Here each
helper process is told operations by name, one after the other, and leaves the code in the cache that all
share. Who needs the code waits with `compilers().compile`, and may compile along. This module imports no
numba: a window may ask how far it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import core
from core.native.turn import in_forked_process

MOST_HELPERS = 4
"""Each needs some 100 MB, and half a second before it can compile anything."""
IDLE_SECONDS = 2.0
"""How long a helper without work waits for more."""
_LOOK_SECONDS = 0.05


class CompilationCancelledError(Exception):
    """Who waited for compiled code doesn't want it any more."""


@dataclass(frozen=True)
class Progress:
    """`done` of `total` operations are compiled."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.done / self.total


@dataclass(frozen=True)
class Watch:
    """How a thread waits for compilation: who is told of the progress, and who may end the waiting.

    With `alone`, the thread never compiles itself, which would hold the interpreter's lock.
    """

    progress: Callable[[Progress], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False
    alone: bool = False


_NO_WATCH = Watch()
_watch: ContextVar[Watch] = ContextVar("watch", default=_NO_WATCH)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """While this holds, the current thread waits as `watch` says."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


class Compilers:
    """Helper processes, started when there is work and ended soon after the last."""

    def __init__(self, helpers: int) -> None:
        self._most = helpers
        self._changed = threading.Condition()
        self._queue: list[str] = []
        self._open: set[str] = set()  # in the queue, or being compiled
        self._total = 0
        self._helpers: set[subprocess.Popen[str]] = set()
        self._serving = 0

    @property
    def progress(self) -> Progress | None:
        """How far the current work is; None where there is none."""
        with self._changed:
            return self._progress if self._open else None

    def start(self, more: int = 0) -> None:
        """Starts helpers, and `more` of them than usual, for work that will come in a moment."""
        with self._changed:
            while self._serving < self._most + more:
                self._serving += 1
                threading.Thread(target=self._serve, name="compiler", daemon=True).start()

    def compile(self, names: Sequence[str], here: Callable[[str], object]) -> None:
        """Returns when all of these operations are compiled, or have been tried in vain.

        `here` compiles one in this process. Raises CompilationCancelledError if the thread's Watch says so;
        what was asked for is compiled all the same, until `cancel`.
        """
        watch = _watch.get()
        with self._changed:
            new = [name for name in names if name not in self._open]
            self._total = len(new) + (self._total if self._open else 0)
            self._queue += new
            self._open.update(new)
            self._changed.notify_all()
        if len(new) > 1 or watch.alone:
            self.start(int(watch.alone))  # the core of who only watches is free
        wanted = set(names)
        while True:
            with self._changed:
                if not wanted & self._open:
                    return
                mine = "" if watch.alone and self._serving else self._take(wanted)
                if not mine:
                    self._changed.wait(_LOOK_SECONDS)
                progress = self._progress
            watch.progress(progress)
            if watch.cancelled():
                self._done(mine)
                raise CompilationCancelledError
            if mine:
                try:
                    here(mine)
                finally:
                    self._done(mine)

    def cancel(self) -> None:
        """Drops all work, also that which is being done."""
        with self._changed:
            self._open.difference_update(self._queue)
            self._queue.clear()
            for process in self._helpers:
                process.kill()

    @property
    def _progress(self) -> Progress:
        return Progress(self._total - len(self._open), self._total)

    def _take(self, wanted: set[str] | None = None) -> str:
        """The next operation of the queue (one of those `wanted`), "" where there is none."""
        for index, name in enumerate(self._queue):
            if wanted is None or name in wanted:
                return self._queue.pop(index)
        return ""

    def _done(self, name: str) -> None:
        with self._changed:
            self._open.discard(name)
            self._changed.notify_all()

    def _serve(self) -> None:
        """The life of a helper, as seen from here."""
        try:
            with _helper() as process:
                with self._changed:
                    self._helpers.add(process)
                try:
                    self._employ(process)
                finally:
                    with self._changed:
                        self._helpers.remove(process)
        except OSError:
            pass  # it can't be started, or has been killed: others do its work
        finally:
            with self._changed:
                self._serving -= 1
                self._changed.notify_all()

    def _employ(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None  # they are pipes
        assert process.stdout is not None
        while True:
            with self._changed:
                name = self._take()
                if not name:
                    self._changed.wait_for(lambda: self._queue, IDLE_SECONDS)
                    name = self._take()
            if not name:
                return
            try:
                process.stdin.write(name + "\n")
                process.stdin.flush()
                if not process.stdout.readline():
                    return
            finally:
                self._done(name)


def _helper_path() -> list[str]:
    """Where a helper looks for modules: as this process, but never in the working directory as such.

    "" and other relative entries mean that, whatever lies in it today; this package's own folder is kept.
    """
    path = [entry for entry in sys.path if Path(entry).is_absolute()]
    home = str(Path(core.__file__).parents[1])
    return path if home in path else [home, *path]


@contextmanager
def _helper() -> Iterator[subprocess.Popen[str]]:
    from core.native.system import background_process  # noqa: PLC0415

    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "core.engine.compiler"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(_helper_path())},
        **background_process(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@cache
def compilers() -> Compilers:
    """The helpers of this process: one for each core that isn't busy with its own work."""
    from core.native.system import usable_cores  # noqa: PLC0415

    return Compilers(min(max(usable_cores() - 1, 1), MOST_HELPERS))


in_forked_process(compilers.cache_clear)
