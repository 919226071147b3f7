"""Ctrl+C and the system's wish that the program ends: answered at once, followed as soon as it can be."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Self

from tqdm import tqdm

from core.engine.machine.compilers import Watch, watched

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """While it is entered, the first signal is answered with `answer`, and `asked` is true from then on.

    The second one ends the process without more ado. What is waited for meanwhile, a step or a compilation,
    may keep the main thread for minutes, and with it Python's own handlers: a thread reads what the system
    writes for each signal. Compilation is called off.
    """

    answer = ""
    """What is said: one sentence or more, for what is being done now."""

    def __init__(self) -> None:
        self.asked = False
        self._answered = False
        self._said, self._number = "", int(signal.SIGINT)

    @property
    def status(self) -> int:
        """The exit status of a program that a signal has ended."""
        return 128 + self._number

    def __enter__(self) -> Self:
        self._ours, self._system_s = socket.socketpair()
        self._system_s.setblocking(False)
        self._usual = [signal.signal(number, self._note) for number in SIGNALS]
        self._usual_end = signal.set_wakeup_fd(self._system_s.fileno(), warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._listen, name="interruption", daemon=True)
        self._thread.start()
        self._watched = watched(Watch(cancelled=lambda: self.asked))
        self._watched.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._watched.__exit__(None, None, None)
        signal.set_wakeup_fd(self._usual_end)
        for number, usual in zip(SIGNALS, self._usual, strict=True):
            signal.signal(number, usual)
        self._system_s.close()
        self._thread.join()
        self._ours.close()

    def _note(self, number: int, _: FrameType | None) -> None:
        if not self.asked:  # what is said is for what was being done, which may be over in a moment
            self._said, self._number = self.answer, number
            self.asked = True

    def _listen(self) -> None:
        """The thread's life: a byte for each signal, and none any more when it is over."""
        while found := self._ours.recv(1):
            if found[0] in SIGNALS:
                self._hear(found[0])

    def _hear(self, number: int) -> None:
        again = self._answered
        self._answered = True
        self._note(number, None)
        if again:
            os._exit(self.status)  # whatever is being done: it may take minutes
        tqdm.write(f"cnngui: {self._said}", file=sys.stderr)
        sys.stderr.flush()
