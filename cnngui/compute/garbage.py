"""Keeps Python's garbage collector in the GUI's thread while another thread runs.

Python frees cycles in whichever thread happens to allocate. Where such a cycle holds a Qt object, a dialog
that was closed for instance, the process may crash: such an object has to be deleted in its own thread.
"""

from __future__ import annotations

import gc
from typing import ClassVar, Final

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS: Final = 1000


class GarbageTimer(QObject):
    """Between `start` and `stop`, garbage is collected by a timer of this object's thread, nowhere else.

    Each other thread has one of its own; Python collects as usual once all are stopped.
    """

    _running: ClassVar[set[GarbageTimer]] = set()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        self._running.add(self)
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._running.discard(self)
        if not self._running:
            gc.enable()

    def _collect(self) -> None:
        """Collects the oldest generation that is due, as Python itself would."""
        due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
