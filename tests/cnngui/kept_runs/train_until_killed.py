"""Trains in a window until somebody kills it; says `changed` when the rate is another."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer

from cnngui.models.settings import Settings
from cnngui.window.app import make_application, make_window
from core.formats.project import load_project
from core.formats.runs import recording
from core.maths.optim import Adam
from core.project import DataChoice

EPOCHS = 400
CHANGED_AT = 30


def main(data: str, design: str) -> None:
    """With checkpoints at nearly every epoch, and another learning rate on the way."""
    recording.AT_LEAST_BETWEEN = 0.3  # type: ignore[misc]
    recording.SHARE = 1e9  # type: ignore[misc]
    application = make_application()
    window = make_window(Settings())
    window.show()
    bench = window.workbench
    file = load_project(Path(design))
    bench.files.show_project(replace(file, project=replace(file.project, data=DataChoice(data))))
    bench.load_plots()
    bench.run_control.start()
    is_changed = False

    def look() -> None:
        nonlocal is_changed
        if not is_changed and bench.run.curves.count >= CHANGED_AT:
            is_changed = True
            plan = bench.document.plan
            bench.document.set_plan(replace(plan, optimizer=Adam(learning_rate=0.002)))
            print("changed", flush=True)

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
