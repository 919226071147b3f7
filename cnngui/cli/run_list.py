"""Runs as lines of a list: those of the data folder, and those that a file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from cnngui.cli.results import numbers, result_text
from core.errors import FormatError
from core.formats.data_folder import runs_folder
from core.formats.project import load_project
from core.formats.runs.copies import is_id, read_copy
from core.formats.runs.kept import KeptRun, kept_run
from core.formats.runs.records import ReadRun, runs_in
from core.schema.written import count_text
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded
from core.training.plan import Plan

HEAD = ("run", "design", "data", "epochs", "steps", "best", "checkpoints", "parent", "state")
LEFT = 3
"""Columns that begin at their left edge."""


@dataclass(frozen=True)
class Listed:
    """A run as it is listed."""

    run: str
    design: str
    data: str
    plan: Plan
    epochs: int
    steps: int
    best: EpochEnded | None
    state: str
    begun: str = ""
    fingerprint: str = ""
    why: str = ""
    parent: tuple[str, int] | None = None
    checkpoints: tuple[int, ...] = ()
    """The steps after which they were made."""
    note: str = ""
    lost: int = 0

    @property
    def line(self) -> tuple[str, ...]:
        """The cells below `HEAD`."""
        shown = None if self.best is None else self.best.validation or self.best.train
        return (
            self.run or "–",
            self.design,
            PurePath(self.data).name or "–",
            f"{count_text(self.epochs)} of {count_text(self.plan.epochs)}",
            count_text(self.steps),
            "–" if shown is None else result_text(shown),
            count_text(len(self.checkpoints)),
            "–" if self.parent is None else f"{self.parent[0]} at {count_text(self.parent[1])}",
            self.state,
        )

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        best = self.best
        return {
            "run": self.run,
            "begun": self.begun,
            "design": self.design,
            "data": self.data,
            "fingerprint": self.fingerprint,
            "plan": self.plan.to_json(),
            "epochs": self.epochs,
            "steps": self.steps,
            "best_epoch": None if best is None else best.epoch,
            "train": None if best is None else numbers(best.train),
            "validation": numbers(best.validation) if best is not None and best.validation else None,
            "state": self.state,
            "why": self.why,
            "parent": None if self.parent is None else {"run": self.parent[0], "step": self.parent[1]},
            "checkpoints": list(self.checkpoints),
            "note": self.note,
            "lost": self.lost,
        }


def runs_of_data_folder(complain: Callable[[str], object]) -> list[Listed]:
    """All runs of the data folder, the latest first; what can't be read is complained of."""
    folder, listed = runs_folder(), []
    for path in () if folder is None else runs_in(folder):
        try:
            listed.append(_of_folder(kept_run(path)))
        except FormatError as error:
            complain(f"{path}: {error.problem}")
    return listed


def runs_of_file(path: Path) -> list[Listed]:
    """The runs that a project holds, with what the data folder knows more of them. Raises FormatError."""
    file = load_project(path)
    held = {run: _of_copy(run, found) for run, found in _read_copies(file.runs)}
    checkpoint = file.checkpoint
    if checkpoint is not None and checkpoint.steps:
        own = _of_checkpoint(path.stem, file.project.data.source or "", checkpoint)
        if own.run not in held or held[own.run].steps < own.steps:
            held[own.run] = own
    return [_longer(one) for one in sorted(held.values(), key=lambda one: one.run, reverse=True)]


def _read_copies(copies: Mapping[str, bytes]) -> Iterator[tuple[str, ReadRun]]:
    for run, content in copies.items():
        found = read_copy(content)
        if found is not None:
            yield run, found


def _longer(held: Listed) -> Listed:
    """What the data folder has of the same run, where that is no shorter."""
    folder = runs_folder()
    if folder is None or not is_id(held.run):
        return held
    try:
        known = _of_folder(kept_run(folder / held.run))
    except FormatError:
        return held  # of another machine, or deleted
    return known if known.steps >= held.steps else held


def _of_folder(run: KeptRun) -> Listed:
    begun = run.begun
    return Listed(
        run=run.id,
        design=begun.name,
        data=begun.data,
        plan=run.plan,
        epochs=run.epochs,
        steps=run.steps,
        best=run.best,
        state="cut off" if run.state == "killed" else run.state,
        begun=begun.when,
        fingerprint=begun.fingerprint,
        why=run.why,
        parent=begun.parent,
        checkpoints=tuple(point.step for point in run.points),
        note=run.about.note,
        lost=run.lost,
    )


def _of_copy(run: str, found: ReadRun) -> Listed:
    record = found.record
    begun, ended = record.begun, record.ended
    return Listed(
        run=run,
        design=begun.name,
        data=begun.data,
        plan=record.plan,
        epochs=record.curves.epochs.total,
        steps=record.steps,
        best=record.best,
        state="not ended" if ended is None else ended.reason,
        begun=begun.when,
        fingerprint=begun.fingerprint,
        why="" if ended is None else ended.why,
        parent=begun.parent,
        lost=found.lost,
    )


def _of_checkpoint(name: str, data: str, checkpoint: Checkpoint) -> Listed:
    epochs = checkpoint.curves.epochs
    return Listed(
        run=checkpoint.run,
        design=name,
        data=data,
        plan=checkpoint.plan,
        epochs=epochs.total,
        steps=checkpoint.steps,
        best=epochs.best or epochs.last,
        state=checkpoint.finished.reason,
        checkpoints=(checkpoint.steps,),
    )
