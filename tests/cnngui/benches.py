"""A bench for commands without a window around the canvas: what the window would do is noted instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cnngui.canvas.view.view import Canvas
from cnngui.commands.bench import Bench
from cnngui.models.models import Models
from cnngui.models.run_control import RunControl
from cnngui.models.settings import Settings
from cnngui.theme.theme import ThemeManager


@dataclass
class Noted:
    """`FileWork` and `Views` that do nothing but note what was asked for."""

    asked: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=lambda: {"properties"})

    def new(self) -> bool:
        return self._note("new")

    def open(self) -> None:
        self._note("open")

    def open_path(self, path: Path) -> None:
        self._note(f"open {path.name}")

    def open_example(self, name: str) -> None:
        self._note(f"example {name}")

    def save(self) -> bool:
        return self._note("save")

    def save_as(self) -> bool:
        return self._note("save as")

    def save_copy(self) -> bool:
        return self._note("save copy")

    def show(self, name: str) -> None:
        self.shown.add(name)
        self._note(f"show {name}")

    def toggle(self, name: str) -> None:
        self.shown ^= {name}
        self._note(f"toggle {name}")

    def is_open(self, name: str) -> bool:
        return name in self.shown

    def panels(self) -> Mapping[str, str]:
        return {"properties": "Properties", "curves": "Curves"}

    def set_title(self, name: str, title: str) -> None:
        self._note(f"title {title}")

    def go_to_panel(self, step: int) -> None:
        self._note(f"panel {step}")

    def maximise(self) -> None:
        self._note("maximise")

    def configure(self) -> None:
        self._note("configure")

    def rename(self) -> None:
        self._note("rename")

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
        document=canvas.document,
        selection=canvas.selection,
        data=models.data,
        run=models.run,
        looking=models.looking,
        judging=models.judging,
        run_control=RunControl(canvas.document, models.data, models.run, canvas),
        canvas=canvas,
        files=noted,
        views=noted,
        say=noted.say,
    )
