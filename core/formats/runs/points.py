"""The checkpoints of a run, from which it can go on, each in a file of its own beside the journal.

`STEP-EPOCH.checkpoint` is made of the blocks of a journal (`core.formats.runs.blocks`): the numbers first,
then the arrays in pieces, and an end. So it is written and read piece by piece, and what is damaged is
noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.errors import CoreError, FormatError, name_of
from core.formats.atomic import write_atomically
from core.formats.runs.blocks import MAGIC, Record, block, records
from core.formats.training import checkpoint_of, state_of, to_numbers
from core.maths.arrays import Array
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan

SUFFIX: Final = ".checkpoint"
PIECE: Final = 1 << 24
"""Numbers of an array that are written together."""


@dataclass(frozen=True)
class Point:
    """A checkpoint on the disk: after so many steps and whole epochs, in so many bytes."""

    path: Path
    step: int
    epoch: int
    size: int


def points_in(run: Path) -> list[Point]:
    """The checkpoints of a run's folder, by step."""
    found = []
    for path in run.glob(f"*{SUFFIX}"):
        step, _, epoch = path.stem.partition("-")
        try:
            size = path.stat().st_size
        except OSError:
            continue  # it has just been thinned out
        if step.isdecimal() and epoch.isdecimal():
            found.append(Point(path, int(step), int(epoch), size))
    return sorted(found, key=lambda point: point.step)


def write_point(run: Path, checkpoint: Checkpoint) -> Point:
    """Writes a checkpoint into the run's folder, whole or not at all. Raises FormatError."""
    path = run / f"{checkpoint.steps:010d}-{checkpoint.epoch:06d}{SUFFIX}"
    write_atomically(path, _blocks(checkpoint))
    return Point(path, checkpoint.steps, checkpoint.epoch, path.stat().st_size)


def read_point(point: Point) -> Checkpoint:
    """The checkpoint that was written. Raises FormatError where it can't be read or is damaged."""
    name = f"The checkpoint of step {point.step} ({name_of(point.path)})"
    try:
        with point.path.open("rb") as file:
            return _read(records(file), point.size)
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
    if name not in state:
        if sum(array.nbytes for array in state.values()) + prod(shape) * piece.itemsize > size:
            raise ValueError("arrays larger than the file")
        state[name], filled[name] = np.empty(shape, piece.dtype), 0
    if start != filled[name]:
        raise ValueError("a piece is missing")
    state[name].reshape(-1)[start : start + len(piece)] = piece
    filled[name] += len(piece)
