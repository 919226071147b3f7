"""The Window menu: the panels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Place, Surface, literal
from cnngui.commands.table import COMMANDS

_PANELS: Final = Place(Surface.WINDOW, 2)

COMMANDS.add(
    Command(
        id="maximise",
        text="&Maximise Panel",
        run=lambda bench: bench.views.set_maximised(on=not bench.views.is_maximised),
        where=(_PANELS,),
        keys=("F11", "Ctrl+Shift+F"),
        hint="The panel with the keyboard, or the canvas; once more puts all back",
        checked=lambda bench: bench.views.is_maximised,
    ),
    Command(
        id="next_panel",
        text="&Next Panel",
        run=lambda bench: bench.views.go_to_panel(1),
        where=(_PANELS,),
        keys=("F6",),
    ),
    Command(
        id="previous_panel",
        text="&Previous Panel",
        run=lambda bench: bench.views.go_to_panel(-1),
        where=(_PANELS,),
        keys=("Shift+F6",),
    ),
    Command(
        id="layout",
        text="&Reset Layout",
        run=lambda bench: bench.views.reset(),
        where=(Place(Surface.WINDOW, 3),),
        hint="Puts all panels where they were at first",
    ),
)


@COMMANDS.several(Place(Surface.WINDOW))
def panels(bench: Bench) -> Iterator[Command]:
    """Each panel, to be opened and closed."""
    for name, title in bench.views.panels().items():
        yield _panel(name, title, shown=bench.views.is_shown(name))


def _panel(name: str, title: str, *, shown: bool) -> Command:
    return Command(
        id=f"panel.{name}",
        text=literal(title),
        title=f"Hide {title}" if shown else f"Show {title}",
        run=lambda bench: bench.views.hide(name) if shown else bench.views.show(name),
        checked=lambda bench: bench.views.is_shown(name),
    )
