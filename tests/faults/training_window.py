"""A window that trains until somebody ends it: `python -m tests.faults.training_window begin|go-on NAME`.

It begins to train the design of the file NAME, and changes the rate on the way, or goes on with the run with
the id NAME, as somebody would: where it was killed, by the bar that offers it. It closes when that is over.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer

from cnngui.commands.kept_runs import go_on
from cnngui.models.settings import Settings
from cnngui.window.app import make_application, make_window
from cnngui.window.workbench import Workbench
from core.formats.project import load_project
from core.formats.runs import recording
from core.schema.making import changed

CHANGED_AT: Final = 150
RATE: Final = 0.004
_LOOK_MS: Final = 20


def often() -> None:
    """Checkpoints come all the time, in the midst of epochs too."""
    recording.AT_LEAST_BETWEEN = 0.0  # type: ignore[misc]
    recording.AT_MOST_LOST = 0.1  # type: ignore[misc]
    recording.SHARE = 1e9  # type: ignore[misc]


class Watch:
    """Looks now and then whether it is time for something."""

    def __init__(self, bench: Workbench, way: str, name: str) -> None:
        self._bench, self._name = bench, name
        self._has_begun, self._has_changed = way == "begin", way != "begin"
        self._timer = QTimer(interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        bench, run = self._bench, self._bench.run
        if not self._has_begun and bench.models.kept_runs.has_looked:
            self._has_begun = True
            self._go_on()
        elif not self._has_changed and run.curves.count >= CHANGED_AT:
            self._has_changed = True
            plan = bench.document.plan
            bench.document.set_plan(replace(plan, optimizer=changed(plan.optimizer, learning_rate=RATE)))
        elif run.finished is not None and run.finished.reason == "completed" and not run.active:
            bench.window.close_without_asking()

    def _go_on(self) -> None:
        bench = self._bench
        if bench.models.kept_runs[self._name].is_cut_off:
            bench.cut_off_bar.go_on.click()
        else:
            go_on(bench.bench, self._name)


def main(way: str, name: str) -> int:
    often()
    application = make_application()
    window = make_window(Settings())
    window.show()
    bench = window.workbench
    if way == "begin":
        bench.files.show_project(load_project(Path(name)))
        bench.load_plots()
        bench.run_control.start()
    watch = Watch(bench, way, name)
    status = application.exec()
    del watch
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
