"""What waits for the disk, done beside the window, one thing after the other."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from PySide6.QtCore import QObject

from cnngui.compute.writing import Writing
from core.errors import Problem

T = TypeVar("T")
Then: TypeAlias = Callable[[T | None, Problem | None], object]
"""Is given what came of it, or why nothing did."""


class _Chore(Generic[T]):
    def __init__(self, work: Callable[[], T], then: Then[T], *, reads: bool) -> None:
        self.reads = reads
        self._work = work
        self._then = then
        self._result: T | None = None

    def do(self) -> None:
        self._result = self._work()

    def end(self, problem: Problem | None) -> None:
        self._then(self._result, problem)


class Chores(QObject):
    """Does what it is given in a thread of its own, in the order in which it is given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[_Chore[object]] = deque()
        self._writing: Writing | None = None
        if parent is not None:
            parent.destroyed.connect(lambda *_: self.finish())  # a thread mustn't be deleted while it runs

    def add(self, work: Callable[[], T], then: Then[T] = lambda *_: None, *, reads: bool = False) -> None:
        """`then` is called in this thread afterwards. What only `reads` is dropped by `finish`."""
        chore = _Chore(work, then, reads=reads)
        self._waiting.append(chore)  # type: ignore[arg-type]  # each is done with its own then
        self._go_on()

    def finish(self) -> None:
        """Does all that writes before it returns; no `then` is called any more."""
        if self._writing is not None:
            self._writing.shut_down()
            self._writing.deleteLater()
            self._writing = None
            self._waiting.popleft()
        while self._waiting:
            chore = self._waiting.popleft()
            if not chore.reads:
                with contextlib.suppress(Exception):  # whatever it is, there is nobody to be told
                    chore.do()

    def _go_on(self) -> None:
        if self._writing is None and self._waiting:
            self._writing = Writing(self._waiting[0].do, self)
            self._writing.ended.connect(self._end)
            self._writing.begin()

    def _end(self, problem: Problem | None) -> None:
        done = self._waiting.popleft()
        if self._writing is not None:
            self._writing.deleteLater()
            self._writing = None
        self._go_on()
        done.end(problem)
