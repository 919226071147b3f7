"""Where the compute thread leaves what changes often, for the GUI's timers to pick up.

It has a lock of its own; `inbox` says which others there are.
Pushing a signal for every batch would flood the GUI's event queue; here scalars wait in a bounded buffer and
everything else is a slot that holds the latest value alone.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Any

from core.training.events import Stepped, Validating

CAPACITY = 100_000


class Mailbox:
    """Safe to use from both threads; no call waits for longer than a copy takes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._steps: deque[Stepped] = deque(maxlen=CAPACITY)
        self._answers: dict[str, tuple[object, Any]] = {}
        self._progress: Validating | None = None

    def put_step(self, step: Stepped) -> None:
        with self._lock:
            self._steps.append(step)
            self._progress = None

    def put_progress(self, progress: Validating) -> None:
        with self._lock:
            self._progress = progress

    def put_answer(self, viewer: str, job: object, answer: object) -> None:
        """The answer to what this viewer asked for by this job."""
        with self._lock:
            self._answers[viewer] = job, answer

    def take_steps(self) -> list[Stepped]:
        """All steps since the last call (the newest ones, where the buffer ran over)."""
        with self._lock:
            steps = list(self._steps)
            self._steps.clear()
        return steps

    def take_answer(self, viewer: str) -> tuple[object, Any] | None:
        """The latest answer to what this viewer asked for, once, with its job; None where there is none."""
        with self._lock:
            return self._answers.pop(viewer, None)

    @property
    def progress(self) -> Validating | None:
        """How far the validation is, while one runs."""
        with self._lock:
            return self._progress
