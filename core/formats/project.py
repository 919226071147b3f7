"""The project file `.cnn`: a zip with the design and, where it was trained, weights and the state of the run.

- `design.json`: the design (`core.formats.design`)
- `training.json`: plan, data source, and the numbers of the run
- `weights.safetensors`: the weights to use, by `block_id.name`
- `state.safetensors`: what only going on needs: optimiser buffers, the last weights, the curves
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import reprlib
import textwrap
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from safetensors.numpy import save as save_tensors

from core.data.sources.base import named_sources
from core.data.streams import ArchiveFile, check_room, read_exactly
from core.design.graph import Graph
from core.errors import CoreError, FormatError, name_of
from core.formats.atomic import DIGEST_BYTES, digest_of, write_atomically
from core.formats.design import from_text, to_text
from core.formats.json_text import DESIGN, TRAINING, Bounds, check_size, parsed
from core.formats.tensors import read_tensors
from core.formats.training import checkpoint_from_json, checkpoint_to_json
from core.formats.values import text_of
from core.maths.arrays import Array
from core.project import DataChoice, Project
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan

SUFFIX = ".cnn"
VERSION = 2
"""Of training.json; 2 brought schedules, warm-up and clipping, which an older cnngui would not know."""
_ZIP = b"PK"
_AT_ONCE = 1 << 20
"""Bytes that are read together."""
_OF_RUN = {"weights.safetensors", "state.safetensors"}


@dataclass(frozen=True, eq=False)
class ProjectFile:
    """What a file holds: the project and, where it was trained, its run."""

    project: Project
    checkpoint: Checkpoint | None = None
    digest: str | None = None
    """Of the file that it was read from; by it, `save_project` sees whether that is another one by then."""


def save_project(path: Path, file: ProjectFile, known: str | None = None) -> str:
    """Writes a `.cnn` file, or the design alone for any other suffix, in one step; gives its digest.

    Raises FormatError; ChangedError where the file there isn't any more the one of the digest `known`.
    """
    content = _packed(path, file) if path.suffix == SUFFIX else to_text(file.project.design).encode()
    write_atomically(path, content, known)
    return digest_of(content)


def _packed(path: Path, file: ProjectFile) -> bytes:
    project = file.project
    data = _relative(project.data.source, path.parent)
    training: dict[str, Any] = {"version": VERSION, "plan": project.plan.to_json(), "data": data}
    parts = {"design.json": to_text(project.design).encode()}
    if file.checkpoint is not None:
        training["run"], state = checkpoint_to_json(file.checkpoint)
        parts["weights.safetensors"] = save_tensors(_contiguous(file.checkpoint.kept))
        parts["state.safetensors"] = save_tensors(_contiguous(state))
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
            project, checkpoint = _unpacked(file, path.parent)
            return ProjectFile(project, checkpoint, digest)
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


def _unpacked(file: ArchiveFile, folder: Path) -> tuple[Project, Checkpoint | None]:
    with _opened(file) as archive:
        graph = _design(archive)
        training = parsed(
            _read(archive, "training.json", TRAINING), "training.json", TRAINING, any_number=True
        )
        if not isinstance(training, dict):
            raise FormatError("training.json should hold an object.")
        _check_version(training.get("version", 1))
        plan = Plan.from_json(training.get("plan", {}))
        data = training.get("data")
        found = None if data is None else _absolute(text_of(data, "training.json, data"), folder)
        project = Project(graph, plan, DataChoice(found))
        if "run" not in training:
            for name in _OF_RUN & set(archive.namelist()):
                raise FormatError(f"it has {name}, but training.json has no run; it is damaged.")
            return project, None
        check_room(
            "its run", sum(_entry(archive, name).file_size for name in _OF_RUN), "Close other programs."
        )
        weights = _tensors(archive, "weights.safetensors")
        state = _tensors(archive, "state.safetensors")
        return project, checkpoint_from_json(training["run"], plan, weights, state)


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
    entry = _entry(archive, name)
    check_size(entry.file_size, name, bounds)
    with archive.open(entry) as stream:
        return read_exactly(stream, entry.file_size)


def _tensors(archive: zipfile.ZipFile, name: str) -> dict[str, Array]:
    """The tensors of one part, which lie there as they are: so they are no larger than the file."""
    entry = _entry(archive, name)
    if entry.compress_type != zipfile.ZIP_STORED:
        raise FormatError(
            f"{name} is compressed, which tensors of a project aren't.", "No such file is made by cnngui."
        )
    with archive.open(entry) as stream:
        return read_tensors(stream, entry.file_size, name)


def _contiguous(arrays: dict[str, Array]) -> dict[str, Array]:
    """safetensors writes the memory as it lies, so it has to lie in order."""
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _relative(data: str | None, folder: Path) -> str | None:
    """What stands in the file for a data source; some stand for themselves.

    A path becomes relative to the project file, so that both can move together, and begins with a dot, so
    that no name of a source can be meant, in a later version either.
    """
    if data is None or _stands_for_itself(data):
        return data
    try:
        found = Path(os.path.relpath(data, folder)).as_posix()
    except ValueError:  # another drive
        return str(Path(data).absolute())
    except OSError:  # the working directory has gone; where that is written to, it is said there
        return data
    return found if found.startswith(".") else f"./{found}"


def _absolute(data: str, folder: Path) -> str:
    """The inverse, whether or not there is something: another place isn't looked at."""
    if _stands_for_itself(data) or Path(data).is_absolute():
        return data
    return os.path.normpath(folder.absolute() / data)


def _stands_for_itself(data: str) -> bool:
    """Whether it is the name of a source that needs no path, `~/…`, or a whole path of another system."""
    whole = any(system(data).is_absolute() for system in (PurePosixPath, PureWindowsPath))
    return data in named_sources() or data.startswith("~") or (whole and not Path(data).is_absolute())
