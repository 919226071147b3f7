"""What the smoke test of the wheel needs: `smoke.py data FILE` makes a small data set, `smoke.py window FILE`
opens the installed application's window and draws it into a picture."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np


def write_data(path: Path) -> None:
    """A few images of each of ten classes: class k is brighter in row 2k."""
    labels = np.repeat(np.arange(10), 20)
    images = np.random.default_rng(0).integers(0, 64, (len(labels), 28, 28), np.uint8)
    images[np.arange(len(labels)), 2 * labels] = 255
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)


def draw_window(path: Path) -> None:
    """The window as it opens, with the example."""
    from cnngui.models.designs import open_design  # noqa: PLC0415
    from cnngui.window.app import draw_window  # noqa: PLC0415  # the other task needs no Qt

    draw_window(open_design("lenet5"), path)


if __name__ == "__main__":
    task = {"data": write_data, "window": draw_window}[sys.argv[1]]
    task(Path(sys.argv[2]))
