"""Uses the application at random, for so many minutes or actions, and sees that nothing breaks.

    QT_QPA_PLATFORM=xcb python -m tests.window.random_use --minutes 20 --seed 1

It ends with status 1 at the first thing that is wrong: it says what, which actions came before, and saves a
picture of the window. The same seed makes the same choices; what a run has computed meanwhile may differ.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QEventLoop, QSettings, QTimer

from cnngui.models.settings import Settings
from cnngui.window.app import make_application, make_window
from tests.window.random_use.actions import Hands
from tests.window.random_use.answers import Answers
from tests.window.random_use.checks import Watch

REMEMBERED = 40
"""Actions that are told when something is wrong."""
SETTLING_MS = 2500
"""By then the window is filled."""
PATIENCE_S = 120.0
"""An action that takes longer hangs."""


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="random_use", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=None, help="so many actions at most")
    parser.add_argument("--size", default="1280x720", help="of the window, in logical pixels")
    parser.add_argument(
        "--picture", type=Path, default=Path("random-use.png"), help="of the window at a fault"
    )
    parser.add_argument("--verbose", action="store_true", help="prints every action as it is made")
    return parser.parse_args()


def wait(milliseconds: int) -> None:
    """Lets the window live. `QTest.qWait` keeps Python's lock, and so every other thread waiting."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def within_loop(act: Callable[[], object]) -> None:
    """As an event of the window: what a handler leaves for later isn't deleted by a dialog that it opens."""
    loop = QEventLoop()

    def do() -> None:
        try:
            act()
        finally:
            loop.quit()

    QTimer.singleShot(0, do)
    loop.exec()


def give_up(done: deque[str]) -> None:
    """Ends the process, whose window answers no more; says where each thread is."""
    print(f"the last action hangs since {PATIENCE_S:g} s; the last actions:", *done, sep="\n", flush=True)
    faulthandler.dump_traceback(all_threads=True)
    os._exit(1)


def use(arguments: argparse.Namespace, folder: Path) -> int:
    """Returns the exit status."""
    os.environ["CNNGUI_DATA_DIR"] = str(folder / "data")
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings"))
    make_application()
    watch = Watch()
    window = make_window(Settings())
    window.faults.catch()
    window.resize(*map(int, arguments.size.split("x")))
    window.show()
    wait(SETTLING_MS)
    choices = random.Random(arguments.seed)
    answers = Answers(choices, folder)
    hands = Hands(window, choices, folder)
    watch.begin(window)
    done: deque[str] = deque(maxlen=REMEMBERED)
    counts: Counter[str] = Counter()
    end = time.monotonic() + 60 * arguments.minutes
    wrong: list[str] = []

    def act() -> None:
        action = hands.choose()
        done.append(action.text)
        counts[action.kind] += 1
        if arguments.verbose:
            print(action.text, flush=True)
        action.make()

    while time.monotonic() < end and sum(counts.values()) != arguments.count and not wrong:
        hanging = threading.Timer(PATIENCE_S, give_up, (done,))
        hanging.start()
        within_loop(act)
        wait(choices.choice((0, 1, 5, 20, 60)))
        wrong = watch.found(window)
        hanging.cancel()
    made = ", ".join(f"{count} × {kind}" for kind, count in counts.most_common())
    print(f"seed {arguments.seed}: {sum(counts.values())} actions ({made}); {answers.count} dialogs answered")
    if wrong:
        print(*wrong, "the last actions:", *done, sep="\n")
        window.grab().save(str(arguments.picture))
    answers.stop()
    window.close_without_asking()
    return 1 if wrong else 0


def main() -> int:
    # A restart would start another application beside this one.
    with tempfile.TemporaryDirectory() as folder, patch("cnngui.window.views.restart"):
        return use(read_arguments(), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
