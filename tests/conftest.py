"""What all tests share: no window on the developer's screen, and no thread left behind."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["tests.without_qt"]

# A display has to be asked for, as in `QT_QPA_PLATFORM=xcb python -m pytest`.
if os.environ.setdefault("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    # A usual screen of 1920 × 1080 in place of Qt's own, which is too small for the window's docks.
    os.environ["QT_QPA_PLATFORM"] += f":configfile={Path(__file__).with_name('screen.json')}"

# Runs are recorded where tests, and the processes that they start, harm nobody's.
os.environ["CNNGUI_DATA_DIR"] = tempfile.mkdtemp(prefix="cnngui-tests-")
atexit.register(shutil.rmtree, os.environ["CNNGUI_DATA_DIR"], ignore_errors=True)

# A shell that starts tests in the background lets them ignore Ctrl+C, and what is ignored stays so.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

GRACE = 60.0
"""Seconds that a thread gets to end after its test: on a busy machine, one that compiles needs many."""


def _threads() -> set[threading.Thread]:
    """The threads that Python started; Qt's own show up as dummies, and progress bars share a monitor.

    The engine's team stays for the life of the process, asleep between two runs. What compiles waits two
    seconds for more, and then ends by itself; the tests of the compilation see to that.
    """
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread)
        and type(thread).__name__ != "TMonitor"
        and not thread.name.startswith(("engine-", "compiler"))
    }


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fails a test that leaves a thread running."""
    before = _threads()
    yield
    for thread in _threads() - before:
        thread.join(GRACE)
    left = sorted(thread.name for thread in _threads() - before)
    assert not left, f"threads left running: {', '.join(left)}"
