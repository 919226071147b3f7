"""Draws the window with an example, in both themes, as for the pictures in these pages.

    python docs/picture.py lenet5 docs/screenshot --steps 400
    python docs/picture.py lenet5 docs/design --workspace design
    python docs/picture.py lenet5 docs/data --workspace data
    python docs/picture.py lenet5 docs/explain --workspace explain --steps 700
    python docs/picture.py lenet5 docs/present --workspace present --steps 700
    python docs/picture.py resnet20 docs/resnet20 --steps 150
    python docs/picture.py resnet20 docs/groups --workspace design --panel outline --select "Stage 2"
    python docs/picture.py inception docs/inception --steps 150 --canvas
    python docs/picture.py inception docs/inception-down --steps 150 --canvas --down
    python docs/picture.py autoencoder docs/autoencoder --steps 400

writes `docs/resnet20-dark.png`, `docs/resnet20-light.png` and so on. The network has then made so many steps
with the embedded digits.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).parents[1] / 'tests/screen.json'}"
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDockWidget

from cnngui.models.designs import example_paths
from cnngui.models.run import State
from cnngui.models.settings import Settings
from cnngui.models.workspaces import WORKSPACES
from cnngui.window.app import PICTURE_SIZE, make_application, make_window
from cnngui.window.workbench import Workbench
from core.design.direction import Direction

PATIENCE_MS = 600_000
LOOK_MS = 50
MOST_COMPRESSED = 0
"""A PNG loses nothing by it."""
SETTLED_MS = 2000
"""By then all panels have shown the last step."""


def wait(done: Callable[[], bool], most: int = PATIENCE_MS) -> None:
    """Lets the window live until something is so, for `most` milliseconds at most."""
    loop, look = QEventLoop(), QTimer(interval=LOOK_MS)
    look.timeout.connect(lambda: loop.quit() if done() else None)
    look.start()
    QTimer.singleShot(most, loop.quit)
    loop.exec()
    look.stop()


def train(bench: Workbench, steps: int) -> None:
    """Holds the run after so many steps."""
    bench.run_control.start()
    wait(lambda: bench.run.last_step is not None and bench.run.last_step.step >= steps)
    bench.run_control.toggle()
    wait(lambda: bench.run.state is State.PAUSED)


def draw(arguments: argparse.Namespace) -> None:
    """Shows the window, trains, and draws it twice."""
    make_application()
    window = make_window(Settings())
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*PICTURE_SIZE)
    window.show()
    bench = window.workbench
    bench.views.switch("train")  # elsewhere, a run that begins offers to go there
    bench.load_plots()
    wait(lambda: bench.data.source is not None and bench.data.loading is None)
    bench.files.open_example(arguments.example)
    if arguments.down:
        bench.canvas.editor.arranging.arrange(Direction.DOWN)
    bench.select_first_image_block()
    if arguments.steps:
        train(bench, arguments.steps)
    bench.views.switch(arguments.workspace)
    if arguments.panel:
        bench.views.show(arguments.panel)
    named = [group.id for group in bench.document.graph.groups if group.name == arguments.select]
    if named:
        bench.canvas.editor.select(named)
    if arguments.canvas:
        for dock in window.findChildren(QDockWidget):
            dock.hide()
    for theme in ("dark", "light"):
        bench.themes.mode = theme
        wait(lambda: False, SETTLED_MS)
        wait(lambda: not bench.compilation.isVisible())
        bench.canvas.fit()
        window.statusBar().clearMessage()
        picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        picture.save(f"{arguments.file}-{theme}.png", quality=MOST_COMPRESSED)
    window.close_without_asking()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("example", choices=list(example_paths()))
    parser.add_argument("file", help="the beginning of the files' names")
    parser.add_argument("--steps", type=int, default=0, help="of training before the picture")
    names = [known.name for known in WORKSPACES]
    parser.add_argument("--workspace", choices=names, default="train")
    parser.add_argument("--panel", help="a panel to bring forward, such as outline")
    parser.add_argument("--select", metavar="GROUP", help="the name of a group to select")
    parser.add_argument("--down", action="store_true", help="arranged top down")
    parser.add_argument("--canvas", action="store_true", help="without the panels")
    arguments = parser.parse_args()
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)  # nobody's settings
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNGUI_DATA_DIR"] = folder
        draw(arguments)


if __name__ == "__main__":
    main()
