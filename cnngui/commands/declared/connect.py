"""Wires: a part of the Network menu."""

from __future__ import annotations

from typing import Final

from cnngui.commands.command import Command, MenuPlace, Surface
from cnngui.commands.conditions import BLOCK
from cnngui.commands.table import COMMANDS

_WHERE: Final = (MenuPlace(Surface.NETWORK, 1), MenuPlace(Surface.BLOCKS, 3))

COMMANDS.add(
    Command(
        id="connect",
        text="&Connect to…",
        run=lambda bench: bench.canvas.connect_to.open_for_current(),
        where=_WHERE,
        keys=("Ctrl+K",),
        icon="link",
        refusal=BLOCK,
    ),
    Command(
        id="disconnect",
        text="&Disconnect",
        title="Disconnect Blocks",
        run=lambda bench: bench.editor.selected.disconnect(),
        where=_WHERE,
        icon="unlink",
        hint="Removes all wires of the selected blocks",
        refusal=BLOCK,
    ),
)
