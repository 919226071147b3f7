"""The draft of a window: what is unsaved in it, written a moment after each edit."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.compute.chores import Chores
from cnngui.models.document import Document
from cnngui.models.saving import Saving
from core.errors import FormatError, Problem
from core.formats.data_folder import DATA_VARIABLE, drafts_folder, versions_folder
from core.formats.drafts import Draft, DraftWriter
from core.formats.snapshot import Snapshot
from core.formats.versions import keep_version

_SOON_MS: Final = 300
"""After an edit: those that come within that time are written together."""
_NO_FOLDER: Final = Problem(
    "There is no folder for them.", f"Name one by the environment variable {DATA_VARIABLE}."
)


class Drafts(QObject):
    """Follows the document. All that touches the disk is done in a thread of its own."""

    failed = Signal(object)
    """The Problem that keeps drafts from being written; told once, until one could be written again."""

    def __init__(self, document: Document, saving: Saving, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._saving = saving
        folder = drafts_folder()
        self._writer = DraftWriter(folder) if folder is not None else None
        self._chores = Chores(self)
        self._is_there = self._is_writing = self._has_failed = False
        self._timer = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._timer.timeout.connect(self._write)
        for changed in (
            document.changed,
            document.plan_changed,
            document.source_changed,
            document.saved_state_changed,
            saving.changed,
        ):
            changed.connect(self._follow)

    @property
    def is_pending(self) -> bool:
        """Whether the draft on the disk isn't what is unsaved now."""
        return self._timer.isActive() or self._is_writing

    def take_over(self, draft: Draft) -> None:
        """From now on, this draft is the window's own. Raises FormatError where another window has it."""
        if self._writer is None:
            return
        self._timer.stop()
        self._chores.finish()
        self._is_writing = False
        self._writer.clear()
        self._is_there = False
        self._writer.take_over(draft)
        self._is_there = True

    def keep_discarded(self) -> None:
        """What is open isn't wanted any more; it can be browsed for a while, if it was unsaved."""
        versions = versions_folder()
        if versions is not None and self._has_work:
            self._chores.add(partial(keep_version, versions, self._snapshot, "discarded"))

    def shut_down(self) -> None:
        """The window closes, and what it was to keep is saved or discarded: no draft stays behind."""
        self._timer.stop()
        self._chores.finish()
        if self._writer is not None:
            with contextlib.suppress(FormatError):
                self._writer.clear()
            self._writer.release()

    @property
    def _has_work(self) -> bool:
        document = self._document
        return (document.modified or self._saving.file_is_gone) and not document.is_blank

    @property
    def _snapshot(self) -> Snapshot:
        return Snapshot(self._document.project, self._document.path, self._saving.digest)

    def _follow(self) -> None:
        """Waits for further edits, but never longer than for the first one."""
        if (self._has_work or self._is_there) and not self._timer.isActive():
            self._timer.start()

    def _write(self) -> None:
        if self._writer is None:
            self._note(None, _NO_FOLDER)
        elif self._is_writing:
            self._timer.start()
        elif self._has_work:
            self._is_there = self._is_writing = True
            self._chores.add(partial(self._writer.write, self._snapshot), self._note)
        elif self._is_there:
            self._is_there, self._is_writing = False, True
            self._chores.add(self._writer.clear, self._note)

    def _note(self, _: None, problem: Problem | None) -> None:
        self._is_writing = False
        if problem is not None and not self._has_failed:
            self.failed.emit(problem)
        self._has_failed = problem is not None
