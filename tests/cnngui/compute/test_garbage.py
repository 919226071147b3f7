"""Qt objects in cycles are freed in the thread of the window, whatever the compute thread allocates."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.steer import Hold
from cnngui.compute.thread import ComputeThread


@pytest.fixture
def computing(qtbot: QtBot) -> Iterator[None]:
    thread = ComputeThread()
    thread.send(Hold(True))  # it starts with its first job
    yield
    thread.shut_down()
    assert gc.isenabled()


class Cycle(QObject):
    """Only the garbage collector can free it."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.mark.usefixtures("computing")
def test_a_cycle_is_freed_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    freed_in: list[int] = []
    weakref.finalize(Cycle(), lambda: freed_in.append(threading.get_ident()))
    allocated: list[list[int]] = []  # more than enough for several collections
    other = threading.Thread(target=lambda: allocated.extend([number] for number in range(100_000)))
    other.start()
    other.join()
    assert freed_in == []
    qtbot.waitUntil(lambda: bool(freed_in))
    assert freed_in == [threading.get_ident()]
