"""The Help menu."""

from __future__ import annotations

from cnngui.commands.about import show_about
from cnngui.commands.command import Command, MenuPlace, Surface
from cnngui.commands.palette import open_palette
from cnngui.commands.shortcuts import show_shortcuts
from cnngui.commands.table import COMMANDS

COMMANDS.add(
    Command(
        id="palette",
        text="&Find a Command…",
        run=open_palette,
        where=(MenuPlace(Surface.HELP),),
        keys=("Ctrl+Shift+P",),
        icon="search",
        hint="All that can be done, found by typing",
        also="palette search",
    ),
    Command(
        id="keys",
        text="&Keyboard and Mouse",
        run=show_shortcuts,
        where=(MenuPlace(Surface.HELP),),
        keys=("Ctrl+?",),
        hint="All keys, and what the mouse does on the canvas",
        also="shortcuts hotkeys bindings gestures",
    ),
    Command(
        id="help",
        text="&Help on the Block",
        run=lambda bench: bench.views.show("help"),
        where=(MenuPlace(Surface.HELP), MenuPlace(Surface.BLOCKS, 7)),
        keys=("F1",),
        icon="help",
        hint="Its formula, its settings, and a picture of what it does",
        also="manual documentation",
    ),
    Command(
        id="start",
        text="&Start Page",
        run=lambda bench: bench.views.show_start_page(),
        where=(MenuPlace(Surface.HELP, 1),),
    ),
    Command(
        id="guide",
        text="First Ste&ps",
        run=lambda bench: bench.views.start_guide(),
        where=(MenuPlace(Surface.HELP, 1),),
        hint="Builds a first network, step by step",
        also="tour tutorial guide introduction",
    ),
    Command(
        id="about",
        text="&About cnngui",
        also="version licence",
        run=show_about,
        where=(MenuPlace(Surface.HELP, 2),),
    ),
)
