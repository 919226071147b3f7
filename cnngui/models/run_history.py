"""Undo for runs: the run that another one replaces is put aside, and comes back with Undo."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from cnngui.models.document import Document, Edit
from cnngui.models.run import Run
from cnngui.models.shown_run import ShownRun
from core.project import Project
from core.training.plan import Plan


class RunHistory(QObject):
    """Pushes runs onto the document's undo stack, and exchanges them when Undo and Redo ask for it."""

    exchanged = Signal(str)
    """Another run is shown; says which."""

    def __init__(self, document: Document, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._run = run
        self._waiting: list[tuple[RunChange, str]] = []
        run.ended.connect(self._exchange_waiting)
        document.opened.connect(self._waiting.clear)

    def put_aside(self, text: str, plan: Plan) -> None:
        """Call it before a run begins under the name `text`, with this plan: Undo brings back the run there
        is, if any, and the plan, in one step."""
        after = replace(self._document.project, plan=plan)
        if self._run.has_learned or self._run.has_diverged:  # which may lead back to no step at all
            self._document.undo_stack.push(RunChange(self, self._document, self._run, text, after))
        else:
            self._document.set_plan(plan, text)

    def replace(self, text: str, after: Project, shown: ShownRun) -> None:
        """Shows another run and its project, under the name `text`; Undo brings back those there are."""
        self._document.undo_stack.push(RunChange(self, self._document, self._run, text, after))
        self._run.show(shown)

    def exchange(self, change: RunChange, said: str) -> None:
        """Exchanges the runs as soon as the one that is being stopped has ended, and says so."""
        self._waiting.append((change, said))
        if not self._run.active:
            self._exchange_waiting()

    def _exchange_waiting(self) -> None:
        while self._waiting:
            change, said = self._waiting.pop(0)
            change.exchange()
            self._document.show_run_problem(self._run.problem)
            self.exchanged.emit(said)


class RunChange(Edit):
    """Another run took the place of one, perhaps with another plan. Undo and redo exchange the run that is
    shown with the one put aside, so that neither is lost, however far it had come."""

    def __init__(self, history: RunHistory, document: Document, run: Run, text: str, after: Project) -> None:
        super().__init__(document, text, document.project, after)
        self._history = history
        self._run = run
        self._aside = run.shown
        self._pushed = False

    def undo(self) -> None:
        self._run.stop()  # it doesn't follow the plan any more
        super().undo()
        self._history.exchange(self, "The run from before is back; Redo returns to the later one.")

    def redo(self) -> None:
        if not self._pushed:
            self._pushed = True  # the stack calls it when it is pushed, too; the run itself begins then
            super().redo()
            return
        self._run.stop()
        super().redo()
        self._history.exchange(self, "The later run is back; Undo returns to the one before.")

    def exchange(self) -> None:
        """Puts the run aside that is shown, and shows the other one."""
        shown = self._run.shown
        self._run.show(self._aside)
        self._aside = shown
