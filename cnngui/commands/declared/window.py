"""The Window menu: workspaces and panels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, MenuPlace, Surface, literal
from cnngui.commands.table import COMMANDS
from cnngui.models.workspaces import WORKSPACES, Workspace

_WORKSPACES: Final = MenuPlace(Surface.WINDOW)
_PANELS: Final = MenuPlace(Surface.WINDOW, 3)


def _workspace(number: int, known: Workspace) -> Command:
    return Command(
        id=f"workspace.{known.name}",
        text=f"&{number} {known.title}",
        title=f"Workspace {known.title}",
        run=lambda bench: bench.views.switch(known.name),
        where=(_WORKSPACES,),
        keys=(f"Ctrl+{number}",),
        hint=known.help,
        checked=lambda bench: bench.views.workspace == known.name,
        one_of="workspace",
    )


COMMANDS.add(
    *(_workspace(number, known) for number, known in enumerate(WORKSPACES, 1)),
    Command(
        id="maximise",
        text="&Maximise Panel",
        run=lambda bench: bench.views.maximise(),
        where=(_PANELS,),
        keys=("F11", "Ctrl+Shift+F"),
        hint="The panel under the mouse or with the keyboard; once more puts all back",
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
        where=(MenuPlace(Surface.WINDOW, 4),),
        hint="Puts the panels of this workspace where they were at first",
    ),
)


@COMMANDS.several(MenuPlace(Surface.WINDOW, 1))
def panels(bench: Bench) -> Iterator[Command]:
    """Each panel, to be opened and closed."""
    for name, title in bench.views.panels().items():
        yield _panel(name, title, is_open=bench.views.is_open(name))


@COMMANDS.several(_PANELS.inside("&Go to Panel"))
def ways(bench: Bench) -> Iterator[Command]:
    """The way to each panel for the keyboard, be it closed or behind another one's tab."""
    for name, title in bench.views.panels().items():
        yield _way(name, title)


def _panel(name: str, title: str, *, is_open: bool) -> Command:
    return Command(
        id=f"panel.{name}",
        text=literal(title),
        title=f"Close {title}" if is_open else f"Open {title}",
        run=lambda bench: bench.views.toggle(name),
        checked=lambda bench: bench.views.is_open(name),
    )


def _way(name: str, title: str) -> Command:
    return Command(
        id=f"panel.{name}.go",
        text=literal(title),
        title=f"Go to {title}",
        run=lambda bench: bench.views.show(name),
    )
