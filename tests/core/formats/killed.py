"""A run as a kill leaves it: without an end, and with the checkpoints that there were by then."""

from __future__ import annotations

from pathlib import Path

from core.formats.runs.journal import Journal, read_journal
from core.formats.runs.points import points_in
from core.formats.runs.records import JOURNAL


def kill_afterwards(run: Path, *, points: int, epochs: int) -> None:
    """Makes of a run that has ended one that was killed after so many epochs, with its first `points`
    checkpoints."""
    kept, seen = [], 0
    for record in read_journal(run / JOURNAL).records:
        seen += record.kind == "epoch"
        if record.kind == "ended":
            break
        kept.append(record)
        if seen == epochs:
            break
    (run / JOURNAL).unlink()
    with Journal(run / JOURNAL) as journal:
        for record in kept:
            journal.append([record])
    for point in points_in(run)[points:]:
        point.path.unlink()
