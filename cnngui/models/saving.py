"""Saving: what was asked for is written in the order in which it was asked for, while the window lives on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from cnngui.compute.writing import Writing
from cnngui.models.document import Document
from cnngui.models.project_runs import Copies, ProjectRuns
from cnngui.models.run import Run, State
from core.design.graph import Graph
from core.errors import CoreError, FormatError, Problem
from core.formats.atomic import ChangedError
from core.formats.data_folder import versions_folder
from core.formats.moments import written
from core.formats.project import SUFFIX, ProjectFile, load_bare_project, save_project
from core.formats.snapshot import Snapshot
from core.formats.versions import keep_version
from core.project import Project
from core.training.checkpoint import Checkpoint
from core.training.events import Started

_REST: Final = object()
"""In place of a request: the run is being stopped, and the one that is shown after that is meant."""


class CancelledError(CoreError):
    """Somebody would rather not save; the file is as it was."""


@dataclass(eq=False)
class Order:
    """One file to be written, with the project as it was when that was asked for."""

    path: Path
    project: Project
    is_copy: bool
    overwrites: bool = False
    """Whether even what another program has made of the file is replaced."""
    then: list[Callable[[], object]] = field(default_factory=list)
    """What to do when it is written."""
    start: Started | None = None
    """Of the run that is on."""
    request: object = None
    """Of the run's checkpoint, which is still to come."""
    checkpoint: Checkpoint | None = None
    trained: Graph | None = None
    """The design that the checkpoint is of."""
    copies: Copies = field(default_factory=Copies)
    """Of the project's runs."""
    digest: str = ""
    """Of the file that was written."""
    met_changes: bool = False
    """Whether it wasn't written because another program has changed the file."""
    is_cancelled: bool = False
    """Whether it isn't wanted any more: what isn't written by then stays as it was."""
    share: float = 0.0
    """Of the file that is written, from 0 to 1."""
    version_problem: Problem | None = None
    """Why what the file held before can't be browsed, where the file itself is written."""

    def write(self, known: str | None) -> None:
        """Called in a thread of its own. Raises FormatError or CancelledError."""
        self._keep_former()
        try:
            self._tell(0.0)
            file = ProjectFile(self.project, self.checkpoint, self.trained)
            if self.path.suffix == SUFFIX:
                copies, weights = self.copies.read(self.path.parent), self.copies.read_weights()
                file = replace(file, runs=copies, weights=weights)
            self.digest = save_project(self.path, file, known, self._tell)
        except ChangedError:
            self.met_changes = True
            raise

    def _keep_former(self) -> None:
        """Before it is replaced: a kill in between would lose it."""
        former, folder = self._former(), versions_folder()
        if former is not None and former.project != self.project and folder is not None:
            try:
                keep_version(folder, former, "saved")
            except FormatError as error:
                self.version_problem = error.problem

    def _tell(self, share: float) -> None:
        if self.is_cancelled:
            raise CancelledError(f"{self.path.name} wasn't saved: that was cancelled.")
        self.share = share

    def _former(self) -> Snapshot | None:
        """What the file holds before it is replaced; None where it is no project, or there is none.

        To the design of a file without plan and data belong those that are open.
        """
        try:
            project, when = load_bare_project(self.path), self.path.stat().st_mtime
        except (FormatError, OSError):
            return None
        if self.path.suffix != SUFFIX:
            project = replace(self.project, design=project.design)
        return Snapshot(project, self.path, when=written(datetime.fromtimestamp(when, UTC)))


