"""Starting, pausing and going on, with what may be in the way of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.models.document import Document
from cnngui.models.run import State, Training
from core.design.expand import computed
from core.errors import Problem

QUIET_MS = 1000
"""After so long without an edit, what a run would need is compiled ahead."""


class RunControl(QObject):
    """What Space and the Train menu do."""

    message = Signal(str)
    """Something for the status bar."""
    refused = Signal()
    """The design has problems that keep it from being trained."""
    data_needed = Signal()
    """There is nothing to train on yet."""
    began = Signal()
    """A run begins."""

    def __init__(self, document: Document, training: Training, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._training = training
        self._waiting = False
        self._prepared: object = None
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._prepare)
        document.changed.connect(self._quiet.start)
        training.data_changed.connect(self._take_data)
        training.data_changed.connect(self._quiet.start)
        training.state_changed.connect(self._show_notice)
        training.failed.connect(self._show_failure)

    @property
    def resumes(self) -> bool:
        """Whether starting means to go on with the last run."""
        return not self._training.active and self._training.can_resume(self._document.graph)

    def toggle(self) -> None:
        """Starts, pauses, or lets the run go on."""
        match self._training.state:
            case State.IDLE:
                self.start(resume=self.resumes)
            case State.RUNNING:
                self._training.pause()
            case State.PAUSED:
                self._training.resume()
            case _:
                pass

    def start(self, *, resume: bool = False) -> None:
        """Begins a run, or says what is in its way; while data is being loaded, waits for it."""
        if self._training.loading is not None:
            self._waiting = True
            self.message.emit("The data is being loaded; training begins as soon as it is there.")
        elif self._document.obstacles:
            self.message.emit(str(self._document.obstacles[0]))
            self.refused.emit()
        elif self._training.source is None:
            self.data_needed.emit()
        else:
            self._document.show_run_problem(None)
            self._training.start(self._document.graph, resume=resume)
            self.began.emit()

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
        if self._waiting and self._training.loading is None:
            self._waiting = False
            self.start()

    def _show_notice(self) -> None:
        """Says at once why a run is slower than it could be."""
        started = self._training.started
        if self._training.state is State.RUNNING and started is not None and started.notice:
            self._document.show_run_problem(Problem(started.notice, severity="warning"))

    def _show_failure(self, problem: Problem) -> None:
        self._waiting = False
        self._document.show_run_problem(problem)
        self.message.emit(str(problem))
        self.refused.emit()
