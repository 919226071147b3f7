"""The commands that open a window, in a process of their own and on a real (if virtual) screen."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.window.conftest import Screen

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds until a window has to be drawn, or closed; far more than it takes."""
SETTLING = 3.0
"""Seconds that a window gets after its first picture, to load the rest."""
LEAST_COLORS = 50
"""A drawn window has text, icons and lines; an empty screen has one color, an empty window a few."""


@contextmanager
def running(screen: Screen, home: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "WAYLAND_"))}
    environment |= {"DISPLAY": screen.display, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.window.driver", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def colors(screen: Screen) -> int:
    return len(np.unique(screen.pixels()))


def wait_until(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Returns as soon as it is true; fails where the process ends before, or all patience."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.2)


def steps(process: subprocess.Popen[str]) -> int:
    """The number of steps trained. Raises ValueError with the text of a message box where one is open."""
    assert process.stdin and process.stdout
    process.stdin.write("steps\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def close(process: subprocess.Popen[str]) -> None:
    output, errors = process.communicate("close\n", timeout=PATIENCE)
    assert (process.returncode, output, errors) == (0, "", "")


def test_the_window_opens_and_closes(screen: Screen, tmp_path: Path) -> None:
    with running(screen, tmp_path) as process:
        wait_until(lambda: colors(screen) >= LEAST_COLORS, process)
        time.sleep(SETTLING)
        assert steps(process) == 0
        close(process)


def test_the_demo_trains_by_itself_and_can_be_closed_meanwhile(screen: Screen, tmp_path: Path) -> None:
    with running(screen, tmp_path, "demo") as process:
        wait_until(lambda: colors(screen) >= LEAST_COLORS, process)
        wait_until(lambda: steps(process) > 0, process)
        before = screen.pixels().copy()
        wait_until(lambda: bool((screen.pixels() != before).any()), process)
        close(process)
