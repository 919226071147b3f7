"""Somebody at work, who is killed: `python -m tests.faults.victim WHERE FOLDER LOG SEED FIRST [AIM AT]`.

WHERE is `window`, where it edits, saves, trains, pauses and changes the rate at random, or `terminal`, where
`cnngui train` goes on with what is there. FOLDER holds its data, its files and what is kept of them. What
it has done goes into LOG at once, a line each: the time, what, and numbers. Edits are numbered from FIRST on.
With AIM, it kills itself in the AT-th change of the disk that is made for this function.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from core.design.graph import Graph
from core.formats.runs import recording
from core.formats.runs.kept import Shelf
from core.maths.optim import Adam
from core.project import Project
from core.training.events import Event, Started, Stepped
from core.training.session import Session
from tests.faults.disk import Disk, Fault, failing

AT_MOST_LOST: Final = 1.0
"""Seconds of training between two checkpoints here, in place of `recording.AT_MOST_LOST`."""
ANYTHING: Final = "anything"
_OF_RUNS: Final = (ANYTHING, "save_project", "write_point", "append")
AIMS: Final = {"window": (*_OF_RUNS, "write_snapshot", "write_snapshot"), "terminal": _OF_RUNS}
"""Functions that write: files, checkpoints, journals, drafts and versions."""
BLOCK: Final = "conv2d_1"
_EDIT: Final = "Edit "
_RATE: Final = 1e-7
_LOOK_MS: Final = 20


def state_of(project: Project) -> tuple[int, int]:
    """The numbers of the last edit of its design, and of its plan; 0 where there was none."""
    name = project.design[BLOCK].name if has_block(project.design) else ""
    number = name.removeprefix(_EDIT)
    rate = round(project.plan.optimizer.learning_rate / _RATE)
    return (int(number) if name != number and number.isdecimal() else 0), rate % 10_000


def has_block(design: Graph) -> bool:
    """Whether there is something to rename."""
    return any(block.id == BLOCK for block in design.blocks)


class Log:
    """Lines that are there whatever happens afterwards."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        self._write = os.write  # which doesn't count, nor fail

    def __call__(self, *words: object) -> None:
        self._write(self._handle, (" ".join(map(str, (f"{time.time():.6f}", *words))) + "\n").encode())


class Killing(Disk):
    """Kills the process, as `kill -9` does, in the midst of a change of the disk."""

    def __init__(self, log: Log, aim: str, at: int) -> None:
        super().__init__(Fault.KILL, at)
        self._log, self._aim, self._left = log, aim, at

    def operate(self, name: str, half: Callable[[], object] = lambda: None, *, changes: bool) -> None:
        if not changes or not self._is_aimed():
            return
        self._left -= 1
        if self._left == 0:
            half()
            self._log("killed", self._aim, name)
            os.kill(os.getpid(), signal.SIGKILL)

    def _is_aimed(self) -> bool:
        if self._aim == ANYTHING:
            return True
        frame = sys._getframe(2)
        while frame.f_back is not None and frame.f_code.co_name != self._aim:
            frame = frame.f_back
        return frame.f_code.co_name == self._aim


def follow_runs(log: Log) -> None:
    """Logs which runs are recorded, and how far they are; checkpoints come sooner than usual."""
    recording.AT_LEAST_BETWEEN = 0.2  # type: ignore[misc]
    recording.AT_MOST_LOST = AT_MOST_LOST  # type: ignore[misc]
    recording.SHARE = 0.5  # type: ignore[misc]
    usual, last = recording.Recording.take, [0.0]

    def take(self: recording.Recording, event: Event, session: Session) -> None:
        usual(self, event, session)
        if isinstance(event, Started):
            log("run", self.run, event.step)
        elif isinstance(event, Stepped) and time.monotonic() - last[0] > _LOOK_MS / 1000:
            last[0] = time.monotonic()
            log("step", self.run, event.step)

    recording.Recording.take = take  # type: ignore[method-assign]


def in_terminal(home: Path, log: Log, random: Random) -> int:
    """Goes on with what is there, or begins anew."""
    from cnngui.cli import keeping, main  # no Qt

    keeping.SHORTEST, keeping.LONGEST = 0.3, 1.0  # type: ignore[misc]
    out = home / "work" / "out.cnn"
    killed = [run.id for run in Shelf(home / "data" / "runs").read() if run.state == "killed" and run.points]
    ways = [[str(home / "design.cnn")], [str(home / "design.cnn")]]
    ways += [[str(out), "--resume"]] * 2 if out.exists() else []
    ways += [[killed[0], "--resume"]] * 4 if killed else []
    return main(["train", *random.choice(ways), "--out", str(out)])


def in_window(home: Path, log: Log, random: Random, first: int) -> int:
    """Works until it is killed."""
    from PySide6.QtWidgets import QFileDialog, QMessageBox  # not in the terminal

    from cnngui.models.settings import Settings
    from cnngui.window.app import make_application, make_window
    from tests.faults.worker import Worker

    def answer(*words: object, **_: object) -> QMessageBox.StandardButton:
        log("dialog", *str(words[2]).split())
        return QMessageBox.StandardButton.Discard

    def chosen(*_: object, **__: object) -> tuple[str, str]:
        return str(home / "work" / random.choice(("mine.cnn", "mine.cnn", "other.cnn"))), ""

    QMessageBox.question = QMessageBox.warning = answer  # type: ignore[method-assign]
    QFileDialog.getSaveFileName = chosen  # type: ignore[method-assign]
    application = make_application()
    window = make_window(Settings())
    window.show()
    worker = Worker(window.workbench, home, log, random, first)
    worker.begin()
    return application.exec()


def main() -> int:
    faulthandler.enable()
    where, folder, log_path, seed, first, *aimed = sys.argv[1:]
    log, random = Log(Path(log_path)), Random(seed)
    follow_runs(log)
    killing = failing(Killing(log, aimed[0], int(aimed[1]))) if aimed else nullcontext()
    with killing:
        if where == "terminal":
            status = in_terminal(Path(folder), log, random)
        else:
            status = in_window(Path(folder), log, random, int(first))
    log("ended", status)
    return status


def with_rate(project: Project, number: int) -> Project:
    """The project whose plan was changed by the edit with this number."""
    return replace(project, plan=replace(project.plan, optimizer=Adam(learning_rate=1e-3 + number * _RATE)))


def name_of(number: int) -> str:
    """Of the block, by the edit with this number."""
    return f"{_EDIT}{number}"


if __name__ == "__main__":
    sys.exit(main())
