"""How much later the main window's first picture comes than that of an empty window.

Starts fresh processes in turns: with a bare QMainWindow, with `cnngui`, and with `cnngui` until the palette
is painted, too (what fills the window is loaded after its first picture). Measures from the start of the
process to the end of that painting. The goal is a difference of the first two of at most 250 ms. A start that
remembers nothing, the first one on a computer, has to read what panels there are and is measured as `first`.

    python -m benchmarks.startup [--pairs 10] [--json]

Without QT_QPA_PLATFORM the windows are drawn off screen.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOAL_MS = 250.0
SCREEN = ROOT / "tests" / "screen.json"
"""A usual one: Qt's own, without a display, is too small for docks."""


def open_and_tell(what: str) -> None:
    """The child: opens a window and prints the time when it is painted."""
    # A process loads what it is measured with.
    from PySide6.QtCore import QEvent, QObject, QSettings  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: PLC0415

    class Application(QApplication):
        """Ends the process when a window has handled its first expose event, or the palette is painted."""

        def notify(self, receiver: QObject, event: QEvent) -> bool:
            kind = event.type()
            handled = super().notify(receiver, event)
            filled = kind == QEvent.Type.Paint and type(receiver).__name__ == "Palette"
            if filled if what == "filled" else kind == QEvent.Type.Expose:
                print(time.time(), flush=True)
                QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnngui", "cnngui").sync()
                os._exit(0)
            return handled

    application = Application([])
    if what == "bare":
        window = QMainWindow()
        window.resize(1280, 720)
        window.show()
        application.exec()
    else:
        from cnngui.window.start import open_window  # noqa: PLC0415

        open_window([])


def measure(what: str, home: str) -> float:
    """Milliseconds from the start of a process to its window's first picture."""
    if what == "first":
        shutil.rmtree(Path(home) / "cnngui", ignore_errors=True)
    environment = {"QT_QPA_PLATFORM": f"offscreen:configfile={SCREEN}", **os.environ, "XDG_CONFIG_HOME": home}
    # Modules are compiled once, as for an installed program, whatever is set here.
    environment = {**environment, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": home}
    begin = time.time()
    command = [sys.executable, "-m", "benchmarks.startup", "--child", what]
    told = subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.PIPE).stdout
    return 1000 * (float(told) - begin)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=10, help="pairs of processes (default 10)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--child", choices=("bare", "first", "filled", "cnngui"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        open_and_tell(arguments.child)
        return
    times: dict[str, list[float]] = {"bare": [], "first": [], "filled": [], "cnngui": []}
    with tempfile.TemporaryDirectory() as home:
        for what in times:
            measure(what, home)  # fills the caches of the disk and of Python
        for _ in range(arguments.pairs):
            for what, found in times.items():
                found.append(measure(what, home))
    medians = {what: statistics.median(found) for what, found in times.items()}
    difference = medians["cnngui"] - medians["bare"]
    if arguments.json:
        print(json.dumps({**medians, "difference": difference, "goal": GOAL_MS, "times": times}))
        return
    for what, found in times.items():
        print(f"{what:7} {medians[what]:6.0f} ms   ({min(found):.0f} to {max(found):.0f})")
    print(f"difference {difference:.0f} ms, goal at most {GOAL_MS:.0f} ms")


if __name__ == "__main__":
    main()
