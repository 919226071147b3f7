"""The project file `.cnn`: a zip with the design and, where it was trained, weights and the state of the run.

- `design.json`: the design (`core.formats.design`)
- `training.json`: plan, data source, and the numbers of the run
- `weights.safetensors`: the weights to use, by `block_id.name`
- `state.safetensors`: what only going on needs: optimiser buffers, the last weights, the curves
- `trained.json`: the design that the run is of, where it was changed since
- `runs/ID.journal`: copies of the journals of its runs (`core.formats.runs.copies`), and, where that is asked
  for, `runs/ID/STEP-EPOCH.checkpoint`: of their checkpoints
"""

from __future__ import annotations

import hashlib
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
from safetensors.numpy import save as save_tensors

from core.data.streams import ArchiveFile, check_room, read_exactly
from core.design.expand import computed
from core.design.graph import Graph
from core.errors import CoreError, FormatError, name_of
from core.formats.atomic import DIGEST_BYTES, digest_of, write_atomically
from core.formats.design import check_values, from_text, to_text
from core.formats.json_text import DESIGN, TRAINING, Bounds, check_size, parsed
from core.formats.places import absolute, relative
from core.formats.runs.points import SUFFIX as POINT
from core.formats.tensors import read_tensors
from core.formats.training import checkpoint_of, state_of, to_numbers
from core.formats.values import text_of, typed
from core.maths.arrays import Array
from core.project import DataChoice, Project
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan

SUFFIX = ".cnn"
VERSION = 3
"""Of training.json; 2 brought schedules, warm-up and clipping, 3 curves of any length, which an older cnngui
would not know."""
MAX_COPY = 256 << 20
"""Bytes of a copy of a journal."""
_ZIP = b"PK"
_TRAINED = "trained.json"
_RUNS, _JOURNAL = "runs/", ".journal"
_AT_ONCE = 1 << 20
"""Bytes that are read together."""
_OF_RUN = {"weights.safetensors", "state.safetensors"}


@dataclass(frozen=True, eq=False)
class ProjectFile:
    """What a file holds: the project and, where it was trained, its run."""

    project: Project
    checkpoint: Checkpoint | None = None
    trained: Graph | None = None
    """The design that the checkpoint is of, where the project's was changed since."""
    runs: Mapping[str, bytes] = field(default_factory=dict)
    """Copies of the journals of its runs, by id."""
    weights: Mapping[str, bytes] = field(default_factory=dict)
    """Copies of checkpoints of its runs, by run and file name: `ID/STEP-EPOCH.checkpoint`."""
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
    if file.trained is not None and computed(file.trained) != computed(project.design):
        parts[_TRAINED] = to_text(file.trained).encode()
    parts |= {f"{_RUNS}{run}{_JOURNAL}": journal for run, journal in file.runs.items()}
    parts |= {f"{_RUNS}{name}": content for name, content in file.weights.items()}
    parts["training.json"] = json.dumps(training, indent=2, sort_keys=True).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            packed = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(name, content, packed)
    return buffer.getvalue()


def load_project(path: Path) -> ProjectFile:
    """Reads a `.cnn` file or a design as JSON. Raises FormatError; the file itself is never changed."""
    try:
        with _told_of(name_of(path)), ArchiveFile(path) as file:
            digest = _digest(file)
            if not _is_zip(file):
                return ProjectFile(Project(_plain_design(file, path)), digest=digest)
            return replace(_unpacked(file, path.parent), digest=digest)
    except OSError as error:
        raise _unreadable(path, error) from None


def load_design(path: Path) -> Graph:
    """Reads the design alone, of a `.cnn` file without its weights. Raises FormatError."""
    try:
        with _told_of(name_of(path)), ArchiveFile(path) as file:
            if not _is_zip(file):
                return _plain_design(file, path)
            with _opened(file) as archive:
                return _design(archive)
    except OSError as error:
        raise _unreadable(path, error) from None


def load_bare_project(path: Path) -> Project:
    """Reads the project alone, of a `.cnn` file without its weights. Raises FormatError."""
    try:
        with _told_of(name_of(path)), ArchiveFile(path) as file:
            if not _is_zip(file):
                return Project(_plain_design(file, path))
            with _opened(file) as archive:
                return _project(archive, path.parent)[0]
    except OSError as error:
        raise _unreadable(path, error) from None


@contextmanager
def _told_of(name: str) -> Iterator[None]:
    """Makes what goes wrong in reading a file's content a FormatError that names the file."""
    try:
        yield
    except CoreError as error:
        raise FormatError(f"{name}: {error.problem.message}", error.problem.hint) from None
    except OSError:  # in the system, not in the file
        raise
    except MemoryError:
        raise FormatError(f"{name} doesn't fit into memory.") from None
    except Exception as error:  # zip, JSON and tensor parsers raise whatever damaged bytes lead them to
        reason = textwrap.shorten(str(error), 200, placeholder="…") or type(error).__name__
        raise FormatError(f"{name} is damaged: {reason}.", "Use a copy, if there is one.") from None


