"""The checkpoints of a run, from which it can go on, each in a file of its own beside the journal.

`STEP-EPOCH.checkpoint`, or `STEP-EPOCH-best.checkpoint` of the best epoch, is made of the blocks of a journal
(`core.formats.runs.blocks`): the numbers first, then the arrays in pieces, and an end. So it is written and
read piece by piece, and what is damaged is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.data.streams import open_file
from core.errors import CoreError, FormatError, name_of
from core.formats.atomic import write_atomically
from core.formats.runs.blocks import MAGIC, Record, block, records
from core.formats.training import checkpoint_of, state_of, to_numbers
from core.maths.arrays import Array
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan

SUFFIX: Final = ".checkpoint"
_BEST: Final = "best"
_NAME: Final = re.compile(r"\d{1,12}-\d{1,9}(-best)?\.checkpoint", re.ASCII)
PIECE: Final = 1 << 24
"""Numbers of an array that are written together."""


@dataclass(frozen=True)
class Point:
    """A checkpoint on the disk: after so many steps and whole epochs, in so many bytes."""

    path: Path
    step: int
    epoch: int
    size: int
    is_best: bool = False
    """Whether no epoch was better when it was written."""


def points_in(run: Path) -> list[Point]:
    """The checkpoints of a run's folder, by step."""
    found = []
    for path in run.glob(f"*{SUFFIX}"):
        step, epoch, mark = (*path.stem.split("-"), "", "")[:3]
        try:
            size = path.stat().st_size
        except OSError:
            continue  # it has just been thinned out
        if step.isdecimal() and epoch.isdecimal() and mark in ("", _BEST):
            found.append(Point(path, int(step), int(epoch), size, mark == _BEST))
    return sorted(found, key=lambda point: point.step)


def is_point(name: str) -> bool:
    """Whether a checkpoint may be called so."""
    return _NAME.fullmatch(name) is not None


def write_point(run: Path, checkpoint: Checkpoint) -> Point:
    """Writes a checkpoint into the run's folder, whole or not at all. Raises FormatError.

    One that is of the best epoch takes the mark of that from an earlier one.
    """
    best = checkpoint.best is not None and (checkpoint.best.epoch, 0) == (
        checkpoint.epoch,
        checkpoint.position,
    )
    path = _path(run, checkpoint.steps, checkpoint.epoch, is_best=best)
    write_atomically(path, _blocks(checkpoint))
    for former in points_in(run) if best else ():
        if former.is_best and former.path != path:
            with suppress(OSError):  # then it keeps its mark, too
                former.path.replace(_path(run, former.step, former.epoch, is_best=False))
    return Point(path, checkpoint.steps, checkpoint.epoch, path.stat().st_size, best)


def _path(run: Path, step: int, epoch: int, *, is_best: bool) -> Path:
    mark = f"-{_BEST}" if is_best else ""
    return run / f"{step:010d}-{epoch:06d}{mark}{SUFFIX}"


def read_point(point: Point) -> Checkpoint:
    """The checkpoint that was written. Raises FormatError where it can't be read or is damaged."""
    name = f"The checkpoint of step {point.step} ({name_of(point.path)})"
    try:
        with open_file(point.path) as file:
            found = _read(records(file), point.size)
        if (found.steps, found.epoch) != (point.step, point.epoch):
            raise FormatError("its name says another step than its content.")
        return found
    except OSError as error:
        raise FormatError(f"{name} can't be read: {error.strerror or error}.") from None
    except CoreError as error:
        raise FormatError(f"{name} can't be read: {error.problem.message}") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise FormatError(f"{name} is damaged: {type(error).__name__}.") from None


def _blocks(checkpoint: Checkpoint) -> Iterator[bytes]:
    numbers, state = to_numbers(checkpoint), state_of(checkpoint)
    yield MAGIC
    yield block([Record("checkpoint", {"plan": checkpoint.plan.to_json(), "run": numbers})])
    for name, array in state.items():
        flat = np.ascontiguousarray(array).reshape(-1)
        for start in range(0, max(1, flat.size), PIECE):
            fields = {"name": name, "shape": array.shape, "start": start}
            yield block([Record("array", fields, {"piece": flat[start : start + PIECE]})])
    yield block([Record("end")])


def _read(found: Iterator[Record], size: int) -> Checkpoint:
    first = next(found, None)
    if first is None or first.kind != "checkpoint":
        raise FormatError("it is no checkpoint.")
    state: dict[str, Array] = {}
    filled: dict[str, int] = {}
    is_whole = False
    for record in found:
        is_whole = record.kind == "end"
        if record.kind == "array":
            _take(state, filled, record, size)
    if not is_whole or any(filled[name] < array.size for name, array in state.items()):
        raise FormatError("it is cut off.")
    fields: Any = first.fields
    return checkpoint_of(fields["run"], Plan.from_json(fields["plan"]), state)


def _take(state: dict[str, Array], filled: dict[str, int], record: Record, size: int) -> None:
    """Raises ValueError where the piece isn't the next one, or the arrays are larger than the file."""
    name, shape, start = str(record.fields["name"]), tuple(record.fields["shape"]), record.fields["start"]
    piece = record.arrays["piece"]
    if not all(type(number) is int and number >= 0 for number in shape):
        raise ValueError("no shape")
    if name not in state:
        if sum(array.nbytes for array in state.values()) + prod(shape) * piece.itemsize > size:
            raise ValueError("arrays larger than the file")
        state[name], filled[name] = np.empty(shape, piece.dtype), 0
    if start != filled[name]:
        raise ValueError("a piece is missing")
    state[name].reshape(-1)[start : start + len(piece)] = piece
    filled[name] += len(piece)
