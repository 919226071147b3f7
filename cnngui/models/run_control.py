"""Starting, pausing and going on, with what may be in the way of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.models.continuing import Continuing
from cnngui.models.data import Data
from cnngui.models.document import Document
from cnngui.models.run import Run, State
from cnngui.models.run_history import RunHistory
from cnngui.models.shown_run import ShownRun
from cnngui.models.ways_back import WayBack, ways_back
from core.design.expand import computed, expand
from core.errors import DesignError, Problem
from core.formats.runs.kept import Continuation
from core.project import Project
from core.schema.param import param_of
from core.training.branch import heritage
from core.training.plan import Plan

QUIET_MS = 1000
"""After so long without an edit, what a run would need is compiled ahead."""
NEW_RUN: Final = "A new run begins; Undo brings back the one before it."
"""Said while it is at work."""
Way = Literal["anew", "resume", "branch"]
"""How a run begins: with untrained weights, as the one that there is, or with what that one has learned."""
_UNDONE: Final[dict[Way, str]] = {"anew": "Start over", "branch": "Go on with the trained weights"}
_MOST_EPOCHS: Final = int(param_of(Plan, "epochs").max or 0)


class RunControl(QObject):
    """What Space and the Train menu do."""

    message = Signal(str)
    """Something for the status bar."""
    refused = Signal()
    """The design has problems that keep it from being trained."""
    data_needed = Signal()
    """There is nothing to train on yet."""
    choice_wanted = Signal(bool, object)
    """The run is over, of another design (`is_of_another_design`), or diverges again: what is to be done?
    With True, held after the first step; and what asks, where that is known."""
    began = Signal()
    """A run begins."""

    def __init__(self, document: Document, data: Data, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._data = data
        self._run = run
        self._history = RunHistory(document, run, self)
        self.continuing = Continuing(document, data, run, self._go_on, self)
        """Goes on with runs of the data folder."""
        self._waiting: Callable[[], None] | None = None
        self._prepared: object = None
        self._raised: dict[int, int] = {}
        """Epochs that a plan got by `train_further`, and those that it had at first."""
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._prepare)
        document.changed.connect(self._quiet.start)
        self._history.exchanged.connect(self.message)
        self.continuing.message.connect(self.message)
        data.arrived.connect(self._take_data)
        data.cancelled.connect(self._forget_start)
        document.opened.connect(self._forget_start)
        document.opened.connect(self._raised.clear)
        run.state_changed.connect(self._show_notice)
        run.warned.connect(self._show_warning)
        for model in (data, run):
            model.failed.connect(self.show_failure)

    @property
    def resumes(self) -> bool:
        """Whether starting means to go on with the last run."""
        return not self._run.active and self._run.can_resume(self._document.graph)

    @property
    def is_of_another_design(self) -> bool:
        """Whether what has been trained last is another network than the design is now."""
        run = self._run
        graph = run.graph if run.has_learned and not run.active else None
        return graph is not None and computed(graph) != computed(self._document.graph)

    @property
    def further_epochs(self) -> int:
        """How many epochs `train_further` adds to a run that is over: as many as the plan had before others
        were added."""
        found, epochs = self._run.checkpoint, self._document.plan.epochs
        return min(self._raised.get(epochs, epochs), _MOST_EPOCHS - (found.epoch if found else 0))

    @property
    def epochs_to_go(self) -> int:
        """How many epochs `train_further` trains, the one that was begun counted; 0 where it can't."""
        found = self._run.checkpoint
        if self.resumes and found is not None:
            return self._document.plan.epochs - found.epoch
        return max(0, self.further_epochs) if self._run.has_finished(self._document.graph) else 0

    @property
    def ways_back(self) -> dict[str, WayBack]:
        """What may help after a divergence, for `go_on_from_sound`; empty else."""
        run, plan = self._run, self._document.plan
        found = run.checkpoint if run.has_diverged and self.resumes else None
        if found is None or found.plan != plan:  # with another one, Train does just that
            return {}
        return ways_back(found, plan)

    def toggle(self, asker: object = None) -> None:
        """Starts, pauses, or lets the run go on; `asker` as for `start`."""
        match self._run.state:
            case State.IDLE:
                self.start(asker=asker)
            case State.RUNNING:
                self._run.pause()
            case State.PAUSED:
                self._run.resume()
            case _:
                pass

    def start(self, *, held: bool = False, asker: object = None) -> None:
        """Begins a run, goes on with one that was stopped, or asks what to do with one that is over, or of
        another design.

        With `held`, it is held after its first step. `asker` is what a question is to be put beside.
        """
        over = self._run.has_finished(self._document.graph) or self.is_of_another_design
        if (over or self.ways_back) and not self._document.obstacles:
            self.choice_wanted.emit(held, asker)
        else:
            self._start("resume" if self.resumes else "anew", held=held)

    def train_further(self, *, held: bool = False) -> None:
        """Goes on for `epochs_to_go`; where the run is over, the plan says so from then on."""
        self._start("resume", held=held)

    def go_back(self, *, held: bool = False) -> None:
        """Goes on with the run of another design: with its design, which Undo exchanges again."""
        graph = self._run.graph
        if graph is not None:
            self._document.edit("Go back to the design of the run", lambda _: graph)
            self._start("resume", held=held)

    @property
    def untrained_names(self) -> list[str] | None:
        """The names of the blocks that would be untrained in a `branch`; None where all of them would be."""
        known, graph = self._run.graph, self._document.graph
        if known is None or self._document.obstacles:
            return None
        try:
            found = heritage(known, graph)
        except DesignError:
            return None
        origin = expand(graph).origin
        names = dict.fromkeys(graph[origin(block_id)].name for block_id in found.fresh)
        return list(names) if found.carried else None

    def branch(self, *, held: bool = False) -> None:
        """Begins a run of the changed design with what the other one has learned; Undo brings that back."""
        self._start("branch", held=held)

    def go_on_from_sound(self, way: str, *, held: bool = False) -> None:
        """Goes on from the last sound epoch, in one of `ways_back`; Undo brings back what has diverged."""
        back = self.ways_back.get(way)
        if back is not None:
            self._history.put_aside(back.text, back.plan)
            self._start("resume", held=held)

    def start_over(self, *, held: bool = False) -> None:
        """Begins a run with untrained weights; Undo brings back the one there is."""
        self._start("anew", held=held)

    def replace(self, text: str, project: Project, shown: ShownRun) -> None:
        """Shows another run with its project, in place of those there are; only while none is on."""
        self._document.show_run_problem(None)
        self._history.replace(text, project, shown)

    def _go_on(self, kept: Continuation | None) -> None:
        """Goes on with the run that is shown; with one from the data folder that isn't over, as that one."""
        graph = self._document.graph
        over = self._run.has_finished(graph) and (kept is None or kept.changes is None)
        if kept is None or over or self._document.obstacles:
            self.train_further()
        elif self._run.can_resume(graph) or self._run.has_finished(graph):  # killed before it could say so
            self._document.show_run_problem(None)
            self._run.start(graph, resume=True, kept=kept)
            self.began.emit()

    def _start(self, way: Way, *, held: bool) -> None:
        """Begins a run, or says what is in its way; while data is being loaded, waits for it."""
        if self._run.active:
            return
        if not self._data.parts:
            self._data.follow(again=True)
        if self._data.loading is not None:
            self._waiting = partial(self._start, way, held=held)
            self.message.emit("The data is being loaded; training begins as soon as it is there.")
        elif self._document.obstacles:
            self.message.emit(str(self._document.obstacles[0]))
            self.refused.emit()
        elif not self._data.parts:
            self.data_needed.emit()
        else:
            self._document.show_run_problem(None)
            self._begin(way, held=held)

    def _begin(self, way: Way, *, held: bool) -> None:
        """Begins a run. One that is replaced, or was over and is changed, is put aside for Undo."""
        run, graph, plan = self._run, self._document.graph, self._document.plan
        resume = way == "resume"
        over, replaced = run.has_finished(graph), (run.has_learned or run.has_diverged) and not resume
        if over and resume and run.checkpoint is not None:
            own = self.further_epochs
            further = replace(plan, epochs=run.checkpoint.epoch + own)
            self._raised[further.epochs] = own
            self._history.put_aside("Train further", further)
        elif not resume:
            self._raised.clear()
            self._history.put_aside(_UNDONE[way], plan)
        run.start(graph, resume=resume, branch=way == "branch", held=held)
        self.began.emit()
        if replaced:
            self.message.emit(NEW_RUN)

    def _prepare(self) -> None:
        """Compiles a sound design that has been left alone for a while, before somebody waits for it."""
        graph = self._document.graph
        if self._document.obstacles or self._run.active or not self._data.parts:
            return
        wanted = computed(graph), self._document.plan.batch_size, self._document.plan.optimizer.kind
        if wanted != self._prepared:
            self._prepared = wanted
            self._run.prepare(graph)

    def _take_data(self) -> None:
        self._prepared = None  # loading may have come between
        self._quiet.start()
        if self._waiting is not None and self._data.loading is None:
            start, self._waiting = self._waiting, None
            start()

    def _forget_start(self) -> None:
        """What a run waited for doesn't come: it doesn't begin with other data, nor in another project."""
        if self._waiting is not None:
            self._waiting = None
            self.message.emit("Loading was cancelled; no run begins.")

    def _show_notice(self) -> None:
        """Says at once why a run is slower than it could be."""
        started = self._run.started
        if self._run.state is State.RUNNING and started is not None and started.notice:
            self._document.show_run_problem(Problem(started.notice, severity="warning"))

    def _show_warning(self, problem: Problem) -> None:
        self._document.show_run_problem(problem)
        self.message.emit(str(problem))

    def show_failure(self, problem: Problem) -> None:
        """Says what went wrong, at its block too."""
        self._waiting = None
        self._document.show_run_problem(problem)
        self.message.emit(str(problem))
        self.refused.emit()
