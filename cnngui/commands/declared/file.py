"""The File menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Keys, MenuPlace, Surface, literal, when
from cnngui.commands.table import COMMANDS
from cnngui.commands.versions import show_versions
from core.templates import TEMPLATES, Template

_OPEN: Final = MenuPlace(Surface.FILE)
_SAVE: Final = MenuPlace(Surface.FILE, 1)
_RECENT: Final = "Open &Recent"


def _example(template: Template) -> Command:
    return Command(
        id=f"example.{template.name}",
        text=literal(template.title),
        title=f"Open Example {template.title}",
        run=lambda bench: bench.files.open_example(template.name),
        where=(_OPEN.inside("&Examples"),),
        hint=template.help,
    )


def _recent(path: Path) -> Command:
    return Command(
        id=f"recent.{path}",
        text=literal(path.name),
        title=f"Open {path.name}",
        run=lambda bench: bench.files.open_path(path),
        hint=str(path),
    )


COMMANDS.add(
    Command(
        id="new",
        text="&New",
        title="New Design",
        run=lambda bench: bench.files.new(),
        where=(_OPEN,),
        keys=(Keys.New,),
        icon="new",
        hint="Starts an empty design",
    ),
    Command(
        id="open",
        text="&Open…",
        run=lambda bench: bench.files.open(),
        where=(_OPEN,),
        keys=(Keys.Open,),
        icon="open",
        hint="Opens a design or a trained network",
    ),
    *map(_example, TEMPLATES),
    Command(
        id="save",
        text="&Save",
        run=lambda bench: bench.files.save(),
        where=(_SAVE,),
        keys=(Keys.Save,),
        icon="save",
        hint="Saves the design and what it has learned",
    ),
    Command(
        id="save_as",
        text="Save &As…",
        run=lambda bench: bench.files.save_as(),
        where=(_SAVE,),
        keys=(Keys.SaveAs, "Ctrl+Shift+S"),
    ),
    Command(
        id="save_copy",
        text="Save a Cop&y…",
        run=lambda bench: bench.files.save_copy(),
        where=(_SAVE,),
        hint="Saves elsewhere; the open design keeps its own file",
    ),
    Command(
        id="versions",
        text="&Browse Versions…",
        run=show_versions,
        where=(_SAVE,),
        hint="What the file held before, as pictures, to restore it",
        also="history backup former restore discarded",
    ),
    Command(
        id="recover",
        text="Recover &Unsaved Work…",
        run=lambda bench: bench.files.recovery.show(),
        where=(_SAVE,),
        hint="What a window left behind that didn't end properly",
        also="crash autosave draft",
        refusal=when(lambda bench: bench.files.recovery.offers, "Nothing was left behind unsaved."),
    ),
    Command(
        id="data",
        text="Choose &Data…",
        run=lambda bench: bench.views.choose_data(),
        where=(MenuPlace(Surface.FILE, 2), MenuPlace(Surface.TOOLS, 2)),
        keys=("Ctrl+Shift+O",),
        icon="data",
        hint="What the network is trained and tested on",
    ),
    Command(
        id="quit",
        text="&Quit",
        run=lambda bench: bench.views.close(),
        where=(MenuPlace(Surface.FILE, 3),),
        keys=(Keys.Quit, "Ctrl+Q"),
    ),
)


@COMMANDS.several(_OPEN.inside(_RECENT))
def recent_files(bench: Bench) -> Iterator[Command]:
    """The files opened or saved last, newest first."""
    return map(_recent, bench.settings.recent_files)


@COMMANDS.several(_OPEN.inside(_RECENT, 1))
def clearing(bench: Bench) -> Iterator[Command]:
    """Made for the moment: whether files are still there is looked up only when a menu opens."""
    yield Command(
        id="recent.clear",
        text="&Clear",
        title="Clear Recent Files",
        run=lambda bench: bench.settings.clear_recent_files(),
        refusal=when(lambda bench: bench.settings.recent_files, "There are no recent files."),
    )
