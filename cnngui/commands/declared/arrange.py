"""Putting blocks in order: a part of the Network menu."""

from __future__ import annotations

from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Look, MenuPlace, Surface, when
from cnngui.commands.conditions import DESIGN
from cnngui.commands.table import COMMANDS
from core.design.direction import Direction
from core.drawing.align import Axis, Edge

_WHERE: Final = MenuPlace(Surface.NETWORK, 3)
_ALIGN: Final = "Ali&gn"
_EDGES: Final[tuple[tuple[Edge, str, int], ...]] = (
    ("left", "&Left", 0),
    ("center", "&Center", 0),
    ("right", "&Right", 0),
    ("top", "&Top", 1),
    ("middle", "&Middle", 1),
    ("bottom", "&Bottom", 1),
)
_AXES: Final[tuple[tuple[Axis, str], ...]] = (
    ("horizontal", "Distribute &Horizontally"),
    ("vertical", "Distribute &Vertically"),
)
_WAYS: Final = {Direction.RIGHT: "Left to Right", Direction.DOWN: "Top Down"}
_TWO: Final = when(lambda bench: len(bench.selection.ids) > 1, "Select two blocks or more first.")
_THREE: Final = when(lambda bench: len(bench.selection.ids) > 2, "Select three blocks or more first.")
_PART: Final = when(
    lambda bench: bench.editor.arranging.means_part, "Select two blocks or more, but not all, first."
)


def _places(section: int) -> tuple[MenuPlace, ...]:
    """In the submenu of the menu bar, and in the one for selected blocks."""
    return tuple(place.inside(_ALIGN, section) for place in (_WHERE, MenuPlace(Surface.BLOCKS, 5)))


def _turned(bench: Bench) -> Look:
    return Look(f"Flo&w {_WAYS[bench.document.graph.direction.other]}")


def _align(edge: Edge, text: str, section: int) -> Command:
    return Command(
        id=f"align_{edge}",
        text=text,
        title=f"Align {edge.capitalize()}",
        run=lambda bench: bench.editor.arranging.align(edge),
        where=_places(section),
        refusal=_TWO,
    )


def _distribute(axis: Axis, text: str) -> Command:
    return Command(
        id=f"distribute_{axis}",
        text=text,
        run=lambda bench: bench.editor.arranging.distribute(axis),
        where=_places(2),
        hint="Makes the gaps equal",
        refusal=_THREE,
    )


COMMANDS.add(
    Command(
        id="arrange",
        text="Arrange &Left to Right",
        run=lambda bench: bench.editor.arranging.arrange(Direction.RIGHT),
        where=(_WHERE, MenuPlace(Surface.PLANE, 3)),
        keys=("Ctrl+L",),
        icon="arrange",
        refusal=DESIGN,
    ),
    Command(
        id="arrange_down",
        text="Arrange To&p Down",
        run=lambda bench: bench.editor.arranging.arrange(Direction.DOWN),
        where=(_WHERE, MenuPlace(Surface.PLANE, 3)),
        keys=("Ctrl+Shift+L",),
        icon="arrange_down",
        refusal=DESIGN,
    ),
    Command(
        id="arrange_part",
        text="Arrange &Selection",
        run=lambda bench: bench.editor.arranging.arrange(bench.document.graph.direction),
        where=(_WHERE, MenuPlace(Surface.BLOCKS, 5)),
        icon="arrange",
        hint="The way that the design runs",
        refusal=_PART,
    ),
    Command(
        id="turn",
        text="Flo&w the Other Way",
        run=lambda bench: bench.editor.arranging.turn(),
        where=(_WHERE,),
        hint="Puts the ports at the other sides; the blocks stay",
        look=_turned,
    ),
    *(_align(*edge) for edge in _EDGES),
    *(_distribute(*axis) for axis in _AXES),
)
