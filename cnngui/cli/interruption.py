"""Ctrl+C, a closed terminal, the system's wish that the program ends: answered at once, then followed."""

from __future__ import annotations

import os
import signal
import socket
import threading
from types import FrameType
from typing import Final, Self

from cnngui.cli.streams import say
from core.engine.machine.compilers import Watch, watched

SIGNALS: Final = tuple(
    signal.Signals[name]
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # each system has some of them
    if name in signal.Signals.__members__
)
_HANGUP: Final = "SIGHUP"
"""Comes twice as a terminal closes, from the system and from the shell: nobody has asked a second time."""


class Interruption:
    """While it is entered, the first signal is answered with `answer`, and `asked` is true from then on.

    The `last` one ends the process without more ado: the second one, or, while something is to be saved, the
    one after that, and the second is answered with `again`. A signal that is ignored stays so, as with nohup.
    What is waited for meanwhile, a step or a compilation, may keep the main thread for minutes, and with it
    Python's own handlers: a thread reads what the system writes for each signal. Compilation is called off.
    """

    answer = ""
    """What is said: one sentence or more, for what is being done now."""
    again = ""
    """What is said to further ones before the last."""
    last = 2
    """The number of the signal that ends the process."""

    def __init__(self) -> None:
        self.asked = False
        self._heard = 0
        self._said, self._number = "", int(signal.SIGINT)

    @property
    def status(self) -> int:
        """The exit status of a program that a signal has ended."""
        return 128 + self._number

    def __enter__(self) -> Self:
        self._ours, self._system_s = socket.socketpair()
        self._system_s.setblocking(False)
        self._usual = {
            number: signal.signal(number, self._note)
            for number in SIGNALS
            if signal.getsignal(number) not in (signal.SIG_IGN, None)
        }
        self._usual_end = signal.set_wakeup_fd(self._system_s.fileno(), warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._listen, name="interruption", daemon=True)
        self._thread.start()
        self._watched = watched(Watch(cancelled=lambda: self.asked))
        self._watched.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._watched.__exit__(None, None, None)
        signal.set_wakeup_fd(self._usual_end)
        for number, usual in self._usual.items():
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
        first = not self._heard
        if first or signal.Signals(number).name != _HANGUP:
            self._heard += 1
        self._note(number, None)
        if self._heard >= self.last:
            os._exit(self.status)  # whatever is being done: it may take minutes
        if first:
            say(self._said)
        elif self.again:
            say(self.again)
