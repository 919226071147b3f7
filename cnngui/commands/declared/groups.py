"""Making, folding and unpacking groups: a part of the Edit menu."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, Look, MenuPlace, Surface, when
from cnngui.commands.conditions import BLOCK, all_of
from cnngui.commands.table import COMMANDS

_WHERE: Final = (MenuPlace(Surface.EDIT, 3), MenuPlace(Surface.BLOCKS, 4))
_GROUPS: Final = when(lambda bench: bench.document.graph.groups, "There are no groups yet.")
_TARGET: Final = when(
    lambda bench: bench.editor.groups.target is not None,
    "Select a group, or a block in a group, first.",
)
_INSIDE: Final = when(
    lambda bench: bench.editor.members.around is not None, "What is selected is in no group."
)


def _named(bench: Bench, group_id: str | None, text: str, without: str) -> Look:
    """A text with the group's name, or another one where there is no group."""
    return Look(without) if group_id is None else Look(text, bench.document.graph.group(group_id).name)


def _fold(bench: Bench) -> Look:
    target = bench.editor.groups.target
    is_folded = target is not None and bench.document.graph.group(target).folded
    look = _named(bench, target, "&Open" if is_folded else "F&old", "Fold or &Open Group")
    return replace(look, icon="unfold" if is_folded else "fold")


COMMANDS.add(
    Command(
        id="group",
        text="&Group",
        title="Group Blocks",
        run=lambda bench: bench.editor.groups.group(),
        where=_WHERE,
        keys=("Ctrl+G",),
        icon="group",
        hint="Folds the selection into a group",
        refusal=BLOCK,
    ),
    Command(
        id="ungroup",
        text="Unpac&k Group",
        run=lambda bench: bench.editor.groups.unpack(),
        where=_WHERE,
        keys=("Ctrl+Shift+G",),
        hint="Its blocks stay",
        refusal=_TARGET,
        look=lambda bench: _named(bench, bench.editor.groups.target, "Unpac&k", "Unpac&k Group"),
    ),
    Command(
        id="fold",
        text="Fold or &Open Group",
        run=lambda bench: bench.editor.groups.toggle(),
        where=_WHERE,
        keys=("G",),
        reach="design",
        icon="fold",
        refusal=_TARGET,
        look=_fold,
    ),
    Command(
        id="into",
        text="Mo&ve into Group…",
        run=lambda bench: bench.canvas.into_group.open_for_selection(),
        where=_WHERE,
        keys=("Alt+Right",),
        reach="design",
        refusal=all_of(_GROUPS, BLOCK),
    ),
    Command(
        id="take_out",
        text="Tak&e Out of Group",
        run=lambda bench: bench.editor.members.take_out(),
        where=_WHERE,
        keys=("Alt+Left",),
        reach="design",
        refusal=_INSIDE,
        look=lambda bench: _named(bench, bench.editor.members.around, "Tak&e Out of", "Tak&e Out of Group"),
    ),
)
