"""The compute thread: all training, evaluation and prediction happen here, one thing after the other.

The GUI sends jobs (`cnngui.compute.jobs`); between two steps of a run, the thread does those that came in.
Rare answers come back as signals, frequent values through the mailbox.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from cnngui.compute.garbage import GarbageTimer
from cnngui.compute.inbox import Inbox
from cnngui.compute.jobs.base import Desk, Job, problem_of
from cnngui.compute.mailbox import Mailbox
from core.engine.machine.compilers import CompilationCancelledError, Progress, Watch, compilers, watched


class ComputeThread(QThread):
    """Send it jobs with `send`; end it with `shut_down` before the application goes."""

    answered = Signal(object, object)
    """A Job, and an answer to it; what that is, the job says."""
    failed = Signal(object, object)
    """A Job, and the Problem that came of it; the thread lives on."""
    compiling = Signal(object)
    """Progress of the compilation that is waited for, or None when it is over."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self._inbox: Inbox[Job] = Inbox()
        self._desk = Desk(self.mailbox, self.answered.emit, self._serve, self.isInterruptionRequested)
        self._doing: Job | None = None
        self._compiled: Progress | None = None
        self._garbage = GarbageTimer(self)

    def send(self, job: Job) -> None:
        """Leaves a job; it is done before the next step. Starts the thread where it doesn't run yet.

        After `shut_down` nothing is done any more: a timer that still fires must not start the thread again.
        """
        if self._inbox.closed:
            return
        self._inbox.put(job)
        if not self.isRunning():
            self._garbage.start()
            self.start()

    def shut_down(self) -> None:
        """Ends the thread after the current step and waits for it. A running thread must not outlive Qt."""
        self._inbox.close()
        if self.isRunning():
            self.requestInterruption()
            self.wait()
            self._garbage.stop()

    def run(self) -> None:
        # What overflows is found by looking at the loss; a warning on the terminal would help nobody.
        watch = Watch(self._tell_progress, self._is_pointless, alone=True)  # a window has to stay awake
        with np.errstate(all="ignore"), watched(watch):
            while (job := self._inbox.take()) is not None:
                self._do(job)

    def _serve(self, wait: bool) -> None:
        """For a job that goes on for long: does what is there, with `wait` at least one."""
        while (job := self._inbox.take(wait=wait)) is not None:
            self._do(job)
            wait = False

    def _do(self, job: Job) -> None:
        outer, self._doing = self._doing, job
        try:
            job.do(self._desk)
        except CompilationCancelledError:
            pass  # whoever called it off knows
        except Exception as error:
            self.failed.emit(job, problem_of(error))
        finally:
            self._doing = outer
            self._tell_progress(None)

    def _tell_progress(self, progress: Progress | None) -> None:
        if progress != self._compiled:
            self._compiled = progress
            self.compiling.emit(progress)

    def _is_pointless(self) -> bool:
        """Whether nobody needs any more what the current job has to be compiled for."""
        waiting = self._inbox.waiting()
        if any(job.ends_compiling for job in waiting):
            compilers().cancel()
            return True
        gives_way = self._doing is not None and self._doing.ahead and any(job.urgent for job in waiting)
        return gives_way or self._inbox.closed
