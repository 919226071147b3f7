"""The runs of the open project: a file holds copies of them, the data folder the runs themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cnngui.compute.writing import Writing
from cnngui.models.run import Run
from core.errors import Problem
from core.formats.data_folder import runs_folder
from core.formats.project import ProjectFile
from core.formats.runs.copies import bring_weights, copies_of, join, weights_of
from core.formats.runs.points import is_point
from core.training.checkpoint import Checkpoint


class ProjectRuns(QObject):
    """Brings the runs of a file that is opened into the data folder, in a thread of its own."""

    joined = Signal()
    """They are there."""
    failed = Signal(object)
    """Problem: they aren't; the file keeps them."""

    def __init__(self, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._weights: dict[str, bytes] = {}
        """Of the open file, as it had them."""
        self._copies: dict[str, bytes] = {}
        """Of the open file: what can't be read from the data folder goes back into the file as it was."""
        self._ids: list[str] = []
        self._joining: list[Writing] = []
        run.recorded.connect(self._add)

    def note_opened(self, file: ProjectFile, path: Path | None) -> None:
        """Another project is open."""
        self._copies, self._ids, self._weights = dict(file.runs), list(file.runs), dict(file.weights)
        self._add(file.checkpoint.run if file.checkpoint is not None else "")
        if file.runs and path is not None:
            self._begin(Writing(partial(_join, file, path.parent), self))

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all of them."""
        return tuple(self._ids)

    def add(self, run: str) -> None:
        """One more is of the open project."""
        self._add(run)

    def has(self, run: str) -> bool:
        """Whether the run with this id is of the open project: trained in it, or held by its file."""
        return run in self._ids

    def copies(self, checkpoint: Checkpoint | None) -> Copies:
        """Those of all runs of the project, among them that of the checkpoint."""
        own = [checkpoint.run] if checkpoint is not None and checkpoint.run else []
        return Copies(dict(self._copies), dict(self._weights), (*dict.fromkeys([*self._ids, *own]),))

    def shut_down(self) -> None:
        """Waits for what is being written."""
        for joining in self._joining:
            joining.shut_down()
        self._joining.clear()

    def _add(self, run: str) -> None:
        if run and run not in self._ids:
            self._ids.append(run)

    def _begin(self, joining: Writing) -> None:
        self._joining.append(joining)
        joining.ended.connect(partial(self._end, joining))
        joining.begin()

    def _end(self, joining: Writing, problem: Problem | None) -> None:
        self._joining.remove(joining)
        joining.deleteLater()
        if problem is None:
            self.joined.emit()
        else:
            self.failed.emit(problem)


class Copies:
    """Of some runs, to be read when the file is written."""

    def __init__(
        self,
        known: Mapping[str, bytes] | None = None,
        weights: Mapping[str, bytes] | None = None,
        runs: tuple[str, ...] = (),
    ) -> None:
        self._known, self._weights, self._runs = known or {}, weights or {}, runs

    def read(self, folder: Path) -> dict[str, bytes]:
        """The journals for a file in this folder, as far as they are known."""
        runs = runs_folder()
        return dict(self._known) if runs is None else copies_of(runs, self._runs, folder, self._known)

    def read_weights(self) -> dict[str, bytes]:
        """Checkpoints of the runs, where that is asked for; what a file has had it keeps."""
        runs = runs_folder()
        found = {} if runs is None else weights_of(runs, self._runs)
        fresh, known = _last_steps(found), _last_steps(self._weights)
        older = {run for run, step in fresh.items() if step < known.get(run, 0)}
        kept = {n: c for n, c in self._weights.items() if _run_of(n) not in fresh.keys() - older}
        return {n: c for n, c in found.items() if _run_of(n) not in older} | kept


def _run_of(name: str) -> str:
    return name.partition("/")[0]


def _last_steps(weights: Mapping[str, bytes]) -> dict[str, int]:
    """Of the last checkpoint of each run."""
    found: dict[str, int] = {}
    for name in weights:
        run, _, file = name.partition("/")
        if is_point(file):
            found[run] = max(found.get(run, 0), int(file.partition("-")[0]))
    return found


def _join(file: ProjectFile, folder: Path) -> None:
    """Raises FormatError."""
    runs = runs_folder()
    if runs is not None:
        join(runs, file.runs, folder)
        bring_weights(runs, file.weights)
        join(runs, file.runs, folder, file.checkpoint)  # whose weights are taken where there are no others
