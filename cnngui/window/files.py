"""Opening and saving: the document, the run and the data source travel in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cnngui.models.designs import open_example
from cnngui.models.document import Document
from cnngui.models.run import Training
from cnngui.models.settings import Settings
from cnngui.widgets.save_dialog import ask_for_path
from core.design.graph import Graph
from core.errors import CoreError
from core.formats.project import SUFFIX, Project, load_project, save_project
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan

_KINDS: Final = {SUFFIX: "cnngui projects", ".json": "Designs without weights"}
_FILTERS: Final = ";;".join(f"{name} (*{suffix})" for suffix, name in _KINDS.items())


class Files(QObject):
    """What the File menu does. A failure is reported in a dialog; the open design stays as it is."""

    recent_changed = Signal()
    message = Signal(str)
    """Something for the status bar."""
    opened = Signal()
    """Another design is open."""

    def __init__(self, document: Document, training: Training, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._training = training
        self._settings = settings
        self._window = window
        self._saved_run: Checkpoint | None = None
        self._example: str | None = None
        training.data_changed.connect(self._fit_example)

    @property
    def unsaved(self) -> bool:
        """Whether closing would lose an edit, or what a run has learned."""
        return self._document.modified or self._training.active or not self._run_is_saved

    def new(self) -> bool:
        """Starts with an empty design; False where the user keeps the one there is."""
        sure = self.confirm_discard()
        if sure:
            self._show(Project(Graph()), None)
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
        """Opens one of the designs that come with the application, made for the data that is loaded.

        It has no path until it is saved. As long as nobody has touched it, it follows the data.
        """
        if self.confirm_discard():
            self._show_example(name, self._fitting(name), Plan())

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
        if path is None or not self._store(path, self._project(path)):
            return False
        self._remember(path)
        self.message.emit(f"Saved a copy as {path.name}")
        return True

    def confirm_discard(self) -> bool:
        """Asks what to do with unsaved work; True where it may go. A run is stopped first."""
        if not self.unsaved:
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
        if self._training.active:
            self._wait_for_end()
        return True

    def show_project(self, project: Project, path: Path | None) -> None:
        """Makes a project the open one, without asking."""
        self._show(project, path)

    def _load(self, path: Path) -> None:
        try:
            project = load_project(path)
        except CoreError as error:
            QMessageBox.warning(self._window, "cnngui", str(error.problem))
            return
        self._show(project, path)
        self._remember(path)

    def _fitting(self, name: str) -> Graph:
        source = self._training.source
        return open_example(name, source.train.spec if source else None)

    def _show_example(self, name: str, graph: Graph, plan: Plan) -> None:
        self._show(Project(graph, plan), None)
        self._example = name

    def _fit_example(self) -> None:
        """The data may be other than those that the example was opened for."""
        history = self._document.undo_stack
        untouched = not (self.unsaved or history.count() or self._document.path or self._training.checkpoint)
        if self._example is not None and untouched:
            graph = self._fitting(self._example)
            if graph != self._document.graph:
                self._show_example(self._example, graph, self._training.plan)

    def _show(self, project: Project, path: Path | None) -> None:
        self._example = None
        self._document.open(project.graph, path)
        self._training.adopt(project.graph, project.checkpoint)
        if project.checkpoint is None:
            self._training.set_plan(project.plan)
        if project.data is not None:
            self._training.load(project.data)
        self._saved_run = project.checkpoint
        self.opened.emit()

    def _write(self, path: Path) -> bool:
        project = self._project(path)
        if not self._store(path, project):
            return False
        if project.checkpoint is not None:
            self._saved_run = project.checkpoint
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

    def _project(self, path: Path) -> Project:
        """All that is open, as far as a file of this name can hold it."""
        source = self._training.source
        checkpoint = self._checkpoint() if path.suffix == SUFFIX else None
        return Project(self._document.graph, self._training.plan, source.spec if source else None, checkpoint)

    def _store(self, path: Path, project: Project) -> bool:
        try:
            save_project(path, project)
        except CoreError as error:
            QMessageBox.warning(self._window, "cnngui", str(error.problem))
            return False
        return True

    def _checkpoint(self) -> Checkpoint | None:
        """The run as it is now; one that is going on is asked between two of its steps."""
        if not self._training.active:
            return self._training.checkpoint
        found: list[Checkpoint] = []
        loop = QEventLoop()
        saved = self._training.saved.connect(found.append)
        self._training.saved.connect(loop.quit)
        self._training.ended.connect(loop.quit)
        self._training.request_checkpoint()
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._training.saved.disconnect(saved)
        return found[0] if found else self._training.checkpoint

    def _wait_for_end(self) -> None:
        loop = QEventLoop()
        self._training.ended.connect(loop.quit)
        self._training.stop()
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    @property
    def _run_is_saved(self) -> bool:
        """Whether the run is that of the file; one that was put aside and came back still is."""
        run, saved = self._training.checkpoint, self._saved_run
        return not (run and run.losses) or (saved is not None and saved.progress == run.progress)

    def _question(self) -> str:
        if not self._document.modified:
            return "Save the trained weights first?"
        run = self._training.active or not self._run_is_saved
        return "Save the changes and the trained weights first?" if run else "Save the changes first?"

    def _remember(self, path: Path) -> None:
        self._settings.add_recent_file(path)
        self._settings.set_folder("designs", path.parent)
        self.recent_changed.emit()