def _unreadable(path: Path, error: OSError) -> FormatError:
    return FormatError(
        f"{name_of(path)} can't be read: {error.strerror or error}.", "Check the path and its permissions."
    )


def _is_zip(file: ArchiveFile) -> bool:
    file.seek(0)
    return file.read(len(_ZIP)) == _ZIP


def _digest(file: ArchiveFile) -> str:
    """As `digest_of` its content."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    file.seek(0)
    while part := file.read(_AT_ONCE):
        digest.update(part)
    return digest.hexdigest()


def _plain_design(file: ArchiveFile, path: Path) -> Graph:
    if path.suffix == SUFFIX:
        raise FormatError("it is no cnngui project; it may be cut off or damaged.")
    size = file.seek(0, os.SEEK_END)
    check_size(size, "the design", DESIGN)
    file.seek(0)
    return from_text(read_exactly(file, size).decode("utf-8"))


@contextmanager
def _opened(file: ArchiveFile) -> Iterator[zipfile.ZipFile]:
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        if len(set(archive.namelist())) < len(archive.namelist()):
            raise FormatError("it has two parts of one name; it is damaged.")
        yield archive


def _unpacked(file: ArchiveFile, folder: Path) -> ProjectFile:
    with _opened(file) as archive:
        project, training = _project(archive, folder)
        if "run" not in training:
            for name in _OF_RUN & set(archive.namelist()):
                raise FormatError(f"it has {name}, but training.json has no run; it is damaged.")
            weights = _parts_of_runs(archive, POINT)
            return ProjectFile(project, runs=_copies(archive), weights=weights)
        check_room(
            "its run", sum(_entry(archive, name).file_size for name in _OF_RUN), "Close other programs."
        )
        tensors = _tensors(archive, "weights.safetensors")
        state = _tensors(archive, "state.safetensors")
        checkpoint = checkpoint_of(training["run"], project.plan, state)
        if tensors.keys() != checkpoint.weights.keys():
            raise FormatError("the weights and the state of the run are of different networks.")
        points = _parts_of_runs(archive, POINT)
        return ProjectFile(project, checkpoint, _trained(archive), _copies(archive), points)


def _trained(archive: zipfile.ZipFile) -> Graph | None:
    if _TRAINED not in archive.namelist():
        return None
    return from_text(_read(archive, _TRAINED, DESIGN).decode("utf-8"))


def _copies(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Copies of journals, by run; whether they can be read is found out where they are joined."""
    found = _parts_of_runs(archive, _JOURNAL)
    if any(len(content) > MAX_COPY for content in found.values()):
        raise FormatError("a copy of a run is too large to be real.", "No such file is made by cnngui.")
    return {name.removesuffix(_JOURNAL): content for name, content in found.items()}


def _parts_of_runs(archive: zipfile.ZipFile, suffix: str) -> dict[str, bytes]:
    names = [name for name in archive.namelist() if name.startswith(_RUNS) and name.endswith(suffix)]
    sizes = [_stored(archive, name).file_size for name in names]
    check_room("what it has of its runs", sum(sizes), "Close other programs.")
    return {
        name.removeprefix(_RUNS): _whole(archive, name, size) for name, size in zip(names, sizes, strict=True)
    }


def _project(archive: zipfile.ZipFile, folder: Path) -> tuple[Project, dict[str, Any]]:
    """The project, and all of training.json."""
    graph = _design(archive)
    content = _read(archive, "training.json", TRAINING)
    training = parsed(content, "training.json", TRAINING, any_number=True)
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
    return from_text(_read(archive, "design.json", DESIGN).decode("utf-8"))


def _check_version(version: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormatError(f"training.json, version: expected a number from 1, got {reprlib.repr(version)}.")
    if version > VERSION:
        raise FormatError(
            f"its training has format version {version}, this cnngui reads up to {VERSION}.",
            "Open it with a newer version of cnngui.",
        )


def _entry(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(name)
    except KeyError:
        raise FormatError(f"it has no {name}; it is no cnngui project, or damaged.") from None


def _read(archive: zipfile.ZipFile, name: str, bounds: Bounds) -> bytes:
    """One part of the archive, never more than it announces; refuses one that is larger than its bounds."""
    size = _entry(archive, name).file_size
    check_size(size, name, bounds)
    return _whole(archive, name, size)


def _whole(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    with archive.open(name) as stream:
        return read_exactly(stream, size)


def _stored(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """A part that lies there as it is: so it is no larger than the file."""
    entry = _entry(archive, name)
    if entry.compress_type != zipfile.ZIP_STORED:
        raise FormatError(
            f"{name} is compressed, which in a project it isn't.", "No such file is made by cnngui."
        )
    return entry


def _tensors(archive: zipfile.ZipFile, name: str) -> dict[str, Array]:
    """The tensors of one part."""
    entry = _stored(archive, name)
    with archive.open(entry) as stream:
        return read_tensors(stream, entry.file_size, name)


def _contiguous(arrays: dict[str, Array]) -> dict[str, Array]:
    """safetensors writes the memory as it lies, so it has to lie in order."""
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}
