"""Where the GUI's thread leaves what the compute thread is to do.

Two locks lie between these two threads, this one and the mailbox's; each is held for a moment. The compute
thread takes three more, all in `core.engine`: for the list of what is to be compiled (`compilers`), while
numba compiles (`operation`), and while the team works (`tables`).
"""

from __future__ import annotations

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Things in the order in which they were put; safe to use from both threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._things: deque[T] = deque()
        self._closed = False

    def put(self, thing: T) -> None:
        """Adds a thing; after `close`, nothing is added any more."""
        with self._changed:
            if not self._closed:
                self._things.append(thing)
                self._changed.notify()

    def take(self, *, wait: bool = True) -> T | None:
        """The next thing. None: the inbox is closed, or there is nothing and `wait` is false."""
        with self._changed:
            while wait and not (self._things or self._closed):
                self._changed.wait()
            return self._things.popleft() if self._things and not self._closed else None

    def waiting(self) -> tuple[T, ...]:
        """What has been put and not yet taken."""
        with self._changed:
            return tuple(self._things)

    def close(self) -> None:
        """Ends all waiting; what is still there is not taken any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed
