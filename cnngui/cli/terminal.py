"""Where a run is watched from, and ended."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.training.session import Session


def is_watched() -> bool:
    """Whether somebody sees a progress bar: in a terminal or a notebook."""
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)


@contextmanager
def ended_by_interrupt(session: Session) -> Iterator[None]:
    """The first Ctrl+C ends the run after its current step: an exception would leave half of it done.

    The second one is as usual. Only the main thread gets signals; in another one nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.getsignal(signal.SIGINT)

    def end(*_: object) -> None:
        session.stop()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
