"""How much of the training's throughput the open window costs.

Trains the same design on the same data in pairs of fresh processes, one in the terminal and one in the window
with curves, feature maps and thumbnails in sight, and compares the samples per second between an early step
and the last one. The goal is a ratio of at least 0.95.

    python -m benchmarks.gui_cost [--design lenet5] [--epochs 5] [--pairs 5] [--json]

Without QT_QPA_PLATFORM the window is drawn off screen.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from cnngui.cli.reports import TextReport
from cnngui.models.designs import open_design
from core.compile import compile_graph
from core.data.dataset import split
from core.data.sources.base import load_source
from core.formats.project import ProjectFile
from core.project import DataChoice, Project
from core.training.events import Event, Stepped
from core.training.plan import Plan
from core.training.session import Session

GOAL = 0.95
DATA = "digits"
FIRST_STEP = 50
"""The steps before this one aren't measured: code is compiled and caches are filled."""


class Clock:
    """Notes when the first and the last measured step were made."""

    def __init__(self) -> None:
        self.samples = 0
        self.begin = self.end = 0.0

    def see(self, event: Event) -> None:
        if isinstance(event, Stepped) and event.step >= FIRST_STEP:
            self.end = time.perf_counter()
            if self.begin:
                self.samples += event.result.samples
            else:
                self.begin = self.end

    @property
    def rate(self) -> float:
        """Samples per second."""
        return self.samples / (self.end - self.begin)


def train_in_terminal(project: Project, clock: Clock) -> None:
    """What `cnngui train` does."""
    source = load_source(DATA)
    train, validation = split(source.train, project.plan.validation, project.plan.seed)
    program = compile_graph(project.design, seed=project.plan.seed)
    with TextReport() as report, redirect_stdout(sys.stderr):
        for event in Session(program, train, validation, project.plan):
            clock.see(event)
            report.show(event)


def train_in_window(project: Project, clock: Clock) -> None:
    """What the Train button does, with everything in sight that moves."""
    from cnngui.models.settings import Settings  # noqa: PLC0415
    from cnngui.window.app import make_application, make_window  # noqa: PLC0415  # the terminal has no Qt

    application = make_application()
    window = make_window(Settings())
    window.show()
    window.workbench.load_plots()
    window.workbench.files.show_project(ProjectFile(project))
    window.workbench.select_first_image_block()
    for name in ("curves", "maps"):
        window.workbench.views.show(name)
    mailbox = window.workbench.compute.mailbox
    put_step = mailbox.put_step

    def put_timed(step: Stepped) -> None:
        clock.see(step)
        put_step(step)

    mailbox.put_step = put_timed  # type: ignore[method-assign]
    window.workbench.run.ended.connect(window.close_without_asking)
    window.workbench.run_control.start()
    application.exec()


@contextmanager
def environment_of_children() -> Iterator[dict[str, str]]:
    """Settings of their own, and no window on the user's screen unless that is asked for."""
    with tempfile.TemporaryDirectory() as home:
        yield {"QT_QPA_PLATFORM": "offscreen", **os.environ, "XDG_CONFIG_HOME": home}


def measure(place: str, arguments: argparse.Namespace, environment: dict[str, str]) -> float:
    """Samples per second of one run in a process of its own."""
    options = ["--design", arguments.design, "--epochs", str(arguments.epochs), "--child", place]
    command = [sys.executable, "-m", "benchmarks.gui_cost", *options]
    folder = Path(__file__).parents[1]
    told = subprocess.run(
        command,
        check=True,
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return float(told.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--design", default="lenet5", help="a design or an example's name (default lenet5)")
    parser.add_argument("--epochs", type=int, default=5, help="epochs of each run (default 5)")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of runs (default 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--child", choices=("terminal", "window"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        design = open_design(arguments.design).project.design
        project = Project(design, Plan(epochs=arguments.epochs), DataChoice(DATA))
        clock = Clock()
        {"terminal": train_in_terminal, "window": train_in_window}[arguments.child](project, clock)
        print(clock.rate)
        return
    rates: dict[str, list[float]] = {"terminal": [], "window": []}
    with environment_of_children() as environment:
        for _ in range(arguments.pairs):
            for place, found in rates.items():
                found.append(measure(place, arguments, environment))
    medians = {place: statistics.median(found) for place, found in rates.items()}
    ratio = medians["window"] / medians["terminal"]
    if arguments.json:
        print(json.dumps({**medians, "ratio": ratio, "goal": GOAL, "rates": rates}))
        return
    for place, found in rates.items():
        print(f"{place:9} {medians[place]:8,.0f} samples/s   ({min(found):,.0f} to {max(found):,.0f})")
    print(f"ratio {ratio:.3f}, goal at least {GOAL}")


if __name__ == "__main__":
    main()
