"""A thread that writes one file: neither the window nor a run waits for the disk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from cnngui.compute.garbage import GarbageTimer
from cnngui.compute.jobs.base import problem_of
from core.errors import Problem


class Writing(QThread):
    """Calls `write` once in a thread of its own, and tells how that went. What it is given mustn't change."""

    ended = Signal(object)
    """None: it is written. Else the Problem."""

    def __init__(self, write: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._problem: Problem | None = None
        self._tells = True
        self._garbage = GarbageTimer(self)
        self.finished.connect(self._end)

    def begin(self) -> None:
        self._garbage.start()
        self.start()

    def shut_down(self) -> None:
        """Waits until the file is written; nothing is told any more."""
        self._tells = False  # the news that it has finished may be on its way already
        self.wait()
        self._garbage.stop()

    def run(self) -> None:
        try:
            self._write()
        except Exception as error:
            self._problem = problem_of(error)

    def _end(self) -> None:
        self._garbage.stop()
        if self._tells:
            self.ended.emit(self._problem)
