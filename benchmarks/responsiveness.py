"""How long the window stands still while the first run of a network is prepared and begins.

Opens the window with an example and an empty cache of compiled code. What the network needs is compiled
ahead, as soon as the design has been left alone; then the run is started. Meanwhile a timer ticks every
10 ms in the window's thread, and the longest gaps between two ticks are told. The goal is none over 100 ms.

    python -m benchmarks.responsiveness [--design lenet5] [--steps 50] [--json]

Without QT_QPA_PLATFORM the window is drawn off screen.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass, field

GOAL_MS = 100.0
TICK_MS = 10
FIRST_MS = 500
"""The window has been painted and filled by then; benchmarks/startup.py measures that."""


@dataclass
class Phase:
    """A part of the session; `gaps` in ms."""

    name: str
    begin: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0
    gaps: list[float] = field(default_factory=list)


def measure(design: str, steps: int) -> list[Phase]:
    """The phases of a session of its own."""
    # The folder of compiled code has to be set before the imports.
    from PySide6.QtCore import QTimer  # noqa: PLC0415

    from cnngui.models.designs import open_design  # noqa: PLC0415
    from cnngui.models.run import State  # noqa: PLC0415
    from cnngui.models.settings import Settings  # noqa: PLC0415
    from cnngui.window.app import make_application, make_window  # noqa: PLC0415
    from core.formats.project import ProjectFile  # noqa: PLC0415
    from core.project import DataChoice, Project  # noqa: PLC0415
    from core.training.plan import Plan  # noqa: PLC0415

    application = make_application()
    window = make_window(Settings())
    window.show()
    workbench = window.workbench
    workbench.load_plots()
    project = Project(open_design(design).project.design, Plan(epochs=1000), DataChoice("digits"))
    workbench.files.show_project(ProjectFile(project))
    run = workbench.run
    phases: list[Phase] = []
    last = 0.0

    def enter(name: str) -> None:
        if phases:
            phases[-1].seconds = time.perf_counter() - phases[-1].begin
        phases.append(Phase(name))

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        if last:
            phases[-1].gaps.append(1000 * (now - last))
        last = now
        if phases[-1].name == "quiet" and run.compiling:
            enter("compiling ahead")
        elif phases[-1].name == "compiling ahead" and not run.compiling:
            enter("starting")
            workbench.run_control.start()
        elif phases[-1].name == "starting" and run.state is State.RUNNING and run.last_step:
            enter("training")
        elif phases[-1].name == "training" and run.last_step and run.last_step.step >= steps:
            enter("end")
            window.close_without_asking()

    timer = QTimer()
    timer.timeout.connect(tick)

    def begin() -> None:
        enter("quiet")
        timer.start(TICK_MS)

    QTimer.singleShot(FIRST_MS, begin)
    application.exec()
    return phases[:-1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--design", default="lenet5", help="an example that takes digits (default lenet5)")
    parser.add_argument("--steps", type=int, default=200, help="steps of the run (default 200)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        os.environ.update(XDG_CONFIG_HOME=home, CNNGUI_CACHE_DIR=home)
        phases = measure(arguments.design, arguments.steps)
    longest = max(max(phase.gaps, default=0.0) for phase in phases)
    if arguments.json:
        found = {phase.name: {"seconds": phase.seconds, "longest_ms": max(phase.gaps)} for phase in phases}
        print(json.dumps({"phases": found, "longest_ms": longest, "goal": GOAL_MS}))
        return
    for phase in phases:
        worst = ", ".join(f"{gap:.0f}" for gap in sorted(phase.gaps)[:-4:-1])
        print(f"{phase.name:16} {phase.seconds:6.1f} s, longest gaps {worst} ms")
    print(f"longest gap {longest:.0f} ms, goal at most {GOAL_MS:.0f} ms")


if __name__ == "__main__":
    main()