class Saving(QObject):
    """Knows what is unsaved, and saves. A run that is on is asked for its state between two of its steps."""

    changed = Signal()
    """`busy`, or what is known of the open file, is another one."""
    saved = Signal(object)
    """Order: it is written."""
    failed = Signal(object, object)
    """Order, and the Problem that kept it from being written; nothing is marked as saved."""
    cancelled = Signal(object)
    """Order: it was called off, and its file is as it was."""
    changed_on_disk = Signal(object)
    """Order: another program has changed the open file since it was read or written here; it is as it was."""

    def __init__(self, document: Document, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._run = run
        self.runs = ProjectRuns(run, self)
        self._orders: deque[Order] = deque()
        self._writing: Writing | None = None
        self._saved_run: Checkpoint | None = None
        self._saved_start: Started | None = None
        """Of the run that was on when it was saved."""
        self.digest: str | None = None
        """Of the open file as it was read or written here."""
        self.file_is_gone = False
        """Whether the open file isn't there any more: what it held is here alone."""
        self._when_idle: list[Callable[[], object]] = []
        run.saved.connect(self._take_checkpoint)
        run.rested.connect(self._take_shown)

    @property
    def busy(self) -> Path | None:
        """What is being saved."""
        return self._orders[0].path if self._orders else None

    @property
    def unsaved(self) -> bool:
        """Whether an edit, or what a run has learned, would be lost now."""
        return self._document.modified or self.file_is_gone or not self.run_is_saved

    @property
    def share(self) -> float | None:
        """Of what is being saved, from 0 to 1; None while nobody knows."""
        return (self._orders[0].share if self._orders else 0.0) or None

    @property
    def run_is_saved(self) -> bool:
        """Whether the run is that of the file: one that was put aside and came back still is, and one that is
        held where it was saved."""
        run, saved = self._run, self._saved_run
        is_it = run.started is not None and run.started is self._saved_start
        unmoved = is_it and saved is not None and saved.steps == run.curves.count
        if run.active:
            return unmoved and run.state is State.PAUSED
        found = run.checkpoint
        if found is None or not run.has_learned or unmoved:
            return True
        return saved is not None and saved.progress == found.progress

    def note_opened(self, file: ProjectFile, path: Path | None = None) -> None:
        """The run is now that of a file which has just been opened."""
        self._saved_run, self._saved_start, self.digest = file.checkpoint, None, file.digest
        self.file_is_gone = False
        self.runs.note_opened(file, path)
        self.changed.emit()

    def note_gone(self, *, gone: bool) -> None:
        """Whether the open file has vanished from the disk."""
        if gone != self.file_is_gone:
            self.file_is_gone = gone
            self.changed.emit()

    def save(
        self,
        path: Path,
        *,
        is_copy: bool = False,
        overwrites: bool = False,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Writes all that is open as it is now, as far as a file of this name can hold it.

        Unless it is a copy, the document is then saved there. `then` is called when it is written. The open
        file is replaced only if it is what was read or written here, unless `overwrites`.
        """
        order = Order(path, self._document.project, is_copy, overwrites)
        if not self._is_on_its_way(order):
            if path.suffix == SUFFIX:
                self._ask_for_run(order)
            self._orders.append(order)
        if then is not None:
            self._orders[-1].then.append(then)
        self.changed.emit()
        self._go_on()

    def cancel(self) -> None:
        """Calls off what is being saved. A file that is complete by then is saved all the same."""
        if self._orders:
            order = self._orders[0]
            order.is_cancelled = True
            if self._writing is None:  # its run hasn't told its state yet
                self._orders.popleft()
                self._go_on()
                self._close(order, None)

    def when_idle(self, then: Callable[[], object]) -> None:
        """Calls `then` as soon as nothing is being saved."""
        if self._orders:
            self._when_idle.append(then)
        else:
            then()

    def shut_down(self) -> None:
        """Ends with the file that is being written; what waits behind it is dropped."""
        self._orders.clear()
        self._when_idle.clear()
        self.runs.shut_down()
        if self._writing is not None:
            self._writing.shut_down()
            self._writing = None

    def _is_on_its_way(self, order: Order) -> bool:
        """Whether the last order says the same: Save was pressed twice."""
        last = self._orders[-1] if self._orders else None
        same = last is not None and (last.path, last.is_copy) == (order.path, order.is_copy)
        return same and last is not None and last.project == order.project and not self._run.active

    def _ask_for_run(self, order: Order) -> None:
        if self._run.state is State.STOPPING:
            order.request = _REST
        elif self._run.has_begun:
            order.request, order.start = self._run.request_checkpoint(), self._run.started
        else:
            self._give(order, self._run.checkpoint)

    def _give(self, order: Order, checkpoint: Checkpoint | None) -> None:
        """The run as it is now, and the design that it is of: another one may be shown when it is written."""
        order.checkpoint, order.request = checkpoint, None
        order.trained = self._run.graph if checkpoint is not None else None

    def _take_checkpoint(self, checkpoint: Checkpoint | None, request: object) -> None:
        for order in [order for order in self._orders if order.request is request]:
            self._give(order, checkpoint)
            if checkpoint is None:
                self._orders.remove(order)
                self._close(order, Problem("The run can't be saved.", "Stop it, then save again."))
        self._go_on()

    def _take_shown(self) -> None:
        for order in self._orders:
            if order.request is _REST:
                self._give(order, self._run.checkpoint)
        self._go_on()

    def _go_on(self) -> None:
        if self._writing is None and self._orders and self._orders[0].request is None:
            order = self._orders[0]
            is_open = order.path == self._document.path
            known = self.digest if is_open and not order.is_copy and not order.overwrites else None
            order.copies = self.runs.copies(order.checkpoint)
            self._writing = Writing(partial(order.write, known), self)
            self._writing.ended.connect(self._end)
            self._writing.begin()

    def _end(self, problem: Problem | None) -> None:
        order = self._orders.popleft()
        if self._writing is not None:
            self._writing.deleteLater()
            self._writing = None
        if problem is None and (not order.is_copy or order.path == self._document.path):
            self.digest = order.digest
            self.file_is_gone = False
        if problem is None:
            order.is_cancelled = False  # too late
        if problem is None and not order.is_copy:
            if order.checkpoint is not None:
                self._saved_run, self._saved_start = order.checkpoint, order.start
            self._document.mark_saved(order.path, self._kept_by(order))
        if order.met_changes and not order.is_cancelled:
            self._join(order)
        self._go_on()
        self._close(order, problem)

    def _join(self, order: Order) -> None:
        """One question is enough for all that is to be written into the same file."""
        same = [other for other in self._orders if other.path == order.path and not other.is_copy]
        for other in same:
            self._orders.remove(other)
            order.then += other.then

    def _kept_by(self, order: Order) -> Project:
        """What is saved once the order is written: a file of a design keeps neither plan nor data."""
        if order.path.suffix == SUFFIX:
            return order.project
        return replace(self._document.saved, design=order.project.design)

    def _close(self, order: Order, problem: Problem | None) -> None:
        """Tells how an order has ended, and goes on with what has waited for that."""
        self.changed.emit()
        if order.is_cancelled:
            self.cancelled.emit(order)
        elif order.met_changes:
            self.changed_on_disk.emit(order)
        elif problem is not None:
            self.failed.emit(order, problem)
        else:
            self.saved.emit(order)
            for then in order.then:
                then()
        if not self._orders:
            waiting, self._when_idle = self._when_idle, []
            for then in waiting:
                then()
