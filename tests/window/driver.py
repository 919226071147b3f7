"""Runs the `cnngui` command as a user would, and does what comes on standard input.

`steps` prints how many steps were trained, or what a message box says or a fault; `close` closes the window.
"""

from __future__ import annotations

import sys
from threading import Thread

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from cnngui.__main__ import main
from cnngui.window.main_window import MainWindow


def read_wishes() -> None:
    """Waits for lines in a thread of its own and leaves the rest to Qt's."""
    for line in sys.stdin:
        application = QApplication.instance()
        assert application is not None  # the caller writes when it sees the window
        QTimer.singleShot(
            0, application, {"steps": tell_steps, "close": QApplication.closeAllWindows}[line.strip()]
        )


def tell_steps() -> None:
    widgets = QApplication.topLevelWidgets()
    windows = [window for window in widgets if isinstance(window, MainWindow)]
    said = [repr(box.text() + box.detailedText()) for box in widgets if isinstance(box, QMessageBox)]
    said += [repr(window.faults.details()) for window in windows if window.faults.count]
    steps = [window.workbench.run.curves.count for window in windows]
    print(*(said or steps), flush=True)


if __name__ == "__main__":
    Thread(target=read_wishes, daemon=True).start()
    sys.exit(main())
