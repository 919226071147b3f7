"""Copies of runs in project files, and what becomes of them on another computer, or on this one later.

A file holds the journals of its runs, so that it can be handed in alone. When it is opened, they are joined
with those of the data folder by their ids: of two with the same beginning the longer one stays; one that went
another way gets an id of its own. Nothing is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from core.errors import CoreError, FormatError
from core.formats.atomic import digest_of, write_atomically
from core.formats.places import absolute, relative
from core.formats.runs.blocks import MAGIC, block, read
from core.formats.runs.journal import Journal
from core.formats.runs.kept import About, write_about
from core.formats.runs.points import is_point, points_in, read_point, write_point
from core.formats.runs.records import JOURNAL, ReadRun, compacted, parse_run, read_run
from core.formats.runs.rules import read_rules
from core.training.checkpoint import Checkpoint
from core.training.curves import LOSS, Curves
from core.training.record import RunRecord
from core.training.series import Numbers

MOST_WEIGHTS: Final = 2 * 10**9
"""Bytes of checkpoints in one file: it has to be opened, too."""
_OF_WINDOWS: Final = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)
"""Names that no folder has there."""
_MOST_ID: Final = 80


def copies_of(
    runs: Path, ids: Iterable[str], folder: Path, known: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """The journals of these runs for a file in `folder`, as far as they can be read, in bounded room.

    Of `known` copies, those that the file had, one stays that went another way, or further.
    """
    found = dict(known or {})
    for run in dict.fromkeys(ids):
        try:
            one = read_run(runs / run)
        except FormatError:
            continue  # it was deleted meanwhile, or is damaged: its own folder says so
        earlier = read_copy(found[run]) if run in found else None
        if earlier is not None and not _is_continued(earlier.record, one.record):
            continue
        found[run] = _written(_with_data(one, relative(one.record.begun.data, folder)))
    return found


def _is_continued(earlier: RunRecord, later: RunRecord) -> bool:
    return same_way(earlier, later) and _length(later) >= _length(earlier)


def weights_of(runs: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """The last and the best checkpoint of each run, by run and file name, where the rules ask for it."""
    found: dict[str, bytes] = {}
    if not read_rules(runs).weights_in_files:
        return found
    for run in dict.fromkeys(ids):
        points = points_in(runs / run)
        for point in {*points[-1:], *(one for one in points if one.is_best)}:
            if sum(map(len, found.values())) + point.size > MOST_WEIGHTS:
                return found
            with suppress(OSError):
                found[f"{run}/{point.path.name}"] = point.path.read_bytes()
    return found


def bring_weights(runs: Path, weights: Mapping[str, bytes]) -> None:
    """Puts checkpoints from a file beside the journals of their runs, where those have none and they can be
    read. Raises FormatError where the folder can't be written."""
    for name, content in sorted(weights.items()):
        run, _, file = name.partition("/")
        if is_id(run) and is_point(file) and lacks(runs / run, int(file.partition("-")[0])):
            write_atomically(runs / run / file, content)
            if not _is_sound(runs / run, file):
                (runs / run / file).unlink(missing_ok=True)


def lacks(run: Path, step: int) -> bool:
    """Whether a checkpoint after this step would be the last one of a run that is there."""
    points = points_in(run)
    return (run / JOURNAL).exists() and (not points or points[-1].step < step)


def _is_sound(run: Path, file: str) -> bool:
    """Whether it is a checkpoint of this run, and of the way that this has gone."""
    (point,) = [point for point in points_in(run) if point.path.name == file]
    try:
        found, record = read_point(point), read_run(run).record
    except FormatError:
        return False
    return found.run == run.name and agree(record.curves, found.curves, min(record.steps, found.steps))


