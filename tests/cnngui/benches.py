"""A bench for commands without a window around the canvas: what the window would do is noted instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cnngui.canvas.view.view import Canvas
from cnngui.commands.bench import Bench
from cnngui.models.models import Models
from cnngui.models.run_control import RunControl
from cnngui.models.safety.recovery import Recovery
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager
from core.design.graph import Graph
from core.formats.project import ProjectFile


class Noted(QObject):
    """`FileWork` and `Views` that do nothing but note what was asked for."""

    changed = Signal()
    recent_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.shown = {"properties"}
        self.recovery = Recovery(self)

    def new(self, then: Callable[[], object] = lambda: None) -> None:
        self._note("new")

    def open(self) -> None:
        self._note("open")

    def open_path(self, path: Path) -> None:
        self._note(f"open {path.name}")

    def open_example(self, name: str) -> None:
        self._note(f"example {name}")

    def choose_design(self, title: str, then: Callable[[Graph, str], object]) -> None:
        self._note(title)

    def save(self) -> bool:
        return self._note("save")

    def save_as(self) -> bool:
        return self._note("save as")

    def save_copy(self) -> bool:
        return self._note("save copy")

    def when_sure(self, then: Callable[[], object]) -> None:
        self._note("sure")

    def show_project(self, file: ProjectFile) -> None:
        self._note("project")

    def show_home(self, path: Path, run: str, design: Graph) -> bool:
        return False

    def holds(self, run: str) -> bool:
        return False

    def show(self, name: str) -> None:
        self.shown.add(name)
        self._note(f"show {name}")

    def show_for_now(self, name: str) -> None:
        self.shown.add(name)
        self._note(f"show {name} for now")

    def take_away(self, name: str) -> None:
        self.shown.discard(name)

    def toggle(self, name: str) -> None:
        self.shown ^= {name}
        self._note(f"toggle {name}")

    def is_open(self, name: str) -> bool:
        return name in self.shown

    def is_in_sight(self, name: str) -> bool:
        return name in self.shown

    def panels(self) -> Mapping[str, str]:
        return {"properties": "Properties", "curves": "Curves"}

    def set_title(self, name: str, title: str) -> None:
        self._note(f"title {title}")

    def go_to_panel(self, step: int) -> None:
        self._note(f"panel {step}")

    def maximise(self, name: str = "") -> None:
        self._note(f"maximise {name}".rstrip())

    def close_panel(self, name: str) -> None:
        self.shown.discard(name)

    def content(self, name: str) -> QWidget:
        raise KeyError(name)

    workspace = "design"

    def switch(self, name: str) -> None:
        self._note(f"workspace {name}")

    def switch_to_panel(self, name: str, panel: str) -> None:
        self._note(f"workspace {name} with {panel}")

    def offer(self, name: str, text: str, mark: str = "play", panel: str = "") -> None:
        self._note(f"offer {name}")

    def show_canvas(self) -> None:
        self._note("canvas")

    def set_interface_size(self, percent: int) -> None:
        self._note(f"size {percent}")

    def reset(self) -> None:
        self._note("reset")

    def show_start_page(self) -> None:
        self._note("start page")

    def start_guide(self) -> None:
        self._note("guide")

    def choose_data(self) -> None:
        self._note("data")

    def close(self) -> None:
        self._note("close")

    def say(self, sentence: str) -> None:
        self._note(sentence)

    def _note(self, what: str) -> bool:
        self.asked.append(what)
        return True


def bench_of(canvas: Canvas, models: Models, settings: Settings, themes: ThemeManager, noted: Noted) -> Bench:
    """A bench of this canvas."""
    return Bench(
        settings=settings,
        themes=themes,
        models=models,
        selection=canvas.selection,
        run_control=RunControl(canvas.document, models.data, models.run, canvas),
        canvas=canvas,
        files=noted,
        views=noted,
        say=noted.say,
    )
