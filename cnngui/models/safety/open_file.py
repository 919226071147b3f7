"""The open file as it is on the disk: another program may change or remove it, another window may open it."""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from cnngui.compute.chores import Chores
from cnngui.models.document import Document
from cnngui.models.saving import Saving
from core.errors import FormatError, Problem
from core.formats.atomic import NOT_THERE, digest_on_disk
from core.formats.data_folder import locks_folder
from core.formats.lock import HeldError, WriterLock
from core.formats.versions import key_of

_SOON_MS: Final = 200
"""Programs that save change a file several times in a row."""
_Seen: TypeAlias = tuple[int, int, int]
"""By this, most files that are the same are known without being read."""
_Found: TypeAlias = tuple[_Seen | None, str | None]
"""And its digest, where it was read."""


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
        self._lock: WriterLock | None = None
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
            self._take_lock(path)
        if self._saving.busy is None and not self.is_looking:  # else it is looked at afterwards
            self.is_looking = True
            known = self._seen if self._saving.digest == self._known else None
            self._chores.add(partial(_found, path, known), partial(self._compare, path), reads=True)

    def shut_down(self) -> None:
        self._timer.stop()
        self._chores.finish()
        self._let_go()

    def _follow(self) -> None:
        path = self._document.path
        if path != self._path:
            self._let_go()
            self._path, self._seen, self._known = path, None, None
            self.is_open_elsewhere = False
            self._show(FileState.SAME)
            if path is not None:
                self._take_lock(path)
        if self._saving.busy is None and self._saving.digest != self._known:
            self._show(FileState.SAME)  # it has just been read or written here
            self._timer.start()

    def _compare(self, path: Path, found: _Found | None, _: Problem | None) -> None:
        """Where nothing was found, a network drive sleeps, say: nothing is known."""
        self.is_looking = False
        if path != self._path or self._saving.busy is not None:
            self._timer.start()
        elif found is not None:
            self._watch(path)
            self._seen, digest = found
            if digest is not None:
                self._known = self._saving.digest
                same, gone = digest == self._known, digest == NOT_THERE
                self._show(FileState.SAME if same else FileState.GONE if gone else FileState.CHANGED)

    def _show(self, state: FileState) -> None:
        if state is not self.state:
            self.state = state
            self._saving.note_gone(gone=state is FileState.GONE)
            self.changed.emit()

    def _watch(self, path: Path) -> None:
        """The file and its folder: where a file is replaced, the watch on it ends."""
        wanted = [str(place) for place in (path, path.parent) if place.exists()]
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if missing := [place for place in wanted if place not in watched]:
            self._watcher.addPaths(missing)

    def _take_lock(self, path: Path) -> None:
        folder = locks_folder()
        if folder is None:
            return
        held = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = WriterLock(folder / f"{key_of(path)}.lock")
        except HeldError:
            held = True
        except (FormatError, OSError):
            pass  # without a lock, nobody is warned
        if held != self.is_open_elsewhere:
            self.is_open_elsewhere = held
            self.changed.emit()

    def _let_go(self) -> None:
        if watched := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(watched)
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()


def _found(path: Path, known: _Seen | None) -> _Found:
    """What is there, without a digest where it is what is known. Called in a thread. Raises OSError."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None, NOT_THERE
    seen = stat.st_mtime_ns, stat.st_size, stat.st_ino
    return seen, None if seen == known else digest_on_disk(path)
