"""What is wrong with the design, and the remedies for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, MenuPlace, Surface, literal
from cnngui.commands.table import COMMANDS
from core.errors import Problem

if TYPE_CHECKING:
    from core.repair import Fix

COMMANDS.add(
    Command(
        id="problems",
        text="Show Pro&blems",
        run=lambda bench: bench.views.show("problems"),
        where=(MenuPlace(Surface.NETWORK, 4),),
        keys=("F8",),
        icon="warning",
        hint="What is wrong with the design, and the remedies",
    ),
)


@COMMANDS.several(MenuPlace(Surface.BLOCKS))
def remedies(bench: Bench) -> Iterator[Command]:
    """What mends the problem of the current block."""
    current, document = bench.selection.current, bench.document
    problem = document.inference.problem(current) if current else None
    if problem is not None:
        for fix in document.with_fixes(problem).fixes:
            yield _remedy(fix, problem)


def _remedy(fix: Fix, problem: Problem) -> Command:
    return Command(
        id=f"remedy.{fix.title}",
        text=literal(fix.title),
        run=lambda bench: bench.editor.mend(fix),
        icon="check",
        hint=str(problem),
        preview=lambda bench, on: bench.canvas.following.preview(fix if on else None),
    )
