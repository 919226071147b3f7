"""A thread that writes one file: neither the window nor a run waits for the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from cnngui.compute.garbage import GarbageTimer
from cnngui.compute.jobs.base import problem_of
from core.errors import Problem


class Writing(QObject):
    """Calls `write` once in a thread of its own, and tells how that went. What it is given mustn't change.

    The thread is Python's, not Qt's: before Python 3.12.9 and 3.13.2, one that makes itself known to Python
    while `tracemalloc` is stopped may end the process (issue 128679 of CPython). Steps of the reference are
    traced.
    """

    ended = Signal(object)
    """None: it is written. Else the Problem."""
    _finished = Signal()

    def __init__(self, write: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._problem: Problem | None = None
        self._tells = True
        self._garbage = GarbageTimer(self)
        self._thread = threading.Thread(target=self._run, name="writing")
        self._finished.connect(self._end)

    def begin(self) -> None:
        self._garbage.start()
        self._thread.start()

    def wait(self) -> None:
        """Returns when it is written, or could not be."""
        self._thread.join()

    def shut_down(self) -> None:
        """Waits until the file is written; nothing is told any more."""
        self._tells = False  # the news that it has finished may be on its way already
        self.wait()
        self._garbage.stop()

    def _run(self) -> None:
        try:
            self._write()
        except Exception as error:
            self._problem = problem_of(error)
        self._finished.emit()

    def _end(self) -> None:
        self.wait()  # it has told that it is over, and may be about to return
        self._garbage.stop()
        if self._tells:
            self.ended.emit(self._problem)
