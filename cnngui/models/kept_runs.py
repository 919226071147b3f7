"""The runs of the data folder, as the window shows them: read, noted and deleted in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.compute.chores import Chores
from cnngui.models.run import Run
from core.errors import FormatError, Problem
from core.formats.data_folder import DATA_VARIABLE, runs_folder, trash_folder
from core.formats.runs.kept import (
    Continuation,
    KeptRun,
    Shelf,
    bring_back,
    change_about,
    continuation,
    empty_trash,
    read_about,
    throw_away,
)
from core.formats.runs.points import Point
from core.formats.runs.records import read_run
from core.training.curves import Curves

NO_FOLDER: Final = Problem(
    "There is no home directory to keep runs in.",
    f"The environment variable {DATA_VARIABLE} can name a folder.",
)
"""Why no run is kept where `runs_folder` is None."""
_PAUSE_MS: Final = 2000
"""Between two looks at a run that goes on."""
_MOST_CURVES: Final = 24
"""Runs whose curves are kept in memory."""


class KeptRuns(QObject):
    """Looks when somebody wants to see them: `watch`. Nothing here waits for the disk."""

    changed = Signal()
    """`runs` are others, or have changed."""
    curves_changed = Signal()
    """`curves_of` knows more."""
    thrown_away = Signal()
    """`thrown` is another one."""
    busy_changed = Signal()
    """`is_fetching` is another one."""
    failed = Signal(object)
    """Problem: something that was asked for couldn't be done."""

    def __init__(self, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._watched = False
        self._looking = False
        self._again = False
        self._fetched: object = None
        self._curves: dict[str, tuple[int, Curves]] = {}
        self._wanted: Sequence[str] = ()
        self._shelf: Shelf | None = None
        self._chores = Chores(self)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        self.runs: tuple[KeptRun, ...] = ()
        """The latest first."""
        self.unreadable: tuple[str, ...] = ()
        """The ids of those that can't be read."""
        self.has_looked = False
        """Whether `runs` are known."""
        self.problem: Problem | None = None
        """Why there can't be any."""
        self._deletions: tuple[tuple[Path, ...], ...] = ()
        """What `bring_back` undoes, one after the other: the latest last."""
        run.recorded.connect(self._look_again)
        run.kept.connect(self._look_again)
        run.curves_changed.connect(self._follow)

    # -- what is known of them -------------------------------------------------------------------------------

    def __getitem__(self, run: str) -> KeptRun:
        """The run with this id. Raises KeyError."""
        found = self.find(run)
        if found is None:
            raise KeyError(run)
        return found

    def find(self, run: str) -> KeptRun | None:
        """The run with this id."""
        return next((known for known in self.runs if known.id == run), None)

    def is_here(self, run: str) -> bool:
        """Whether this window writes it: also for a while after its end."""
        return bool(run) and run == self._run.recording

    def is_open(self, run: str) -> bool:
        """Whether the window shows it, at rest."""
        shown = self._run.checkpoint
        return not self._run.active and shown is not None and shown.run == run

    @property
    def cut_off(self) -> tuple[KeptRun, ...]:
        """Those that were killed and wait for somebody to go on with them."""
        return tuple(run for run in self.runs if run.is_cut_off and not self.is_here(run.id))

    @property
    def thrown(self) -> tuple[Path, ...]:
        """What was deleted and can be brought back, where it lies now."""
        return tuple(path for deletion in self._deletions for path in deletion)

    @property
    def is_fetching(self) -> bool:
        """Whether a run is being read to go on with it."""
        return self._fetched is not None

    def curves_of(self, run: str) -> Curves | None:
        """Those of a run that was asked for; None until they are there."""
        found = self._curves.get(run)
        return found[1] if found is not None else None

    # -- what can be asked of them ---------------------------------------------------------------------------

    def watch(self, *, watched: bool) -> None:
        """Whether somebody sees the list: it is up to date from now on."""
        self._watched = watched
        if watched:
            self.refresh()
        else:
            self._timer.stop()

    def refresh(self) -> None:
        """Looks at what there is."""
        self._again = self._looking
        if self._looking:
            return
        folder = runs_folder()
        self.problem = NO_FOLDER if folder is None else None
        if folder is None:
            self.runs, self.has_looked = (), True
            self.changed.emit()
            return
        if self._shelf is None or self._shelf.folder != folder:
            self._shelf = Shelf(folder)
        self._looking = True
        self._chores.add(self._shelf.read, self._take, reads=True)

    def want_curves(self, runs: Sequence[str]) -> None:
        """Asks for the curves of these runs, as they are now."""
        self._wanted = tuple(runs)
        for run in runs:
            known = self.find(run)
            if known is not None and self._curves.get(run, (-1,))[0] != known.steps:
                read = partial(_curves, known)
                self._chores.add(read, partial(self._take_curves, known), reads=True)

    def fetch(self, run: str, then: Callable[[Continuation], object], point: Point | None = None) -> None:
        """Reads a run with this checkpoint, or its last one; another wish takes its place."""
        known = self.find(run)
        if known is None:
            self.failed.emit(Problem("The run isn't there any more.", "It may have been deleted."))
            return
        wish = self._fetched = object()
        self.busy_changed.emit()
        read = partial(continuation, known.folder, point)

        def take(found: Continuation | None, problem: Problem | None) -> None:
            if self._fetched is not wish:
                return  # not wanted any more
            self.stop_fetching()
            if found is not None:
                then(found)
            else:
                self.failed.emit(problem)

        self._chores.add(read, take, reads=True)

    def stop_fetching(self) -> None:
        """What is being read isn't wanted any more."""
        if self._fetched is not None:
            self._fetched = None
            self.busy_changed.emit()

    def note(self, run: str, text: str) -> None:
        """Writes down what somebody notes of a run."""
        folder = self[run].folder
        self._chores.add(lambda: change_about(folder, note=text), self._done)

    def note_file(self, runs: Iterable[str], path: Path) -> None:
        """Writes down in which file the project of these runs is, to find it after a kill."""
        folder, ids = runs_folder(), tuple(runs)
        if folder is None or not ids:
            return

        def write() -> None:
            for run in ids:
                about = read_about(folder / run)
                if about.file != str(path) and (folder / run).is_dir():
                    change_about(folder / run, file=str(path))

        self._chores.add(write, self._done)

    def put_off(self, runs: Sequence[KeptRun]) -> None:
        """These runs, which were killed, are left as they are until somebody asks for them."""

        def write() -> None:
            for run in runs:
                change_about(run.folder, put_off=run.steps)

        self._chores.add(write, self._done)

    def throw_away(self, runs: Collection[str]) -> None:
        """Deletes runs; `bring_back` undoes that. One that is being written stays."""
        folders = [self[run].folder for run in runs]
        trash = trash_folder()
        if trash is None:
            return

        def throw() -> tuple[list[Path], Problem | None]:
            thrown, problem = [], None
            for folder in folders:
                try:
                    thrown.append(throw_away(folder, trash))
                except FormatError as error:
                    problem = error.problem
            return thrown, problem

        self._chores.add(throw, self._take_thrown)

    def bring_back(self) -> None:
        """Brings back all that `thrown` counts."""
        self._bring_back(self._deletions)

    def bring_back_last(self) -> None:
        """Brings back what was deleted last; what was deleted before that comes the next time."""
        self._bring_back(self._deletions[-1:])

    def _bring_back(self, deletions: tuple[tuple[Path, ...], ...]) -> None:
        folder = runs_folder()
        if folder is None or not deletions:
            return

        def back() -> tuple[tuple[Path, ...], Problem | None]:
            left, problem = [], None
            for path in (path for deletion in deletions for path in deletion):
                try:
                    bring_back(path, folder)
                except FormatError as error:
                    left.append(path)
                    problem = error.problem
            return tuple(left), problem

        self._chores.add(back, self._take_left)
        self._deletions = self._deletions[: len(self._deletions) - len(deletions)]
        self.thrown_away.emit()

    def forget_thrown(self) -> None:
        """What was deleted lies in the trash; nobody wants to bring it back."""
        self._deletions = ()
        self.thrown_away.emit()

    def clear_away(self) -> None:
        """Deletes what has lain in the trash for long."""
        trash = trash_folder()
        if trash is not None:
            self._chores.add(partial(empty_trash, trash))

    def shut_down(self) -> None:
        """Ends with what is to be written."""
        self._timer.stop()
        self._chores.finish()

    # -- what comes of it ------------------------------------------------------------------------------------

    def _take(self, found: tuple[KeptRun, ...] | None, problem: Problem | None) -> None:
        self._looking = False
        if problem is not None:
            self.failed.emit(problem)
        elif found is not None and self._shelf is not None:
            self.runs, self.unreadable = found, tuple(self._shelf.unreadable)
            self.has_looked = True
            self.changed.emit()
            self.want_curves(self._wanted)
        if self._again:
            self._again = False
            self.refresh()

    def _take_curves(self, run: KeptRun, found: Curves | None, _: Problem | None) -> None:
        if found is not None:
            self._curves.pop(run.id, None)
            self._curves[run.id] = run.steps, found
            while len(self._curves) > _MOST_CURVES:
                del self._curves[next(iter(self._curves))]
            self.curves_changed.emit()

    def _take_thrown(self, found: tuple[list[Path], Problem | None] | None, problem: Problem | None) -> None:
        if found is not None:
            thrown, problem = found
            self._add_deletion(tuple(thrown))
        self._done(None, problem)

    def _take_left(
        self, found: tuple[tuple[Path, ...], Problem | None] | None, problem: Problem | None
    ) -> None:
        """What couldn't be brought back can be tried once more."""
        if found is not None:
            left, problem = found
            self._add_deletion(left)
        self._done(None, problem)

    def _add_deletion(self, paths: tuple[Path, ...]) -> None:
        if paths:
            self._deletions = (*self._deletions, paths)
            self.thrown_away.emit()

    def _done(self, _: object, problem: Problem | None) -> None:
        if problem is not None:
            self.failed.emit(problem)
        self.refresh()

    def _look_again(self) -> None:
        if self._watched:
            self.refresh()

    def _follow(self) -> None:
        if self._watched and self._run.active and not self._timer.isActive():
            self._timer.start()


def _curves(run: KeptRun) -> Curves:
    found = Curves()
    with suppress(FormatError):  # it has just been deleted
        found = read_run(run.folder).record.curves
    return found
