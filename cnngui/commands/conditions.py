"""What several commands need before they can be used."""

from __future__ import annotations

from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Refusal, when

SELECTION: Final = when(lambda bench: bench.selection.parts, "Select something on the canvas first.")
BLOCK: Final = when(lambda bench: bench.selection.ids, "Select a block first.")
DESIGN: Final = when(lambda bench: bench.document.graph.blocks, "There are no blocks yet.")


def all_of(*refusals: Refusal) -> Refusal:
    """The first reason that one of them has."""

    def refusal(bench: Bench) -> str | None:
        return next(filter(None, (found(bench) for found in refusals)), None)

    return refusal
