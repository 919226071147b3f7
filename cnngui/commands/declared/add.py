"""Adding blocks and snippets: the beginning of the Network menu."""

from __future__ import annotations

from typing import Final

from cnngui.commands.appending import append
from cnngui.commands.command import Command, MenuPlace, Surface, literal
from cnngui.commands.table import COMMANDS
from cnngui.theme.icons import icon, layer_icon_name
from cnngui.theme.theme import CATEGORIES
from core.layers import LAYERS, Layer
from core.templates import SNIPPETS, Snippet

_WHERE: Final = MenuPlace(Surface.NETWORK)
_GROUPS: Final = (*CATEGORIES, *(layer.group for layer in LAYERS if layer.group not in CATEGORIES))
"""The groups of layers, in the order of the palette."""


def _layer(layer: type[Layer]) -> Command:
    return Command(
        id=f"add.{layer.kind}",
        text=literal(layer.title),
        title=f"Add {layer.title}",
        run=lambda bench: append(bench, layer.kind),
        where=(_WHERE.inside("&Add").inside(literal(layer.group)),),
        icon=lambda theme: icon(layer_icon_name(layer.kind), theme.category_line(layer.group)),
    )


def _snippet(snippet: Snippet) -> Command:
    return Command(
        id=f"insert.{snippet.name}",
        text=literal(snippet.title),
        title=f"Insert {snippet.title}",
        run=lambda bench: bench.editor.snippets.add(snippet.name),
        where=(_WHERE.inside("&Insert"),),
        icon="snippet",
        hint=snippet.help,
    )


COMMANDS.add(
    Command(
        id="quick_add",
        text="Add by &Typing…",
        run=lambda bench: bench.canvas.quick_add.open_after_current(),
        where=(_WHERE, MenuPlace(Surface.BLOCKS, 3), MenuPlace(Surface.PLANE)),
        keys=("Ins", "Shift+A"),
        reach="design",
        icon="blocks",
        hint="A block with its settings, such as “conv 16 5x5”",
        at=lambda bench, point: bench.canvas.quick_add.open_at(point),
    ),
    *map(_layer, sorted(LAYERS, key=lambda layer: _GROUPS.index(layer.group))),
    *map(_snippet, SNIPPETS),
)
