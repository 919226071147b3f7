"""What a command or a panel is given: the models, and what the window does for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cnngui.canvas.editor.editor import Editor
from cnngui.canvas.view.view import Canvas
from cnngui.models.data import Data
from cnngui.models.document import Document
from cnngui.models.judging import Judging
from cnngui.models.looking import Looking
from cnngui.models.run import Run
from cnngui.models.run_control import RunControl
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager


class FileWork(Protocol):
    """Opening and saving, with the questions that have to be asked. Nothing waits until it is done."""

    def new(self) -> object: ...
    def open(self) -> None: ...
    def open_path(self, path: Path) -> None: ...
    def open_example(self, name: str) -> None: ...
    def save(self) -> bool: ...
    def save_as(self) -> bool: ...
    def save_copy(self) -> bool: ...


class Views(Protocol):
    """The window's panels, by name, and the pages of its middle."""

    def show(self, name: str) -> None:
        """Brings a panel into sight, in front of those it shares a place with, and gives it the keyboard."""

    def set_title(self, name: str, title: str) -> None:
        """Another title for a panel, such as one with a count."""

    def reset(self) -> None:
        """Puts all panels where they were at first."""

    def panels(self) -> Mapping[str, str]:
        """The titles of all panels by name."""

    def is_open(self, name: str) -> bool:
        """Whether a panel is shown, or behind the tab of another one."""

    def toggle(self, name: str) -> None:
        """Shows a panel, or closes it where it is open."""

    def go_to_panel(self, step: int) -> None:
        """Gives the keyboard to the next panel in sight (`step` 1) or to the one before it (-1)."""

    def maximise(self) -> None:
        """Gives the whole window to the panel with the keyboard, or puts all back where it was."""

    def configure(self) -> None:
        """Puts the cursor into the first setting of the selected block."""

    def rename(self) -> None:
        """Puts the cursor into the name of the selected block, or edits the selected frame or comment."""

    def show_start_page(self) -> None:
        """Brings the start page to the front."""

    def start_guide(self) -> None:
        """Begins the guided first design."""

    def choose_data(self) -> None:
        """Asks for the training data."""

    def close(self) -> None:
        """Closes the window, after asking about unsaved work."""


@dataclass(frozen=True, eq=False)
class Bench:
    """Models are shared by all who are given a bench; `files` and `views` are the window's."""

    settings: Settings
    themes: ThemeManager
    document: Document
    selection: Selection
    data: Data
    run: Run
    looking: Looking
    judging: Judging
    run_control: RunControl
    canvas: Canvas
    files: FileWork
    views: Views
    say: Callable[[str], object]
    """Puts a sentence into the status bar for a while."""

    @property
    def editor(self) -> Editor:
        """What changes the design."""
        return self.canvas.editor
