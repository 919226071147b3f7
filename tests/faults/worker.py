"""What somebody does in a window by himself: begins with what is there, then works at random."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from cnngui.models.run import State
from cnngui.window.workbench import Workbench
from core.design.edits import rename
from core.formats.project import load_project
from tests.faults.victim import BLOCK, Log, has_block, name_of, state_of, with_rate


class Worker:
    """One that is never tired; logs what it does."""

    def __init__(self, bench: Workbench, home: Path, log: Log, random: Random, first: int) -> None:
        self._bench, self._home, self._log, self._random, self._number = bench, home, log, random, first
        self._saves = random.choice((0, 1, 4))
        """How often, beside other things: somebody who saves all the time has nothing to lose."""
        self._file = home / "work" / "mine.cnn"

    def begin(self) -> None:
        """Waits until the window has looked at what was left behind."""
        bench = self._bench
        if bench.models.kept_runs.has_looked and bench.left_behind.has_looked:
            self._log("ready")
            self._beat()
            self._open()
            QTimer.singleShot(0, self._work)
        else:
            QTimer.singleShot(10, self.begin)

    def _beat(self) -> None:
        """Shows that the window lives."""
        self._log("lives")
        QTimer.singleShot(100, self._beat)

    def _open(self) -> None:
        bench = self._bench
        cut_off = bench.cut_off_bar
        if bench.files.recovery.offers and self._random.random() < 0.6:
            self._random.choice(bench.files.recovery.offers).recover()
            self._log("recovered", *state_of(bench.document.project))
        elif _is_shown(cut_off) and self._random.random() < 0.6:
            cut_off.go_on.click()
        elif self._file.exists() and self._random.random() < 0.7:
            bench.files.open_path(self._file)
        else:
            bench.files.show_project(load_project(self._home / "design.cnn"))

    def _work(self) -> None:
        ways: list[tuple[Callable[[], object], int]] = [
            (self._edit, 5),
            (self._change_rate, 2),
            (self._save, self._saves),
            (self._save_as, self._saves),
            (self._train, 3),
            (self._stop, 1),
        ]
        way = self._random.choices([way for way, _ in ways], [weight for _, weight in ways])[0]
        way()
        QTimer.singleShot(self._random.choice((0, 5, 50, 100, 300, 600)), self._work)

    def _edit(self) -> None:
        document = self._bench.document
        if has_block(document.graph):  # a run that is gone on with may still be on its way
            self._number += 1
            document.edit("Rename", lambda graph: rename(graph, BLOCK, name_of(self._number)))
            self._log("edit", self._number)

    def _change_rate(self) -> None:
        document = self._bench.document
        if has_block(document.graph):
            self._number += 1
            document.set_plan(with_rate(document.project, self._number).plan)
            self._log("plan", self._number)

    def _save(self) -> None:
        if has_block(self._bench.document.graph):
            self._log("saves")
            self._bench.files.save()

    def _save_as(self) -> None:
        if has_block(self._bench.document.graph):
            self._log("names")
            self._bench.files.save_as()

    def _train(self) -> None:
        control = self._bench.run_control
        if self._bench.run.state is State.IDLE and control.is_of_another_design:
            self._random.choice((control.branch, control.start_over))()
        else:
            control.toggle()
        self._log("trains", self._bench.run.state.name)

    def _stop(self) -> None:
        self._bench.run.stop()


def _is_shown(widget: QWidget) -> bool:
    return widget.isVisible()
