"""Undo for runs: the run that another one replaces is put aside, and comes back with Undo."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand

from cnngui.models.document import Document
from cnngui.models.run import Training


class RunHistory(QObject):
    """Pushes runs onto the document's undo stack, and exchanges them when Undo and Redo ask for it."""

    exchanged = Signal(str)
    """Another run is shown; says which."""

    def __init__(self, document: Document, training: Training, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._training = training
        self._waiting: list[tuple[RunChange, str]] = []
        training.ended.connect(self._exchange_waiting)

    def put_aside(self, text: str) -> None:
        """Call it before a run begins under the name `text`: Undo brings back the run there is, if any."""
        if self._training.has_learned:
            self._document.undo_stack.push(RunChange(self, self._training, text))

    def exchange(self, change: RunChange, said: str) -> None:
        """Exchanges the runs as soon as none is on, and says so; one that is on is stopped for it."""
        self._waiting.append((change, said))
        if self._training.active:
            self._training.stop()
        else:
            self._exchange_waiting()

    def _exchange_waiting(self) -> None:
        while self._waiting:
            change, said = self._waiting.pop(0)
            change.exchange()
            self._document.show_run_problem(self._training.run_problem)
            self.exchanged.emit(said)


class RunChange(QUndoCommand):
    """Another run took the place of one. Undo and redo do the same: they exchange the run that is shown with
    the one put aside, so that neither is lost, however far it had come."""

    def __init__(self, history: RunHistory, training: Training, text: str) -> None:
        super().__init__(text)
        self._history = history
        self._training = training
        self._aside = training.run
        self._pushed = False

    def undo(self) -> None:
        self._history.exchange(self, "The run from before is back; Redo returns to the later one.")

    def redo(self) -> None:
        if self._pushed:
            self._history.exchange(self, "The later run is back; Undo returns to the one before.")
        self._pushed = True  # the stack calls it when it is pushed, too; the run itself begins then

    def exchange(self) -> None:
        """Puts the run aside that is shown, and shows the other one."""
        shown = self._training.run
        self._training.show_run(self._aside)
        self._aside = shown
