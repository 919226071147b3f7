"""The project file `.cnn`: a zip with the design and, where it was trained, weights and the state of the run.

- `design.json`: the design (`core.formats.design`)
- `training.json`: plan, data source, and the numbers of the run
- `weights.safetensors`: the weights to use, by `block_id.name`
- `state.safetensors`: what only going on needs: optimiser buffers, the last weights, the curves
- `runs/ID.journal`: copies of the journals of its runs (`core.formats.copies`)
"""

from __future__ import annotations

import io
import json
import os
import reprlib
import textwrap
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from core.design.graph import Graph
from core.errors import CoreError, FormatError, name_of
from core.formats.atomic import digest_of, write_atomically
from core.formats.design import check_values, from_text, to_text
from core.formats.places import absolute, relative
from core.formats.training import checkpoint_of, state_of, to_numbers
from core.formats.values import text_of, typed
from core.maths.arrays import Array
from core.project import DataChoice, Project
from core.schema.written import memory_text
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan

SUFFIX = ".cnn"
VERSION = 3
"""Of training.json; 2 brought schedules, warm-up and clipping, 3 curves of any length, which an older cnngui
would not know."""
MAX_TEXT = 64 << 20
MAX_TENSORS = 8 << 30
MAX_COPY = 256 << 20
MAX_FILE = 2 * MAX_TENSORS + 2 * MAX_TEXT
MAX_RATIO = 100
"""Numbers of weights, and JSON of designs, are packed far less than this; a zip bomb, ten times more."""
_ZIP = b"PK"
_RUNS, _JOURNAL = "runs/", ".journal"
_OF_RUN = {"weights.safetensors", "state.safetensors"}


@dataclass(frozen=True, eq=False)
class ProjectFile:
    """What a file holds: the project and, where it was trained, its run."""

    project: Project
    checkpoint: Checkpoint | None = None
    runs: Mapping[str, bytes] = field(default_factory=dict)
    """Copies of the journals of its runs, by id."""
    digest: str | None = None
    """Of the file that it was read from; by it, `save_project` sees whether that is another one by then."""


def save_project(
    path: Path,
    file: ProjectFile,
    known: str | None = None,
    told: Callable[[float], object] | None = None,
) -> str:
    """Writes a `.cnn` file, or the design alone for any other suffix, in one step; gives its digest.

    Raises FormatError; ChangedError where the file there isn't any more the one of the digest `known`. `told`
    is as in `write_atomically`.
    """
    content = _packed(path, file) if path.suffix == SUFFIX else to_text(file.project.design).encode()
    write_atomically(path, content, known, told)
    return digest_of(content)


def _packed(path: Path, file: ProjectFile) -> bytes:
    project = file.project
    data = relative(project.data.source, path.parent)
    training: dict[str, Any] = {"version": VERSION, "plan": project.plan.to_json(), "data": data}
    parts = {"design.json": to_text(project.design).encode()}
    if file.checkpoint is not None:
        training["run"], state = to_numbers(file.checkpoint), state_of(file.checkpoint)
        parts["weights.safetensors"] = save_tensors(_contiguous(file.checkpoint.kept))
        parts["state.safetensors"] = save_tensors(_contiguous(state))
    parts |= {f"{_RUNS}{run}{_JOURNAL}": journal for run, journal in file.runs.items()}
    parts["training.json"] = json.dumps(training, indent=2, sort_keys=True).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            packed = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(name, content, packed)
    return buffer.getvalue()


def load_project(path: Path) -> ProjectFile:
    """Reads a `.cnn` file or a design as JSON. Raises FormatError; the file itself is never changed."""
    name = name_of(path)
    try:
        content = _content(path)  # as a whole: what fails from here on is in the file, not in the system
    except OSError as error:
        raise _unreadable(path, error) from None
    except MemoryError:
        raise FormatError(f"{name} doesn't fit into memory.") from None
    with _told_of(name):
        return _parsed(path, content)


def load_design(path: Path) -> Graph:
    """Reads the design alone, of a `.cnn` file without its weights. Raises FormatError."""
    try:
        with path.open("rb") as file:
            if file.read(len(_ZIP)) == _ZIP:
                with _told_of(name_of(path)), zipfile.ZipFile(file) as archive:
                    return _design(archive)
    except OSError as error:
        raise _unreadable(path, error) from None
    return load_project(path).project.design


def load_bare_project(path: Path) -> Project:
    """Reads the project alone, of a `.cnn` file without its weights. Raises FormatError."""
    try:
        with path.open("rb") as file:
            if file.read(len(_ZIP)) == _ZIP:
                with _told_of(name_of(path)), zipfile.ZipFile(file) as archive:
                    return _project(archive, path.parent)[0]
    except OSError as error:
        raise _unreadable(path, error) from None
    return load_project(path).project


