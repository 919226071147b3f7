"""A thread that reads what lies on the disk: one thing after the other, and no longer than somebody waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from PySide6.QtCore import QObject

from cnngui.compute.writing import Writing
from core.errors import Problem

Then: TypeAlias = Callable[[Any, Problem | None], object]
"""Is given what was read, or why it couldn't be."""


class Reading(QObject):
    """Does what it is given in the order in which it comes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[tuple[Callable[[], object], Then]] = deque()
        self._thread: Writing | None = None
        self._found: object = None

    @property
    def is_busy(self) -> bool:
        return self._thread is not None

    def add(self, work: Callable[[], object], then: Then) -> None:
        """Calls `work` in a thread of its own, and `then`, in this one, with what that returns."""
        self._waiting.append((work, then))
        self._go_on()

    def shut_down(self) -> None:
        """Waits for what is being read; all else is left."""
        self._waiting.clear()
        if self._thread is not None:
            self._thread.shut_down()
            self._thread.deleteLater()
            self._thread = None

    def _go_on(self) -> None:
        if self._thread is None and self._waiting:
            work, then = self._waiting.popleft()

            def read() -> None:
                self._found = work()

            self._thread = Writing(read, self)
            self._thread.ended.connect(lambda problem: self._end(then, problem))
            self._thread.begin()

    def _end(self, then: Then, problem: Problem | None) -> None:
        found, self._found = self._found, None
        if self._thread is not None:
            self._thread.wait()
            self._thread.deleteLater()
            self._thread = None
        try:
            then(found, problem)
        finally:
            self._go_on()
