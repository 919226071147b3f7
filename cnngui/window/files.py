"""Opening and saving: the project and its run travel in one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cnngui.models.designs import open_example
from cnngui.models.document import Document
from cnngui.models.run import Run
from cnngui.models.safety.drafts import Drafts
from cnngui.models.safety.open_file import OpenFile
from cnngui.models.safety.recovery import Recovery
from cnngui.models.saving import Order, Saving
from cnngui.models.settings import Settings
from cnngui.models.shown_run import ShownRun, run_from_file
from cnngui.widgets.changed_file import Answer, ask_about_changes
from cnngui.widgets.save_dialog import ask_for_path
from core.design.bounds import check_bounds
from core.design.expand import computed
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.errors import CoreError, FormatError, Problem
from core.formats.drafts import Draft
from core.formats.project import SUFFIX, ProjectFile, load_design, load_project
from core.project import Project

_KINDS: Final = {SUFFIX: "cnngui projects", ".json": "Designs without weights"}
_FILTERS: Final = ";;".join(f"{name} (*{suffix})" for suffix, name in _KINDS.items())


class Files(QObject):
    """What the File menu does. A failure is reported in a dialog; the open project stays as it is.

    Nothing here waits: what has to come after a save, or after the end of a run, is done when that is told.
    """

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
        self._after_run: list[Callable[[], object]] = []
        self._wish: Callable[[], object] | None = None
        self._is_deciding = False
        self.saving = Saving(document, run, self)
        self.saving.saved.connect(self._note_saved)
        self.saving.failed.connect(self._report)
        self.saving.cancelled.connect(self._note_cancelled)
        self.saving.changed_on_disk.connect(self._ask_about_changes)
        self.drafts = Drafts(document, self.saving, self)
        self.drafts.failed.connect(self._note_no_draft)
        self.open_file = OpenFile(document, self.saving, self)
        self.recovery = Recovery(self)
        run.rested.connect(self._go_on)

    def new(self, then: Callable[[], object] = lambda: None) -> None:
        """Starts with an empty design and calls `then`, unless the user keeps the one there is."""

        def begin() -> None:
            self._show(ProjectFile(Project()))
            then()

        self.when_sure(begin)

    def open(self) -> None:
        """Asks for a file and opens it."""
        path = self._chosen("Open a design")
        if path is not None:
            self.open_path(path)

    def choose_design(self, title: str, then: Callable[[Graph, str], object]) -> None:
        """Asks for a file and gives the design in it, with the file's name; what is open stays."""
        path = self._chosen(title)
        if path is None:
            return
        try:
            design = load_design(path)
        except CoreError as error:
            QMessageBox.warning(self._window, "cnngui", str(error.problem))
            return
        self._settings.set_folder("designs", path.parent)
        then(design, path.name)

    def _chosen(self, title: str) -> Path | None:
        """The file that the user chooses."""
        folder = self._settings.folder("designs") or Path.home()
        name, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), _FILTERS)
        return Path(name) if name else None

    def open_path(self, path: Path) -> None:
        """Opens this file, after asking what to do with unsaved work."""
        self.when_sure(partial(self._load, path))

    def open_example(self, name: str) -> None:
        """Opens one of the designs that come with the application, made for the data that is there.

        It has no path until it is saved. Until somebody changes, trains or saves it, it follows the data.
        """

        def begin() -> None:
            made = partial(open_example, name)
            self._show(ProjectFile(Project(made(self._document.data))), made_for=made)

        self.when_sure(begin)

    def save(self) -> bool:
        """Saves under the known path, or asks for one. False where the user gave none."""
        return self._save(self._path_to_save())

    def save_as(self) -> bool:
        """Asks for a path and saves. False where the user gave none."""
        return self._save(self._asked_path())

    def save_copy(self) -> bool:
        """Asks for a path and saves a copy there; the open design keeps its own path, and what is unsaved.

        False where the user gave none.
        """
        own = self._document.path or self._unnamed
        path = self._asked("Save a copy of the design", own.with_stem(f"{own.stem} copy"))
        return self._save(path, is_copy=True)

    def save_beside(self, then: Callable[[], object] | None = None) -> bool:
        """Asks for another path, beside the known one, and saves there. False where the user gave none."""
        path = self._document.path or self._unnamed
        return self._save(self._asked("Save the design", path.with_stem(f"{path.stem} copy")), then=then)

    def keep_mine(self) -> bool:
        """Replaces what another program has made of the open file."""
        return self._save(self._document.path, overwrites=True)

    def take_theirs(self) -> None:
        """Opens what another program has made of the open file; asks before trained weights are lost."""
        path = self._document.path
        if path is None:
            return
        if not self.saving.run_is_saved:
            buttons = QMessageBox.StandardButton
            question = f"Lose the trained weights that are here, and open {path.name} anew?"
            answer = QMessageBox.question(
                self._window, "cnngui", question, buttons.Yes | buttons.Cancel, buttons.Cancel
            )
            if answer != buttons.Yes:
                return
        self._reload(path)

    def recover(self, draft: Draft, then: Callable[[], object]) -> None:
        """Brings back what another window has left behind, as a step after what its file holds.

        Asks about unsaved work first; `then` is called when it is there.
        """

        def begin() -> None:
            try:
                self.drafts.take_over(draft)
            except CoreError as error:
                QMessageBox.warning(self._window, "cnngui", str(error.problem))
                return
            snapshot = draft.snapshot
            self._show(replace(_held_by(snapshot.path), digest=snapshot.digest), snapshot.path)
            self._document.change("Recover unsaved work", lambda _: snapshot.project)
            self.message.emit(f"Recovered {snapshot.title}; it isn't saved yet.")
            then()

        self.when_sure(begin)

    def shut_down(self) -> None:
        """Ends with what is being written."""
        self.saving.shut_down()
        self.open_file.shut_down()
        self.drafts.shut_down()

    def when_sure(self, then: Callable[[], object]) -> None:
        """Asks what to do with unsaved work, and calls `then` once it may go: at once, or after it is saved.

        A run is stopped first. Where the user keeps the work, or it can't be saved, `then` isn't called. Nor
        is it where another wish comes before that: it takes the place of this one, without another question.
        """
        self._wish = then
        if not self._is_deciding:
            self._decide()

    def show_project(self, file: ProjectFile) -> None:
        """Makes a project the open one that is in no file, without asking."""
        self._show(file)

    def show_home(self, path: Path, run: str, design: Graph) -> bool:
        """Opens the file of a run's project without asking, if it holds the run, or its design, still."""
        try:
            file = load_project(path)
        except CoreError:
            return False
        if run not in file.runs and computed(file.project.design) != computed(design):
            return False
        self._show(file, path)
        self.saving.runs.add(run)
        self._remember(path)
        return True

    def holds(self, run: str) -> bool:
        """Whether the run with this id is of the open project."""
        return self.saving.runs.has(run)

    def _decide(self) -> None:
        self._is_deciding = True
        if self.saving.busy is not None:
            self.saving.when_idle(self._decide)
        elif not self.saving.unsaved or self._is_blank:
            self._when_run_is_over(self._grant)  # one that is held where it was saved
        else:
            try:
                self._ask()
            except BaseException:
                self._forget_wish()  # else nothing could be wished for any more, closing neither
                raise

    def _grant(self) -> None:
        wish = self._wish
        self._forget_wish()
        if wish is not None:
            wish()

    def _forget_wish(self) -> None:
        self._wish, self._is_deciding = None, False

    def _ask(self) -> None:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "cnngui",
            self._question(),
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Discard:
            self.drafts.keep_discarded()
            self._when_run_is_over(self._grant)
        elif answer == buttons.Save and (path := self._path_for_all()) is not None:
            # Asked once more afterwards: somebody may have gone on meanwhile.
            self._when_run_is_over(partial(self._save, path, then=self._decide))
        else:
            self._forget_wish()

    def _when_run_is_over(self, then: Callable[[], object]) -> None:
        """Stops the run that is on; calls `then` when none is."""
        if self._run.active:
            self._after_run.append(then)
            self._run.stop()
        else:
            then()

    def _go_on(self) -> None:
        waiting, self._after_run = self._after_run, []
        for then in waiting:
            then()

    def _reload(self, path: Path) -> None:
        self.drafts.keep_discarded()
        self._when_run_is_over(partial(self._load, path))

    def _load(self, path: Path) -> None:
        try:
            file = load_project(path)
            check_bounds(file.project.design)
        except CoreError as error:
            QMessageBox.warning(self._window, "cnngui", str(error.problem))
            return
        self._show(file, path)
        self._remember(path)

    def _show(
        self,
        file: ProjectFile,
        path: Path | None = None,
        made_for: Callable[[DataSpec | None], Graph] | None = None,
    ) -> None:
        design, checkpoint = file.trained or file.project.design, file.checkpoint
        self._document.open_project(file.project, path, made_for)
        self._run.show(run_from_file(design, checkpoint) if checkpoint else ShownRun())
        self.saving.note_opened(file, path)
        self.opened.emit()

    def _save(
        self,
        path: Path | None,
        *,
        is_copy: bool = False,
        overwrites: bool = False,
        then: Callable[[], object] | None = None,
    ) -> bool:
        if path is None:
            return False
        self._settings.set_folder("designs", path.parent)
        self._settings.flush()  # what a kill leaves in it is looked for at the next start
        self.message.emit(f"Saving {path.name}…")
        self.saving.save(path, is_copy=is_copy, overwrites=overwrites, then=then)
        return True

    def _note_saved(self, order: Order) -> None:
        self._remember(order.path)
        name = order.path.name
        if order.version_problem is not None:
            self.message.emit(f"Saved {name}, but not what it held before: {order.version_problem}")
        elif order.is_copy:
            self.message.emit(f"Saved a copy as {name}")
        elif self.saving.unsaved and order.path.suffix != SUFFIX:
            self.message.emit(f"Saved {name}, the design alone; a {SUFFIX} file keeps its training, too.")
        else:
            self.message.emit(f"Saved {name}")

    def _report(self, order: Order, problem: Problem) -> None:
        self._note_unsaved(order)
        if self._decide in order.then:
            self._forget_wish()
        QMessageBox.warning(self._window, "cnngui", str(problem))

    def _note_cancelled(self, order: Order) -> None:
        if self._decide in order.then:
            self._forget_wish()
        self.message.emit(f"Saving {order.path.name} was cancelled; the file is as it was.")

    def _note_no_draft(self, problem: Problem) -> None:
        self.message.emit(f"Unsaved changes can't be kept for a crash: {problem}")

    def _note_unsaved(self, order: Order) -> None:
        self.message.emit(f"{order.path.name} wasn't saved.")

    def _ask_about_changes(self, order: Order) -> None:
        """Both works are there still, that of the other program on the disk; the user decides."""
        self._note_unsaved(order)
        path, then = order.path, self._decide if self._decide in order.then else None
        answer = ask_about_changes(self._window, path.name)
        if answer is Answer.OVERWRITE:
            saves = self._save(path, overwrites=True, then=then)
        elif answer is Answer.SAVE_AS:
            saves = self.save_beside(then)
        else:
            saves = False
        if then is not None and not saves:
            self._forget_wish()
        if answer is Answer.RELOAD:
            self._reload(path)

    @property
    def _unnamed(self) -> Path:
        """The path that is proposed for a design without one."""
        return (self._settings.folder("designs") or Path.home()) / f"network{SUFFIX}"

    def _path_to_save(self) -> Path | None:
        """The known path, or the one that the user gives."""
        return self._document.path or self._asked_path()

    def _path_for_all(self) -> Path | None:
        """The path to save under where nothing may be lost: a file of a design holds the design alone."""
        path, document = self._document.path, self._document
        if path is None or path.suffix == SUFFIX:
            return self._path_to_save()
        held = replace(document.saved, design=document.graph) == document.project
        if held and self.saving.run_is_saved:
            return path
        return self._asked("Save the design and its training", path.with_suffix(SUFFIX))

    def _asked_path(self) -> Path | None:
        return self._asked("Save the design", self._document.path or self._unnamed)

    def _asked(self, title: str, proposed: Path) -> Path | None:
        """Where the user wants to save."""
        return ask_for_path(self._window, title, proposed, _KINDS)

    @property
    def _is_blank(self) -> bool:
        """Whether there is nothing that would be missed."""
        return self._document.is_blank and self.saving.run_is_saved

    def _question(self) -> str:
        path = self._document.path
        name = path.name if path is not None else "the new design"
        if self.saving.file_is_gone:
            return f"{name} isn't on the disk any more. Save it again first?"
        if not self._document.modified:
            return f"Save the trained weights of {name} first?"
        if self.saving.run_is_saved:
            return f"Save the changes to {name} first?"
        return f"Save the changes to {name} and the trained weights first?"

    def _remember(self, path: Path) -> None:
        self._settings.add_recent_file(path)
        self._settings.set_folder("designs", path.parent)
        self.recent_changed.emit()


def _held_by(path: Path | None) -> ProjectFile:
    """What a file holds; an empty project where it can't be read, or there is none."""
    try:
        return load_project(path) if path is not None else ProjectFile(Project())
    except FormatError:
        return ProjectFile(Project())
