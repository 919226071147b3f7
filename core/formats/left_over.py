"""Clearing away, at a start, what processes have left in the data folder that were killed as they wrote."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from core.errors import FormatError
from core.formats.atomic import remove_left_over
from core.formats.lock import WriterLock
from core.formats.runs.blocks import is_unbegun
from core.formats.runs.points import points_in
from core.formats.runs.records import JOURNAL

_LOCK: Final = f"{JOURNAL}.lock"


def clear_away(data: Path) -> None:
    """Removes half-written files from the data folder, and runs that were killed before they had begun.

    What somebody writes just now stays, and so does what is damaged or can't be removed.
    """
    with suppress(OSError):
        for folder in (data, *data.glob("*"), *data.glob("*/*")):
            if folder.is_dir():
                remove_left_over(folder)
        for lock in data.glob(f"runs/*/{_LOCK}"):
            with suppress(OSError, FormatError):
                _remove_unbegun(lock.parent)


def _remove_unbegun(run: Path) -> None:
    """Raises FormatError where somebody writes it, OSError where it can't be read or removed."""
    if _has_begun(run):
        return
    with WriterLock(run / _LOCK):
        if not _has_begun(run):
            (run / JOURNAL).unlink(missing_ok=True)
            (run / _LOCK).unlink()
            run.rmdir()


def _has_begun(run: Path) -> bool:
    """Whether there is more than a journal without a whole block. Raises OSError where it can't be read."""
    try:
        with (run / JOURNAL).open("rb") as journal:
            return not is_unbegun(journal) or bool(points_in(run))
    except FileNotFoundError:
        return bool(points_in(run))
