"""Drafts: what is unsaved in a window, kept where a crash, a kill or a power cut leaves it.

`DRAFT/draft.json` is the project of a window, `DRAFT/lock` is locked as long as that window lives. A draft
whose lock is free was left behind by one that didn't end properly.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import FormatError, name_of
from core.formats.atomic import remove_left_over
from core.formats.lock import WriterLock, is_free
from core.formats.moments import stamp
from core.formats.project import load_bare_project
from core.formats.snapshot import Snapshot, read_snapshot, write_snapshot

DRAFT: Final = "draft.json"
LOCK: Final = "lock"


@dataclass(frozen=True)
class Draft:
    """What a window has left behind, and where it lies."""

    folder: Path
    snapshot: Snapshot


class DraftWriter:
    """Keeps the draft of one window. Until there is one to write, nothing is on the disk.

    Whoever uses it from several threads lets them take turns.
    """

    def __init__(self, drafts: Path) -> None:
        """`drafts` is the folder with all drafts."""
        self._drafts = drafts
        self._folder: Path | None = None
        self._lock: WriterLock | None = None

    def write(self, snapshot: Snapshot) -> None:
        """Replaces the draft in one step. Raises FormatError; the one before is there still."""
        if self._folder is None:
            self._open(self._drafts / stamp())
        assert self._folder is not None
        write_snapshot(self._folder / DRAFT, snapshot)

    def take_over(self, draft: Draft) -> None:
        """From now on, the left draft is the one of this window; its own must be cleared.

        Raises FormatError where another window has taken it.
        """
        assert self._folder is None
        self._open(draft.folder)

    def clear(self) -> None:
        """Removes the draft: nothing is unsaved. Raises FormatError where that can't be."""
        if self._folder is not None:
            with _said(self._folder):
                (self._folder / DRAFT).unlink(missing_ok=True)
            self.release()

    def release(self) -> None:
        """Lets another window have the draft, where there is one."""
        folder, self._folder = self._folder, None
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
        if folder is not None and not (folder / DRAFT).exists():
            _remove_empty(folder)

    def _open(self, folder: Path) -> None:
        with _said(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = WriterLock(folder / LOCK)
        self._folder = folder


def left_drafts(drafts: Path) -> list[Draft]:
    """What windows have left behind that didn't end properly, the latest first.

    A draft that says what its file says is removed, and so are left-over files. One that can't be read stays.
    """
    found = []
    for folder in _folders(drafts):
        if not is_free(folder / LOCK):
            continue
        remove_left_over(folder)
        if not (folder / DRAFT).exists():
            _remove_empty(folder)
            continue
        with contextlib.suppress(FormatError):  # of a newer version, perhaps
            draft = Draft(folder, read_snapshot(folder / DRAFT))
            if _is_saved(draft.snapshot):
                discard(draft)
            else:
                found.append(draft)
    return sorted(found, key=lambda draft: draft.snapshot.when, reverse=True)


def discard(draft: Draft) -> None:
    """Removes a draft that was left behind. Raises FormatError where a window has it, or it can't be."""
    with _said(draft.folder), WriterLock(draft.folder / LOCK):
        (draft.folder / DRAFT).unlink(missing_ok=True)
    _remove_empty(draft.folder)


def _is_saved(snapshot: Snapshot) -> bool:
    """Whether its file holds the same: the window ended between saving and clearing its draft."""
    if snapshot.path is None:
        return False
    try:
        return load_bare_project(snapshot.path) == snapshot.project
    except FormatError:
        return False


def _folders(drafts: Path) -> list[Path]:
    try:
        return [folder for folder in drafts.iterdir() if folder.is_dir()]
    except OSError:
        return []


def _remove_empty(folder: Path) -> None:
    """A folder that nobody needs; what can't be removed goes at another start."""
    with contextlib.suppress(OSError, FormatError), WriterLock(folder / LOCK):
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()


@contextlib.contextmanager
def _said(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FormatError(f"The draft {name_of(folder)} can't be kept: {error.strerror or error}.") from None
