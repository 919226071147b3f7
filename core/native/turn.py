"""Who may work with what is there once."""

from __future__ import annotations

import threading


class Turn:
    """A lock that its own thread may take again: `with turn:`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
