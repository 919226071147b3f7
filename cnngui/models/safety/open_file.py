"""The open file as it is on the disk: another program may change or remove it, another window may open it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from cnngui.compute.chores import Chores
from cnngui.models.document import Document
from cnngui.models.saving import Saving
from core.errors import Problem
from core.formats.atomic import NOT_THERE, digest_on_disk
from core.formats.data_folder import locks_folder
from core.formats.lock import HeldError, WriterLock
from core.formats.versions import key_of

_SOON_MS: Final = 200
"""Programs that save change a file several times in a row."""
_Seen: TypeAlias = tuple[int, int, int]
"""By this, most files that are the same are known without being read."""


class _Found(NamedTuple):
    """What a chore has found of a file."""

    seen: _Seen | None
    digest: str | None
    """None where it is what is known."""
    places: tuple[Path, ...]
    """The file and its folder, as far as they are there."""


class FileState(Enum):
    """Of the open file, against what was read or written here."""

    SAME = auto()
    CHANGED = auto()
    GONE = auto()


class OpenFile(QObject):
    """Knows what has become of the open file. Files are read in a thread of its own."""

    changed = Signal()

    def __init__(self, document: Document, saving: Saving, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._saving = saving
        self.state = FileState.SAME
        self.is_open_elsewhere = False
        """Whether another window has opened the same file before."""
        self._path: Path | None = None
        self._seen: _Seen | None = None
        self._known: str | None = None
        self._claim: _Claim | None = None
        self.is_looking = False
        """Whether somebody looks at the file just now."""
        self._chores = Chores(self)
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._timer.timeout.connect(self.look)
        self._watcher.fileChanged.connect(lambda _: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _: self._timer.start())
        document.opened.connect(self._follow)
        document.saved_state_changed.connect(self._follow)
        saving.changed.connect(self._follow)

    @property
    def path(self) -> Path | None:
        return self._path

    def look(self) -> None:
        """Looks at the file, as when the window gets the keyboard again: not every disk can be watched."""
        path = self._path
        if path is None:
            return
        if self.is_open_elsewhere:
            self._make_claim()
        if self._saving.busy is None and not self.is_looking:  # else it is looked at afterwards
            self.is_looking = True
            known = self._seen if self._saving.digest == self._known else None
            self._chores.add(partial(_found, path, known), partial(self._compare, path), reads=True)

    def shut_down(self) -> None:
        self._timer.stop()
        self._let_go()
        self._chores.finish()

    def _follow(self) -> None:
        path = self._document.path
        if path != self._path:
            self._let_go()
            self._path, self._seen, self._known = path, None, None
            self.is_open_elsewhere = False
            self._show(FileState.SAME)
            if path is not None:
                self._claim = _Claim(path)
                self._make_claim()
        if self._saving.busy is None and self._saving.digest != self._known:
            self._show(FileState.SAME)  # it has just been read or written here
            self._timer.start()

    def _compare(self, path: Path, found: _Found | None, _: Problem | None) -> None:
        """Where nothing was found, a network drive sleeps, say: nothing is known."""
        self.is_looking = False
        if path != self._path or self._saving.busy is not None:
            self._timer.start()
        elif found is not None:
            self._watch(found.places)
            self._seen, digest = found.seen, found.digest
            if digest is not None:
                self._known = self._saving.digest
                same, gone = digest == self._known, digest == NOT_THERE
                self._show(FileState.SAME if same else FileState.GONE if gone else FileState.CHANGED)

    def _show(self, state: FileState) -> None:
        if state is not self.state:
            self.state = state
            self._saving.note_gone(gone=state is FileState.GONE)
            self.changed.emit()

    def _watch(self, places: Iterable[Path]) -> None:
        """The file and its folder: where a file is replaced, the watch on it ends."""
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if missing := [str(place) for place in places if str(place) not in watched]:
            self._watcher.addPaths(missing)

    def _make_claim(self) -> None:
        claim = self._claim
        if claim is not None:
            self._chores.add(claim.make, partial(self._note_claim, claim))

    def _note_claim(self, claim: _Claim, made: bool | None, _: Problem | None) -> None:
        """Where nobody knows whether it could be made, nobody is warned."""
        elsewhere = made is False
        if claim is self._claim and elsewhere != self.is_open_elsewhere:
            self.is_open_elsewhere = elsewhere
            self.changed.emit()

    def _let_go(self) -> None:
        if watched := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(watched)
        claim, self._claim = self._claim, None
        if claim is not None:
            self._chores.add(claim.release)


class _Claim:
    """This window's lock on a file. Chores make and release it: a path may lead to a drive that sleeps."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: WriterLock | None = None

    def make(self) -> bool:
        """False where another window has the file. Raises FormatError or OSError."""
        folder = locks_folder()
        if folder is None or self._lock is not None:
            return True
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock = WriterLock(folder / f"{key_of(self._path)}.lock")
        except HeldError:
            return False
        return True

    def release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()


def _found(path: Path, known: _Seen | None) -> _Found:
    """What is there. Called in a thread. Raises OSError."""
    places = tuple(place for place in (path, path.parent) if place.exists())
    try:
        stat = path.stat()
    except FileNotFoundError:
        return _Found(None, NOT_THERE, places)
    seen = stat.st_mtime_ns, stat.st_size, stat.st_ino
    return _Found(seen, None if seen == known else digest_on_disk(path), places)
