"""The runs of the data folder: what each has come to, how it stands, and how it goes on.

Beside its journal and checkpoints, a run's folder holds `about.json`: what a person has noted of it. What is
deleted lies in a trash for a while.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np

from core.errors import FormatError, name_of
from core.formats.atomic import write_atomically
from core.formats.lock import WriterLock, is_free
from core.formats.runs.points import Point, points_in, read_point
from core.formats.runs.records import JOURNAL, ReadRun, read_run, runs_in
from core.training.checkpoint import Checkpoint
from core.training.curves import MILLISECONDS
from core.training.events import EpochEnded
from core.training.plan import Plan, PlanChange
from core.training.record import Begun, RunRecord

State: TypeAlias = Literal["running", "killed", "completed", "stopped", "failed"]
_ABOUT: Final = "about.json"
KEPT_DAYS: Final = 30
"""So long a run lies in the trash."""
_DAY: Final = 86_400


@dataclass(frozen=True)
class About:
    """What a person has said of a run."""

    note: str = ""
    put_off: int = -1
    """The steps that it had when somebody didn't want to go on with it after a kill."""
    file: str = ""
    """The file that its project was in, on this computer."""


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run as it lies in its folder, without its curves."""

    folder: Path
    begun: Begun
    plan: Plan
    """That it has at its end."""
    epochs: int
    steps: int
    best: EpochEnded | None
    seconds: float
    """That were spent on it."""
    state: State
    """`running`: somebody writes it now; `killed`: nobody does, and it has no end."""
    why: str
    """It has failed."""
    points: tuple[Point, ...]
    """Its checkpoints, by step."""
    about: About
    lost: int
    """Bytes or blocks of its journal that couldn't be read."""

    @property
    def id(self) -> str:
        """By which it is known."""
        return self.folder.name

    @property
    def is_cut_off(self) -> bool:
        """Whether it was killed, can go on, and nobody has put that off."""
        return self.state == "killed" and bool(self.points) and self.about.put_off != self.steps


@dataclass(frozen=True, eq=False)
class Continuation:
    """What it takes to go on with a run."""

    record: RunRecord
    checkpoint: Checkpoint
    unreadable: int = 0
    """Later checkpoints that couldn't be read."""

    @property
    def plan(self) -> Plan:
        """That counts from the checkpoint on."""
        return self.record.plan_at(self.checkpoint.steps)

    @property
    def changes(self) -> tuple[PlanChange, ...] | None:
        """What a killed run has done after the checkpoint, and does again; None for one that has ended."""
        if self.record.ended is not None:
            return None
        return tuple(self.record.changes_after(self.checkpoint.steps))


def kept_run(folder: Path) -> KeptRun:
    """The run of a folder. Raises FormatError where its beginning can't be read."""
    return summary(folder, read_run(folder))


def summary(folder: Path, found: ReadRun) -> KeptRun:
    """What a journal tells of the run of this folder, and what lies beside it."""
    record = found.record
    epoch, ended = record.curves.epochs.last, record.ended
    measured = record.curves.spans(MILLISECONDS)
    stepping = float(np.nansum(measured.mean)) * measured.width / 1000
    return KeptRun(
        folder=folder,
        begun=record.begun,
        plan=record.plan,
        epochs=record.curves.epochs.total,
        steps=record.steps,
        best=record.best,
        seconds=max(stepping, epoch.seconds if epoch is not None else 0.0),
        state=_state(folder, record),
        why=ended.why if ended is not None else "",
        points=tuple(points_in(folder)),
        about=read_about(folder),
        lost=found.lost,
    )


def is_written(folder: Path) -> bool:
    """Whether somebody writes the run of this folder now."""
    return not is_free(folder / f"{JOURNAL}.lock")


def _state(folder: Path, record: RunRecord) -> State:
    if record.ended is not None:
        return record.ended.reason
    return "running" if is_written(folder) else "killed"


