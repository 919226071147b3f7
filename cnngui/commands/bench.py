"""What a command or a panel is given: the models, and what the window does for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cnngui.canvas.editor.editor import Editor
from cnngui.canvas.view.view import Canvas
from cnngui.models.comparing import Comparing
from cnngui.models.data import Data
from cnngui.models.document import Document
from cnngui.models.judging import Judging
from cnngui.models.kept_runs import KeptRuns
from cnngui.models.lesson import Lesson
from cnngui.models.looking import Looking
from cnngui.models.models import Models
from cnngui.models.run import Run
from cnngui.models.run_control import RunControl
from cnngui.models.safety.recovery import Recovery
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from core.design.graph import Graph
from core.formats.project import ProjectFile


class FileWork(Protocol):
    """Opening and saving, with the questions that have to be asked. Nothing waits until it is done."""

    def new(self, then: Callable[[], object] = ...) -> None: ...
    def open(self) -> None: ...
    def open_path(self, path: Path) -> None: ...
    def open_example(self, name: str) -> None: ...
    def choose_design(self, title: str, then: Callable[[Graph, str], object]) -> None: ...
    def save(self) -> bool: ...
    def save_as(self) -> bool: ...
    def save_copy(self) -> bool: ...
    def when_sure(self, then: Callable[[], object]) -> None: ...
    def show_project(self, file: ProjectFile) -> None: ...
    def show_home(self, path: Path, run: str, design: Graph) -> bool: ...
    def holds(self, run: str) -> bool: ...
    @property
    def recent_changed(self) -> SignalInstance: ...
    @property
    def recovery(self) -> Recovery: ...


class Views(Protocol):
    """The window's panels, by name, its workspaces, and the pages of its middle."""

    @property
    def changed(self) -> SignalInstance:
        """Another workspace, or a panel was opened, closed, maximised or put back."""

    def show(self, name: str) -> None:
        """Brings a panel into sight, in front of those it shares a place with, and gives it the keyboard."""

    def show_for_now(self, name: str) -> None:
        """Shows a panel until `take_away`, unless the user opens it meanwhile; no layout remembers it."""

    def take_away(self, name: str) -> None:
        """Ends `show_for_now`."""

    def close_panel(self, name: str) -> None:
        """Takes a panel out of sight."""

    def toggle(self, name: str) -> None:
        """Shows a panel, or closes it where it is open."""

    def is_open(self, name: str) -> bool:
        """Whether a panel is shown, or behind the tab of another one."""

    def is_in_sight(self, name: str) -> bool:
        """Whether a panel is shown, and not behind the tab of another one."""

    def panels(self) -> Mapping[str, str]:
        """The titles of all panels by name."""

    def content(self, name: str) -> QWidget:
        """What a panel holds, for the file that declares it; made when it is asked for."""

    def set_title(self, name: str, title: str) -> None:
        """Another title for a panel, such as one with a count; out of sight, it stands in the status bar."""

    def maximise(self, name: str = "") -> None:
        """Shows a panel over all others, or puts back the one that is.

        Without a name, the panel under the mouse or, where there is none, the one with the keyboard.
        """

    @property
    def workspace(self) -> str:
        """The name of the current workspace, of those in `cnngui.models.workspaces`."""

    def switch(self, name: str) -> None:
        """Goes to another workspace, whose panels stand as they were left there."""

    def switch_to_panel(self, name: str, panel: str) -> None:
        """Goes to a workspace, and brings one of its panels into sight there."""

    def offer(self, name: str, text: str, mark: str = "play", panel: str = "") -> None:
        """Offers a workspace, and leaves the user where they are; an empty text withdraws it.

        `mark` is the icon that its tab gets; `panel` is what there is to see there, in a strip or not.
        """

    def go_to_panel(self, step: int) -> None:
        """Gives the keyboard to the next panel in sight (`step` 1) or to the one before it (-1)."""

    def reset(self) -> None:
        """Puts all panels of this workspace where they were at first."""

    def show_start_page(self) -> None:
        """Brings the start page to the front."""

    def show_canvas(self) -> None:
        """Brings the canvas to the front, in place of the start page."""

    def start_guide(self) -> None:
        """Begins the guided first design."""

    def choose_data(self) -> None:
        """Asks for the training data."""

    def set_interface_size(self, percent: int) -> None:
        """How large the whole window is from the next start on, which is offered."""

    def close(self) -> None:
        """Closes the window, after asking about unsaved work."""


@dataclass(frozen=True, eq=False)
class Bench:
    """Models are shared by all who are given a bench; `files` and `views` are the window's.

    Who follows one model asks for it by its name; `models` is for who follows most of them.
    """

    settings: Settings
    themes: ThemeManager
    models: Models
    selection: Selection
    run_control: RunControl
    canvas: Canvas
    files: FileWork
    views: Views
    say: Callable[[str], object]
    """Puts a sentence into the status bar for a while."""

    @property
    def document(self) -> Document:
        return self.models.document

    @property
    def data(self) -> Data:
        return self.models.data

    @property
    def run(self) -> Run:
        return self.models.run

    @property
    def looking(self) -> Looking:
        return self.models.looking

    @property
    def judging(self) -> Judging:
        return self.models.judging

    @property
    def lesson(self) -> Lesson:
        return self.models.lesson

    @property
    def comparing(self) -> Comparing:
        return self.models.comparing

    @property
    def kept_runs(self) -> KeptRuns:
        return self.models.kept_runs

    @property
    def editor(self) -> Editor:
        """What changes the design."""
        return self.canvas.editor