@contextmanager
def _told_of(name: str) -> Iterator[None]:
    """Makes what goes wrong in reading a file's content a FormatError that names the file."""
    try:
        yield
    except CoreError as error:
        raise FormatError(f"{name}: {error.problem.message}", error.problem.hint) from None
    except MemoryError:
        raise FormatError(f"{name} doesn't fit into memory.") from None
    except Exception as error:  # zip, JSON and tensor parsers raise whatever damaged bytes lead them to
        reason = textwrap.shorten(str(error), 200, placeholder="…") or type(error).__name__
        raise FormatError(f"{name} is damaged: {reason}.", "Use a copy, if there is one.") from None


def _unreadable(path: Path, error: OSError) -> FormatError:
    return FormatError(
        f"{name_of(path)} can't be read: {error.strerror or error}.", "Check the path and its permissions."
    )


def _content(path: Path) -> bytes:
    """All of the file. Raises OSError, and FormatError for one that is far too large for what it is."""
    with path.open("rb") as file:
        is_zip = file.read(len(_ZIP)) == _ZIP
        if os.fstat(file.fileno()).st_size > (MAX_FILE if is_zip else MAX_TEXT):
            kind = "a project" if is_zip else "a design"
            raise FormatError(f"{name_of(path)} is too large for {kind}.", "No such file is made by cnngui.")
        file.seek(0)
        return file.read()


def _parsed(path: Path, content: bytes) -> ProjectFile:
    digest = digest_of(content)
    if content.startswith(_ZIP):
        return replace(_unpacked(content, path.parent), digest=digest)
    if path.suffix == SUFFIX:
        raise FormatError("it is no cnngui project; it may be cut off or damaged.")
    return ProjectFile(Project(from_text(content.decode("utf-8"))), digest=digest)


def _unpacked(content: bytes, folder: Path) -> ProjectFile:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        project, training = _project(archive, folder)
        runs = _copies(archive)
        if "run" not in training:
            for name in _OF_RUN & set(archive.namelist()):
                raise FormatError(f"it has {name}, but training.json has no run; it is damaged.")
            return ProjectFile(project, runs=runs)
        weights = _tensors(archive, "weights.safetensors")
        state = _tensors(archive, "state.safetensors")
        checkpoint = checkpoint_of(training["run"], project.plan, state)
        if weights.keys() != checkpoint.weights.keys():
            raise FormatError("the weights and the state of the run are of different networks.")
        return ProjectFile(project, checkpoint, runs)


def _copies(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Copies of journals; whether they can be read is found out where they are joined."""
    return {
        name.removeprefix(_RUNS).removesuffix(_JOURNAL): _read(archive, name, MAX_COPY)
        for name in archive.namelist()
        if name.startswith(_RUNS) and name.endswith(_JOURNAL)
    }


def _project(archive: zipfile.ZipFile, folder: Path) -> tuple[Project, dict[str, Any]]:
    """The project, and all of training.json."""
    graph = _design(archive)
    training = json.loads(_read(archive, "training.json", MAX_TEXT))
    if not isinstance(training, dict):
        raise FormatError("training.json should hold an object.")
    _check_version(training.get("version", 1))
    written = typed(training.get("plan", {}), dict, "training.json, plan")
    check_values(written)
    plan = Plan.from_json(written)
    data = training.get("data")
    found = None if data is None else absolute(text_of(data, "training.json, data"), folder)
    return Project(graph, plan, DataChoice(found)), training


def _design(archive: zipfile.ZipFile) -> Graph:
    return from_text(_read(archive, "design.json", MAX_TEXT).decode("utf-8"))


def _check_version(version: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormatError(f"training.json, version: expected a number from 1, got {reprlib.repr(version)}.")
    if version > VERSION:
        raise FormatError(
            f"its training has format version {version}, this cnngui reads up to {VERSION}.",
            "Open it with a newer version of cnngui.",
        )


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """One part of the archive, never more than it announces; refuses one of more than `limit` bytes."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        raise FormatError(f"it has no {name}; it is no cnngui project, or damaged.") from None
    if entry.file_size > limit:
        raise FormatError(f"{name} is larger than {memory_text(limit)}.", "No such file is made by cnngui.")
    if entry.file_size > MAX_TEXT and entry.file_size > MAX_RATIO * entry.compress_size:
        raise FormatError(f"{name} is packed too tightly to be real.", "No such file is made by cnngui.")
    with archive.open(entry) as file:
        return file.read(entry.file_size)


def _tensors(archive: zipfile.ZipFile, name: str) -> dict[str, Array]:
    arrays: dict[str, Array] = load_tensors(_read(archive, name, MAX_TENSORS))
    for key, array in arrays.items():
        if not np.issubdtype(array.dtype, np.floating):
            raise FormatError(f"{name}, {key}: expected floating-point numbers, got {array.dtype}.")
    return arrays


def _contiguous(arrays: dict[str, Array]) -> dict[str, Array]:
    """safetensors writes the memory as it lies, so it has to lie in order."""
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}