def continuation(folder: Path, point: Point | None = None) -> Continuation:
    """The run of a folder with this checkpoint, or with the last one that can be read.

    Raises FormatError where there is none, or while somebody writes it.
    """
    if is_written(folder):
        raise FormatError(
            f"The run {name_of(folder)} is being trained by another window or command.",
            "Stop it there first.",
        )
    record = read_run(folder).record
    if point is not None:
        return Continuation(record, read_point(point))
    points = points_in(folder)
    for unreadable, known in enumerate(reversed(points)):
        with suppress(FormatError):
            found = read_point(known)
            if found.run == folder.name:  # else somebody has put it there
                return Continuation(record, found, unreadable)
    why = "None of its checkpoints can be read." if points else "It was ended before the first was written."
    raise FormatError(f"The run {name_of(folder)} has no checkpoint to go on from.", why)


def read_about(folder: Path) -> About:
    """What was noted of a run; nothing where that can't be read."""
    try:
        found = json.loads((folder / _ABOUT).read_text("utf-8"))
        note, put_off, file = found.get("note", ""), found.get("put_off", -1), found.get("file", "")
    except (OSError, ValueError, AttributeError, RecursionError):
        return About()
    about = About()
    if isinstance(note, str):
        about = replace(about, note=note)
    if isinstance(file, str) and "\0" not in file:
        about = replace(about, file=file)
    return replace(about, put_off=put_off) if type(put_off) is int else about


def change_about(folder: Path, **changes: str | int) -> None:
    """Writes down what has changed of `About`; all else stays. Raises FormatError."""
    path = folder / _ABOUT
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        found = {}
    except OSError as error:
        raise FormatError(f"{name_of(path)} can't be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError):
        found = {}
    known = found if isinstance(found, dict) else {}
    write_atomically(path, json.dumps(known | changes).encode())


def write_about(folder: Path, about: About) -> None:
    """Raises FormatError."""
    write_atomically(folder / _ABOUT, json.dumps(asdict(about)).encode())


class Shelf:
    """The runs of a folder, read again and again: of a journal that hasn't grown, nothing is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[tuple[int, int], KeptRun]] = {}
        self.unreadable: list[str] = []
        """The ids of those whose journal can't be read."""

    def read(self) -> tuple[KeptRun, ...]:
        """All of them, the latest first."""
        found, self.unreadable = [], []
        for path in runs_in(self.folder):
            try:
                found.append(self._read(path))
            except (FormatError, OSError):
                self.unreadable.append(path.name)
        self._known = {run.id: self._known[run.id] for run in found}
        return tuple(found)

    def _read(self, path: Path) -> KeptRun:
        status = (path / JOURNAL).stat()
        stamp = status.st_size, status.st_mtime_ns
        known = self._known.get(path.name)
        if known is None or known[0] != stamp:
            run = kept_run(path)
        else:
            run = replace(known[1], points=tuple(points_in(path)), about=read_about(path))
            if run.state in ("running", "killed"):
                run = replace(run, state="running" if is_written(path) else "killed")
        self._known[path.name] = stamp, run
        return run


def throw_away(run: Path, trash: Path) -> Path:
    """Moves the folder of a run into the trash; gives where it is then.

    Raises FormatError where somebody writes it, or it can't be moved.
    """
    WriterLock(run / f"{JOURNAL}.lock").release()
    moved = trash / run.name
    _move(run, moved)
    with suppress(OSError):
        os.utime(moved)  # the time from which on its days count
    return moved


def bring_back(thrown: Path, runs: Path) -> Path:
    """The inverse. Raises FormatError."""
    back = runs / thrown.name
    _move(thrown, back)
    return back


def empty_trash(trash: Path) -> int:
    """Deletes what has lain in the trash for `KEPT_DAYS`; gives how many runs that were."""
    deleted = 0
    for thrown in trash.glob("*"):
        with suppress(OSError):
            if time.time() - thrown.stat().st_mtime > KEPT_DAYS * _DAY:
                shutil.rmtree(thrown)
                deleted += 1
    return deleted


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise FileExistsError(None, "there is one of its name")
        source.rename(target)
    except OSError as error:
        raise FormatError(
            f"The run {name_of(source)} can't be moved: {error.strerror or error}.", "It is where it was."
        ) from None
