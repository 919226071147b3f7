"""Frames and comments: a part of the Network menu."""

from __future__ import annotations

from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, MenuPlace, Surface, when
from cnngui.commands.table import COMMANDS
from cnngui.theme.icons import swatch
from core.design.graph import COLORS

_WHERE: Final = MenuPlace(Surface.NETWORK, 2)
_COLORS: Final = "Colour of the F&rame"


def _is_frame(bench: Bench) -> bool:
    return any(frame.id == bench.editor.notes.chosen for frame in bench.document.graph.frames)


def _color(name: str) -> Command:
    return Command(
        id=f"color.{name}",
        text=name.capitalize(),
        title=f"Colour the Frame {name.capitalize()}",
        run=lambda bench: bench.editor.notes.color(name),
        where=tuple(place.inside(_COLORS) for place in (_WHERE, MenuPlace(Surface.NOTES, 2))),
        icon=lambda theme: swatch(theme.frame_color(name)),
        refusal=when(_is_frame, "Select a frame first."),
    )


COMMANDS.add(
    Command(
        id="frame",
        text="Add &Frame",
        run=lambda bench: bench.editor.notes.add_frame(),
        where=(_WHERE, MenuPlace(Surface.BLOCKS, 3), MenuPlace(Surface.PLANE, 2)),
        keys=("Ctrl+Shift+M",),
        icon="frame",
        hint="Around the selected blocks, or empty",
        at=lambda bench, point: bench.editor.notes.add_frame(point),
    ),
    Command(
        id="comment",
        text="Add Co&mment",
        run=lambda bench: bench.editor.notes.add_comment(),
        where=(_WHERE, MenuPlace(Surface.PLANE, 2)),
        keys=("Ctrl+Alt+M",),
        icon="comment",
        hint="A note on the canvas",
        at=lambda bench, point: bench.editor.notes.add_comment(point),
    ),
    *map(_color, COLORS),
)
