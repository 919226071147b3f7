"""Runs that were deleted: they lie in a folder of their own for a while, and can be brought back."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.errors import FormatError, name_of
from core.formats.lock import WriterLock
from core.formats.runs import JOURNAL

KEPT_DAYS: Final = 30
_DAY: Final = 86_400


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
