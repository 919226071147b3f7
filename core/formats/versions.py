"""Former versions of files: their designs, plans and data, without weights; the latest ten of each.

`versions/FILE/TIME-KIND.json` is a snapshot, FILE a hash of the file's path. Two kinds are counted apart:
what a save has replaced, and what somebody has discarded, also of designs that were never saved.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from core.errors import FormatError, name_of
from core.formats.atomic import digest_of
from core.formats.moments import stamp
from core.formats.snapshot import Snapshot, read_snapshot, write_snapshot
from core.project import Project

MOST: Final = 10
"""Versions of a kind that are kept of a file."""
Kind = Literal["saved", "discarded"]
_UNTITLED: Final = "untitled"


@dataclass(frozen=True)
class Version:
    """What a file, or an untitled design, once was."""

    snapshot: Snapshot
    kind: Kind
    """Whether a save has replaced it, or somebody has discarded it."""


def keep_version(versions: Path, snapshot: Snapshot, kind: Kind) -> None:
    """Keeps a version, unless the latest of its kind says the same; the oldest one beyond MOST goes.

    Raises FormatError.
    """
    folder = _folder(versions, snapshot.path)
    kept = _files(folder, kind)
    if kept and _project_in(kept[0]) == snapshot.project:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FormatError(f"{name_of(folder)} can't be made: {error.strerror or error}.") from None
    write_snapshot(folder / f"{stamp()}-{kind}.json", snapshot)
    for old in _files(folder, kind)[MOST:]:
        with contextlib.suppress(OSError):
            old.unlink()


def versions_of(versions: Path, path: Path | None) -> list[Version]:
    """Those of a file, or of all that was never saved, the latest first, without what can't be read."""
    found = []
    kinds: tuple[Kind, Kind] = ("saved", "discarded")
    for kind in kinds:
        for file in _files(_folder(versions, path), kind):
            with contextlib.suppress(FormatError):
                found.append((file.name, Version(read_snapshot(file), kind)))
    return [version for _, version in sorted(found, key=lambda pair: pair[0], reverse=True)]


def key_of(path: Path) -> str:
    """A name for all that belongs to the file of this path, whichever links lead there."""
    return digest_of(os.path.realpath(path).encode(errors="surrogateescape"))


def _folder(versions: Path, path: Path | None) -> Path:
    return versions / (_UNTITLED if path is None else key_of(path))


def _files(folder: Path, kind: Kind) -> list[Path]:
    """The latest first."""
    return sorted(folder.glob(f"*-{kind}.json"), key=lambda file: file.name, reverse=True)


def _project_in(file: Path) -> Project | None:
    try:
        return read_snapshot(file).project
    except FormatError:
        return None
