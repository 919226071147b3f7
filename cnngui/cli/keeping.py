"""Keeping what a training has learned: hours of work don't end with a file that can't be written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.errors import FormatError, UsageError
from core.formats.atomic import NOT_THERE, check_writable, digest_on_disk
from core.formats.project import SUFFIX, ProjectFile, save_project


class Keeper:
    """Writes the result of a training, elsewhere rather than not at all."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError or FormatError, before the training, where `path` can't be written."""
        if path.suffix != SUFFIX:
            raise UsageError(f"--out {path}: the file's name has to end in {SUFFIX}.")
        self._folder = path.absolute().parent
        if not self._folder.is_dir():
            raise UsageError(f"--out {path}: its folder isn't there.", "Make it first, or give another one.")
        check_writable(path)
        self.path = path
        self._known = digest_on_disk(path)

    def save(self, file: ProjectFile) -> None:
        """Writes it. Where that can't be, or another program has changed what is there since the beginning,
        it is written elsewhere, and FormatError says where."""
        try:
            save_project(self.path, file, self._known)
        except FormatError as error:
            refuge = next((path for path in self._refuges() if _is_saved(path, file)), None)
            hint = f"The trained network is in {refuge} instead." if refuge else error.problem.hint
            raise FormatError(error.problem.message, hint) from None

    def _refuges(self) -> Iterator[Path]:
        """Free names beside the file, in the working directory, at home, and where temporary files go."""
        folders = [self._folder]
        with suppress(OSError):  # it may have gone meanwhile
            folders.append(Path.cwd())
        with suppress(RuntimeError):  # a user without a home directory, as in containers
            folders.append(Path.home())
        folders.append(Path(tempfile.gettempdir()))
        for folder in dict.fromkeys(folders):
            yield next(path for path in _names(folder, self.path) if not path.exists())


def _names(folder: Path, path: Path) -> Iterator[Path]:
    number = 2
    while True:
        yield folder / f"{path.stem[:50]}-{number}{path.suffix}"
        number += 1


def _is_saved(path: Path, file: ProjectFile) -> bool:
    try:
        save_project(path, file, NOT_THERE)
    except FormatError:
        return False
    return True
