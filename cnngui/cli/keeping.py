"""Keeping what a training has learned: hours of work don't end with a file that can't be written."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from cnngui.cli.status import ElsewhereError
from cnngui.cli.streams import say
from core.errors import FormatError, UsageError
from core.formats.atomic import NOT_THERE, check_writable, digest_on_disk
from core.formats.data_folder import data_folder
from core.formats.project import SUFFIX, ProjectFile, save_project
from core.training.events import EpochEnded, Event, Stepped, Validating

SHORTEST: Final = 10.0
"""Seconds that have to lie between two writes: short epochs are kept together."""
LONGEST: Final = 60.0
"""Seconds of training that a kill costs at most: in a long epoch, too, it is written after them."""
SHARE: Final = 0.05
"""Of the time may be spent on writing after each epoch, where that needs more than `SHORTEST`."""
KEPT: Final = "kept"
"""The data folder's part for networks that couldn't be written where they belong."""


class Keeper:
    """Writes a training as it goes, elsewhere rather than not at all."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises UsageError or FormatError, before the training, where `path` can't be written."""
        if path.suffix != SUFFIX:
            raise UsageError(f"--out {path}: the file's name has to end in {SUFFIX}.")
        self._folder = path.absolute().parent
        if not self._folder.is_dir():
            raise UsageError(f"--out {path}: its folder isn't there.", "Make it first, or give another one.")
        check_writable(path)
        self.path = path
        self.has_written = False
        self._known = digest_on_disk(path)
        self._refuge: tuple[Path, str] | None = None
        self._clock = clock
        self._last, self._seconds = clock(), 0.0
        self._said = ""

    def follow(self, event: Event, file: Callable[[], ProjectFile]) -> None:
        """Writes `file` after this event, where it is time. What is in the way is said, and tried again."""
        if not self._is_time(event):
            return
        begin = self._clock()
        try:
            self.save(file())
            self._said = ""
        except FormatError as error:
            if str(error.problem) != self._said:
                self._said = str(error.problem)
                say(f"{self._said} The training goes on.")
        self._last = self._clock()
        self._seconds = self._last - begin

    def save(self, file: ProjectFile) -> None:
        """Writes it. Where that can't be, or another program has changed what is there since the beginning,
        it is written elsewhere, and ElsewhereError says where."""
        try:
            self._known = save_project(self.path, file, self._known)
        except FormatError as error:
            self._save_elsewhere(file)
            if self._refuge is not None:
                hint = f"The trained network is in {self._refuge[0]} instead."
            else:
                hint = error.problem.hint
            raise ElsewhereError(error.problem.message, hint) from None
        self.has_written = True
        if self._refuge is not None:  # an earlier state, which nobody needs any more
            path, known = self._refuge
            self._refuge = None
            with suppress(OSError):
                if digest_on_disk(path) == known:
                    path.unlink()

    def _is_time(self, event: Event) -> bool:
        since = self._clock() - self._last
        if isinstance(event, EpochEnded):
            return since >= min(LONGEST, max(SHORTEST, self._seconds / SHARE))
        return isinstance(event, Stepped | Validating) and since >= LONGEST

    def _save_elsewhere(self, file: ProjectFile) -> None:
        """Where it was kept before, else under the first free name that can be written."""
        known, self._refuge = self._refuge, None
        for path, digest in (*([known] if known else []), *((free, NOT_THERE) for free in self._refuges())):
            with suppress(FormatError, OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                self._refuge = path, save_project(path, file, digest)
                self.has_written = True
                return

    def _refuges(self) -> Iterator[Path]:
        """Free names beside the file, in the data folder, at home, and where temporary files go."""
        folders = [self._folder] if self._folder.is_dir() else []
        data = data_folder()
        if data is not None:
            folders.append(data / KEPT)
        with suppress(RuntimeError):  # a user without a home directory, as in containers
            folders.append(Path.home())
        folders.append(Path(tempfile.gettempdir()))
        for folder in dict.fromkeys(folders):
            with suppress(OSError):
                yield next(path for path in _names(folder, self.path) if not path.exists())


def _names(folder: Path, path: Path) -> Iterator[Path]:
    number = 2
    while True:
        yield folder / f"{path.stem[:50]}-{number}{path.suffix}"
        number += 1
