"""Starting, pausing and going on, with what may be in the way of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.models.document import Document
from cnngui.models.run import State, Training
from cnngui.models.run_history import RunHistory
from core.design.expand import computed
from core.errors import Problem
from core.schema.param import param_of
from core.training.plan import Plan

QUIET_MS = 1000
"""After so long without an edit, what a run would need is compiled ahead."""
_MOST_EPOCHS: Final = int(param_of(Plan, "epochs").max or 0)


class RunControl(QObject):
    """What Space and the Train menu do."""

    message = Signal(str)
    """Something for the status bar."""
    refused = Signal()
    """The design has problems that keep it from being trained."""
    data_needed = Signal()
    """There is nothing to train on yet."""
    choice_wanted = Signal(bool)
    """The run is over: `train_further` or `start_over`? With True, held after the first step."""
    began = Signal()
    """A run begins."""

    def __init__(self, document: Document, training: Training, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._training = training
        self._history = RunHistory(document, training, self)
        self._waiting: Callable[[], None] | None = None
        self._prepared: object = None
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._prepare)
        document.changed.connect(self._quiet.start)
        self._history.exchanged.connect(self.message)
        training.data_changed.connect(self._take_data)
        training.data_changed.connect(self._quiet.start)
        training.state_changed.connect(self._show_notice)
        training.failed.connect(self._show_failure)

    @property
    def resumes(self) -> bool:
        """Whether starting means to go on with the last run."""
        return not self._training.active and self._training.can_resume(self._document.graph)

    @property
    def further_epochs(self) -> int:
        """How many epochs `train_further` adds to a run that is over: as many again as the plan says."""
        found = self._training.checkpoint
        return min(self._training.plan.epochs, _MOST_EPOCHS - (found.epoch if found else 0))

    def toggle(self) -> None:
        """Starts, pauses, or lets the run go on."""
        match self._training.state:
            case State.IDLE:
                self.start()
            case State.RUNNING:
                self._training.pause()
            case State.PAUSED:
                self._training.resume()
            case _:
                pass

    def start(self, *, held: bool = False) -> None:
        """Begins a run, goes on with one that was stopped, or asks what to do with one that is over.

        With `held`, it is held after its first step.
        """
        if self._training.has_finished(self._document.graph):
            self.choice_wanted.emit(held)
        else:
            self._start(resume=self.resumes, held=held)

    def train_further(self, *, held: bool = False) -> None:
        """Goes on with the run that is over, for `further_epochs`; the plan says so from then on."""
        self._start(resume=True, held=held)

    def start_over(self, *, held: bool = False) -> None:
        """Begins a run with untrained weights; Undo brings back the one there is."""
        self._start(resume=False, held=held)

    def _start(self, *, resume: bool, held: bool) -> None:
        """Begins a run, or says what is in its way; while data is being loaded, waits for it."""
        if self._training.active:
            return
        if self._training.loading is not None:
            self._waiting = partial(self._start, resume=resume, held=held)
            self.message.emit("The data is being loaded; training begins as soon as it is there.")
        elif self._document.obstacles:
            self.message.emit(str(self._document.obstacles[0]))
            self.refused.emit()
        elif self._training.source is None:
            self.data_needed.emit()
        else:
            self._document.show_run_problem(None)
            self._begin(resume=resume, held=held)

    def _begin(self, *, resume: bool, held: bool) -> None:
        """Begins a run. One that is replaced, or was over and is changed, is put aside for Undo."""
        training, graph = self._training, self._document.graph
        over, replaced = training.has_finished(graph), training.has_learned and not resume
        if over or not resume:
            self._history.put_aside("Train further" if resume else "Start over")
        if over and resume and training.checkpoint is not None:
            epochs = training.checkpoint.epoch + self.further_epochs
            training.set_plan(replace(training.plan, epochs=epochs))
        training.start(graph, resume=resume)
        if held:
            training.pause()
            training.step()
        self.began.emit()
        if replaced:
            self.message.emit("A new run begins; Undo brings back the one before it.")

    def _prepare(self) -> None:
        """Compiles a sound design that has been left alone for a while, before somebody waits for it."""
        graph = self._document.graph
        if self._document.obstacles or self._training.active or self._training.source is None:
            return
        if computed(graph) != self._prepared:
            self._prepared = computed(graph)
            self._training.prepare(graph)

    def _take_data(self) -> None:
        source = self._training.source
        self._document.data = source.train.spec if source else None
        self._prepared = None  # loading may have come between
        if self._waiting is not None and self._training.loading is None:
            start, self._waiting = self._waiting, None
            if self._training.data_problem is None:
                start()

    def _show_notice(self) -> None:
        """Says at once why a run is slower than it could be."""
        started = self._training.started
        if self._training.state is State.RUNNING and started is not None and started.notice:
            self._document.show_run_problem(Problem(started.notice, severity="warning"))

    def _show_failure(self, problem: Problem) -> None:
        self._waiting = None
        self._document.show_run_problem(problem)
        self.message.emit(str(problem))
        self.refused.emit()
