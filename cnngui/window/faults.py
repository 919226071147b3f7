"""Faults of the application itself: counted where they happen, told of from the event loop."""

from __future__ import annotations

import sys
import threading
import traceback
from types import TracebackType
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, qVersion
from shiboken6 import isValid

_KEPT: Final = 5
"""So many different faults are kept with their details; the rest are counted."""
_PAUSE_MS: Final = 500


class Faults(QObject):
    """Nothing is shown from within a handler that failed: that calls handlers, which may fail in turn."""

    changed = Signal()
    """There are more faults than before. Comes from the event loop, and not more often than one can read."""
    _happened = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.count = 0
        self._details: dict[str, int] = {}
        self._untold = False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._happened.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def catch(self) -> None:
        """From now on, an exception that nobody has caught is noted here, whatever thread it comes from."""
        sys.excepthook = self.note
        threading.excepthook = self._note_of_thread  # Python's threads don't come to the other one

    def note(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Counts a fault, and prints it the first time. Takes what `sys.excepthook` gets."""
        if not issubclass(kind, Exception) or not isValid(self):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        if details not in self._details and len(self._details) < _KEPT:
            sys.__excepthook__(kind, error, trace)  # the notice may be closed before anybody has read it
        if details in self._details or len(self._details) < _KEPT:
            self._details[details] = self._details.get(details, 0) + 1
        self.count += 1
        if not self._untold:
            self._untold = True
            self._happened.emit()

    def _note_of_thread(self, failed: threading.ExceptHookArgs) -> None:
        """A thread that ends itself by SystemExit hasn't failed."""
        if failed.exc_value is None or not issubclass(failed.exc_type, Exception):
            threading.__excepthook__(failed)
        else:
            self.note(failed.exc_type, failed.exc_value, failed.exc_traceback)

    def details(self) -> str:
        """What helps to mend them: the system, and the traces, each with the number of times it came."""
        import platform  # noqa: PLC0415  # loads slowly, and only a fault needs it

        system = f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"
        traces = [f"{count} ×\n{trace}" for trace, count in list(self._details.items())]
        return "\n".join([system, "", *traces])

    def forget(self) -> None:
        """Begins to count anew."""
        self.count = 0
        self._details.clear()

    def _tell(self) -> None:
        if self._untold and not self._pause.isActive():
            self._untold = False
            self._pause.start()
            self.changed.emit()
