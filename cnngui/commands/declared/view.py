"""The View menu: how large the design is drawn, and what is seen of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Keys, MenuPlace, Surface
from cnngui.commands.conditions import DESIGN, SELECTION
from cnngui.commands.table import COMMANDS
from cnngui.models.settings import INTERFACE_SIZES, ThemeMode

_ZOOM: Final = (MenuPlace(Surface.VIEW),)
_THEMES: Final[tuple[tuple[ThemeMode, str, str, str], ...]] = (
    ("system", "As the &System", "Use the System's Theme", ""),
    ("light", "&Light", "Use the Light Theme", "sun"),
    ("dark", "&Dark", "Use the Dark Theme", "moon"),
)


def _theme(mode: ThemeMode, text: str, title: str, icon: str) -> Command:
    def use(bench: Bench) -> None:
        bench.themes.mode = mode

    return Command(
        id=f"theme.{mode}",
        text=text,
        title=title,
        run=use,
        where=(MenuPlace(Surface.VIEW, 1).inside("&Theme"),),
        icon=icon,
        checked=lambda bench: bench.themes.mode == mode,
        one_of="theme",
    )


def _size(percent: int) -> Command:
    return Command(
        id=f"interface_size.{percent}",
        text=f"{percent} %",
        title=f"Interface at {percent} %",
        run=lambda bench: bench.views.set_interface_size(percent),
        where=(MenuPlace(Surface.VIEW, 1).inside("Interface Si&ze"),),
        checked=lambda bench: bench.settings.interface_size == percent,
        one_of="interface_size",
    )


def _switch(name: str, text: str, turn: Callable[[Bench, bool], object], hint: str) -> Command:
    """What is on or off, and stays so until the next start and beyond."""

    def is_on(bench: Bench) -> bool:
        return bench.settings.switch(name, default=True)

    def toggle(bench: Bench) -> None:
        bench.settings.set_switch(name, on=not is_on(bench))
        turn(bench, is_on(bench))

    return Command(
        id=name,
        text=text,
        run=toggle,
        where=(MenuPlace(Surface.VIEW, 2),),
        hint=hint,
        checked=is_on,
        begin=lambda bench: turn(bench, is_on(bench)),
    )


COMMANDS.add(
    Command(
        id="zoom_in",
        text="Zoom &In",
        run=lambda bench: bench.canvas.zoom_in(),
        where=_ZOOM,
        keys=(Keys.ZoomIn, "Ctrl+="),
        icon="zoom_in",
    ),
    Command(
        id="zoom_out",
        text="Zoom &Out",
        run=lambda bench: bench.canvas.zoom_out(),
        where=_ZOOM,
        keys=(Keys.ZoomOut,),
        icon="zoom_out",
    ),
    Command(
        id="zoom_reset",
        text="&Actual Size",
        run=lambda bench: bench.canvas.zoom_reset(),
        where=_ZOOM,
        keys=("Ctrl+0",),
    ),
    Command(
        id="fit",
        text="&Fit",
        title="Fit the Design",
        run=lambda bench: bench.canvas.fit(),
        where=(*_ZOOM, MenuPlace(Surface.TOOLS, 2), MenuPlace(Surface.PLANE, 4)),
        keys=("F",),
        reach="design",
        icon="fit",
        hint="Shows the whole design",
        refusal=DESIGN,
    ),
    Command(
        id="fit_selection",
        text="Fit &Selection",
        run=lambda bench: bench.canvas.fit_selection(),
        where=(*_ZOOM, MenuPlace(Surface.BLOCKS, 6)),
        keys=("Shift+F",),
        icon="fit",
        reach="design",
        refusal=SELECTION,
    ),
    *(_theme(*theme) for theme in _THEMES),
    *map(_size, INTERFACE_SIZES),
    _switch("minimap", "&Minimap", lambda bench, on: bench.canvas.minimap.turn(on), "Where the view is"),
    _switch(
        "costs",
        "&Parameters and Multiply-Adds",
        lambda bench, on: bench.canvas.set_costs(on),
        "What each block costs, on the block",
    ),
    _switch(
        "animations",
        "Animatio&ns",
        lambda bench, on: bench.canvas.following.set_animations(on),
        "Blocks glide to their places",
    ),
)
