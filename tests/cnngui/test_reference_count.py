"""PySide6 releases that lose references kill the process after some thousands of calls."""

from __future__ import annotations

import sys

from PySide6.QtGui import QPainterPath

CALLS = 1000


def test_void_calls_keep_the_references_to_none() -> None:
    path = QPainterPath()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        path.moveTo(0, 0)
    # Other threads and caches may move the count a little; the fault moves it by one per call.
    assert abs(sys.getrefcount(None) - before) < CALLS // 10
