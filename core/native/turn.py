"""Who may work with what is there once; and what a forked process begins anew."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from weakref import WeakSet


def in_forked_process(begin_anew: Callable[[], object]) -> None:
    """Has this done first in each process that is forked off, which has none of the other threads."""
    if hasattr(os, "register_at_fork"):  # Windows has no fork
        os.register_at_fork(after_in_child=begin_anew)


class Turn:
    """A lock that its own thread may take again: `with turn:`. In a forked process nobody holds it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _all.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def __reduce__(self) -> tuple[type[Turn], tuple[()]]:
        """A copy is one of its own, which nobody holds."""
        return Turn, ()

    def _renew(self) -> None:
        self._lock = threading.RLock()


_all: WeakSet[Turn] = WeakSet()


def _renew_all() -> None:
    for turn in _all:
        turn._renew()


in_forked_process(_renew_all)