def join(runs: Path, copies: Mapping[str, bytes], folder: Path, last: Checkpoint | None = None) -> list[str]:
    """Brings copies from a file in `folder` into the folder of runs; gives the ids that they have there.

    Where a run has no checkpoints there, the one of the file, `last`, becomes one. Raises FormatError where
    the folder can't be written.
    """
    ids = {}
    for run, content in copies.items():
        if is_id(run) and (found := read_copy(content)) is not None:
            there = _with_data(found, absolute(found.record.begun.data, folder))
            ids[run] = _joined(runs, run, there)
    if last is not None and last.run in ids and last.steps and lacks(runs / ids[last.run], last.steps):
        write_point(runs / ids[last.run], replace(last, run=ids[last.run]))
    return list(ids.values())


def is_id(run: str) -> bool:
    """Whether it can be the name of a run's folder: a file may come from anywhere."""
    sound = 0 < len(run) <= _MOST_ID and run.replace("-", "").isalnum() and run.isascii()
    return sound and _OF_WINDOWS.fullmatch(run) is None


def same_way(a: RunRecord, b: RunRecord) -> bool:
    """Whether one is the beginning of the other."""
    steps = min(a.steps, b.steps)
    plans = [[change for change in one.plans if change.step < steps] for one in (a, b)]
    begun = [replace(one.begun, data="") for one in (a, b)]  # which moves with its file
    return begun[0] == begun[1] and plans[0] == plans[1] and agree(a.curves, b.curves, steps)


def _with_data(found: ReadRun, data: str | None) -> ReadRun:
    """The same run, whose data stand for themselves in another place."""
    begun = replace(found.record.begun, data=data or "")
    first, *rest = found.others
    first = replace(first, fields={**first.fields, "data": begun.data})
    return replace(found, record=found.record.with_begun(begun), others=(first, *rest))


def _written(found: ReadRun) -> bytes:
    return MAGIC + b"".join(block([record]) for record in compacted(found))


def _joined(runs: Path, run: str, copy: ReadRun) -> str:
    """The id under which the copy is in the folder from now on."""
    folder = runs / run
    try:
        own = read_copy((folder / JOURNAL).read_bytes())  # one that is damaged stays; the copy goes beside it
    except FileNotFoundError:
        _put(folder, copy)
        return run
    except OSError as error:
        raise FormatError(f"The run {run} can't be read: {error.strerror or error}.") from None
    if own is not None and same_way(own.record, copy.record):
        if _length(copy.record) > _length(own.record):
            _replace(folder, copy)
        return run
    other = f"{run}-{digest_of(_written(copy))[:6]}"
    if not (runs / other / JOURNAL).exists():
        _put(runs / other, copy)
    return other


def _put(folder: Path, copy: ReadRun) -> None:
    """One that was still going on where it comes from isn't offered here to be gone on with."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FormatError(f"{folder} can't be made: {error.strerror or error}.") from None
    if copy.record.ended is None:
        write_about(folder, About(put_off=copy.record.steps))
    write_atomically(folder / JOURNAL, _written(copy))


def _replace(folder: Path, copy: ReadRun) -> None:
    """The longer one takes the place of the shorter, unless somebody writes that at this moment."""
    try:
        journal = Journal(folder / JOURNAL)
    except FormatError:
        return
    with journal:
        journal.replace(compacted(copy))


def read_copy(content: bytes) -> ReadRun | None:
    """The run of a copy; None where it is no journal, or its beginning is damaged."""
    try:
        return parse_run(read(content), "a copy")
    except CoreError:
        return None


def _length(record: RunRecord) -> tuple[int, int, bool]:
    return record.steps, record.curves.epochs.total, record.ended is not None


def agree(a: Curves, b: Curves, steps: int) -> bool:
    """Whether the losses of the first steps are the same, as far as both are known."""
    width = max(a.series(LOSS).width, b.series(LOSS).width)
    for least in (True, False):
        one, other = (_extremes(curves, width, steps // width, least=least) for curves in (a, b))
        if not np.array_equal(one, other, equal_nan=True):
            return False
    return True


def _extremes(curves: Curves, width: int, count: int, *, least: bool) -> Numbers:
    """The least or the greatest loss of the first spans of this width."""
    spans = curves.spans(LOSS)
    each = width // spans.width
    found = (spans.least if least else spans.greatest)[: count * each].reshape(count, each)
    return np.asarray((np.fmin if least else np.fmax).reduce(found, axis=1))
