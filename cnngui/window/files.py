"""Opening and saving: the document, the run and the data source travel in one file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cnngui.models.designs import open_example
from cnngui.models.document import Document
from cnngui.models.run import Run
from cnngui.models.run_record import RunRecord, record_from_file
from cnngui.models.settings import Settings
from cnngui.widgets.save_dialog import ask_for_path
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.errors import CoreError
from core.formats.project import SUFFIX, ProjectFile, load_project, save_project
from core.project import Project
from core.training.checkpoint import Checkpoint

_KINDS: Final = {SUFFIX: "cnngui projects", ".json": "Designs without weights"}
_FILTERS: Final = ";;".join(f"{name} (*{suffix})" for suffix, name in _KINDS.items())


class Files(QObject):
    """What the File menu does. A failure is reported in a dialog; the open design stays as it is."""

    recent_changed = Signal()
    message = Signal(str)
    """Something for the status bar."""
    opened = Signal()
    """Another design is open."""

    def __init__(self, document: Document, run: Run, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._run = run
        self._settings = settings
        self._window = window
        self._saved_run: Checkpoint | None = None

    @property
    def unsaved(self) -> bool:
        """Whether closing would lose an edit, or what a run has learned."""
        return self._document.modified or self._run.active or not self._run_is_saved

    def new(self) -> bool:
        """Starts with an empty design; False where the user keeps the one there is."""
        sure = self.confirm_discard()
        if sure:
            self._show(ProjectFile(Project()), None)
        return sure

    def open(self) -> None:
        """Asks for a file and opens it."""
        folder = self._settings.folder("designs") or Path.home()
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a design", str(folder), _FILTERS)
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Opens this file, after asking what to do with unsaved work."""
        if self.confirm_discard():
            self._load(path)

    def open_example(self, name: str) -> None:
        """Opens one of the designs that come with the application, made for the data that is there.

        It has no path until it is saved. As long as nobody has changed it, it follows the data.
        """
        if self.confirm_discard():
            made = partial(open_example, name)
            self._show(ProjectFile(Project(made(self._document.data))), None, made)

    def save(self) -> bool:
        """Saves under the known path, or asks for one. False where nothing was saved."""
        return self._write(self._document.path) if self._document.path else self.save_as()

    def save_as(self) -> bool:
        """Asks for a path and saves. False where nothing was saved."""
        path = self._asked("Save the design", self._document.path or self._unnamed)
        return path is not None and self._write(path)

    def save_copy(self) -> bool:
        """Asks for a path and saves a copy there; the open design keeps its own path, and what is unsaved.

        False where nothing was saved.
        """
        own = self._document.path or self._unnamed
        path = self._asked("Save a copy of the design", own.with_stem(f"{own.stem} copy"))
        if path is None or not self._store(path, self._file(path)):
            return False
        self._remember(path)
        self.message.emit(f"Saved a copy as {path.name}")
        return True

    def confirm_discard(self) -> bool:
        """Asks what to do with unsaved work; True where it may go. A run is stopped first."""
        if not self.unsaved or self._is_blank:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "cnngui",
            self._question(),
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Cancel or (answer == buttons.Save and not self.save()):
            return False
        if self._run.active:
            self._wait_for_end()
        return True

    def show_project(self, file: ProjectFile, path: Path | None) -> None:
        """Makes a project the open one, without asking."""
        self._show(file, path)

    def _load(self, path: Path) -> None:
        try:
            file = load_project(path)
        except CoreError as error:
            QMessageBox.warning(self._window, "cnngui", str(error.problem))
            return
        self._show(file, path)
        self._remember(path)

    def _show(
        self,
        file: ProjectFile,
        path: Path | None,
        made_for: Callable[[DataSpec | None], Graph] | None = None,
    ) -> None:
        design, checkpoint = file.project.design, file.checkpoint
        self._document.open_project(file.project, path, made_for)
        self._run.show(record_from_file(design, checkpoint) if checkpoint else RunRecord())
        self._saved_run = checkpoint
        self.opened.emit()

    def _write(self, path: Path) -> bool:
        file = self._file(path)
        if not self._store(path, file):
            return False
        if file.checkpoint is not None:
            self._saved_run = file.checkpoint
        self._document.mark_saved(path)
        self._remember(path)
        self.message.emit(f"Saved {path.name}")
        return True

    @property
    def _unnamed(self) -> Path:
        """The path that is proposed for a design without one."""
        return (self._settings.folder("designs") or Path.home()) / f"network{SUFFIX}"

    def _asked(self, title: str, proposed: Path) -> Path | None:
        """Where the user wants to save."""
        return ask_for_path(self._window, title, proposed, _KINDS)

    def _file(self, path: Path) -> ProjectFile:
        """All that is open, as far as a file of this name can hold it."""
        checkpoint = self._checkpoint() if path.suffix == SUFFIX else None
        return ProjectFile(self._document.project, checkpoint)

    def _store(self, path: Path, file: ProjectFile) -> bool:
        try:
            save_project(path, file)
        except CoreError as error:
            QMessageBox.warning(self._window, "cnngui", str(error.problem))
            return False
        return True

    def _checkpoint(self) -> Checkpoint | None:
        """The run as it is now; one that is going on is asked between two of its steps."""
        if not self._run.active:
            return self._run.checkpoint
        found: list[Checkpoint] = []
        loop = QEventLoop()
        saved = self._run.saved.connect(found.append)
        self._run.saved.connect(loop.quit)
        self._run.ended.connect(loop.quit)
        self._run.request_checkpoint()
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._run.saved.disconnect(saved)
        return found[0] if found else self._run.checkpoint

    def _wait_for_end(self) -> None:
        loop = QEventLoop()
        self._run.ended.connect(loop.quit)
        self._run.stop()
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    @property
    def _run_is_saved(self) -> bool:
        """Whether the run is that of the file; one that was put aside and came back still is."""
        run, saved = self._run.checkpoint, self._saved_run
        return not (run and run.losses) or (saved is not None and saved.progress == run.progress)

    @property
    def _is_blank(self) -> bool:
        """Whether there is nothing but data and a plan; data stay when something is opened."""
        blank = not self._document.graph.blocks and self._document.path is None
        return blank and self._run_is_saved and not self._run.active

    def _question(self) -> str:
        if not self._document.modified:
            return "Save the trained weights first?"
        run = self._run.active or not self._run_is_saved
        return "Save the changes and the trained weights first?" if run else "Save the changes first?"

    def _remember(self, path: Path) -> None:
        self._settings.add_recent_file(path)
        self._settings.set_folder("designs", path.parent)
        self.recent_changed.emit()
