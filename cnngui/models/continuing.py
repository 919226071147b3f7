"""Going on with a run from the data folder: as soon as its data are there, and only on the same ones."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from cnngui.models.data import Data
from cnngui.models.document import Document
from cnngui.models.run import Run
from core.errors import Problem
from core.formats.runs.kept import Continuation


class Continuing(QObject):
    """Its run is shown already, and its project is the open one."""

    message = Signal(str)
    """Something for the status bar."""
    data_differ = Signal()
    """The data of `kept` are others than they were: go on `as_branch`, or `forget` it?"""
    data_missing = Signal(object)
    """Problem: the data of `kept` can't be loaded."""
    settled = Signal()
    """There is nothing to decide any more."""

    def __init__(
        self,
        document: Document,
        data: Data,
        run: Run,
        start: Callable[[Continuation | None], object],
        parent: QObject | None = None,
    ) -> None:
        """`start` goes on with the run that is shown; with None, not as the same one."""
        super().__init__(parent)
        self._data = data
        self._run = run
        self._start = start
        self._checks = False
        self.kept: Continuation | None = None
        """The run to go on with, while it waits."""
        data.arrived.connect(self._check)
        data.checked.connect(self._take)
        data.failed.connect(self._miss)
        data.cancelled.connect(self.forget)
        document.opened.connect(self.forget)
        run.network_changed.connect(self._forget_another)

    def go_on(self, kept: Continuation) -> None:
        """Goes on with this run once its data are there and known to be the same."""
        self.kept, self._checks = kept, False
        if self._data.loading is None and not self._data.parts:
            self._data.follow(again=True)
        if self._data.loading is not None:
            self.message.emit("The data of the run are being loaded; training goes on when they are there.")
        elif self._data.parts:
            self._check()
        else:
            self._miss(Problem("The run has no data that could be loaded.", "Choose the data to train on."))

    def as_branch(self) -> None:
        """Goes on with the weights of the run, on the data there are: as another run."""
        if self.kept is not None:
            self.forget()
            self._start(None)

    def forget(self) -> None:
        """The run isn't gone on with."""
        if self.kept is not None:
            self.kept = None
            self.settled.emit()

    def _check(self) -> None:
        if self.kept is not None and self._data.loading is None and not self._checks:
            self._checks = True
            self._data.check(self.kept.record.begun.fingerprint)

    def _take(self, same: bool) -> None:
        kept = self.kept
        if kept is None or not self._checks:
            return
        if same:
            self.forget()
            self._start(kept)
        else:
            self.data_differ.emit()

    def _miss(self, problem: Problem) -> None:
        if self.kept is not None:
            self._checks = False  # other data, or these once more, are checked anew
            self.data_missing.emit(problem)

    def _forget_another(self) -> None:
        if self.kept is not None and self._run.checkpoint is not self.kept.checkpoint:
            self.forget()
