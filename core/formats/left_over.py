"""Clearing away, at a start, what processes have left in the data folder that were killed while they wrote."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from core.errors import FormatError
from core.formats.atomic import remove_left_over
from core.formats.journal import read_journal
from core.formats.lock import WriterLock
from core.formats.points import points_in
from core.formats.runs import JOURNAL


def clear_away(data: Path, runs: Path) -> None:
    """Removes half-written files, and runs that were killed before they had a beginning.

    What somebody writes just now stays, and so does all that can't be removed.
    """
    for folder in (data, *data.glob("*"), *data.glob("*/*")):
        if folder.is_dir():
            remove_left_over(folder)
    for journal in runs.glob(f"*/{JOURNAL}.lock"):
        with suppress(OSError, FormatError):
            _remove_unbegun(journal.parent)


def _remove_unbegun(run: Path) -> None:
    """Raises FormatError where somebody writes it, OSError where it can't be removed."""
    with WriterLock(run / f"{JOURNAL}.lock"):
        path = run / JOURNAL
        if path.exists():
            found = read_journal(path)
            if found.records or found.damaged or points_in(run):
                return
            path.unlink()
        elif points_in(run):
            return
        (run / f"{JOURNAL}.lock").unlink()
    run.rmdir()
