"""Comparing the design with others, in the View menu."""

from __future__ import annotations

from typing import Final

from cnngui.commands.bench import Bench
from cnngui.commands.command import Command, MenuPlace, Surface, when
from cnngui.commands.conditions import DESIGN
from cnngui.commands.table import COMMANDS
from core.design.graph import Graph

_WHERE: Final = (MenuPlace(Surface.VIEW, 3),)


def _compare(bench: Bench) -> None:
    def show(other: Graph, name: str) -> None:
        bench.views.show_canvas()
        bench.comparing.compare_with(other, name)

    bench.files.choose_design("Compare with a design", show)


def _show_changes(bench: Bench) -> None:
    bench.views.show_canvas()
    bench.comparing.show_since_training()


COMMANDS.add(
    Command(
        id="compare",
        text="&Compare With File…",
        run=_compare,
        where=_WHERE,
        hint="Marks what is new here, changed, and gone",
        also="diff difference version",
        refusal=DESIGN,
    ),
    Command(
        id="compare_run",
        text="Show Chan&ges Since Training",
        run=_show_changes,
        where=_WHERE,
        hint="Marks what the trained design hasn't, and what it had",
        also="diff difference run compare",
        refusal=when(
            lambda bench: bench.comparing.has_changed_since_training,
            "The design is the one that was trained last, or none was.",
        ),
    ),
    Command(
        id="compare_stop",
        text="Stop Compa&ring",
        run=lambda bench: bench.comparing.stop(),
        where=_WHERE,
        hint="So does Esc on the canvas",
        refusal=when(lambda bench: bench.comparing.other is not None, "Nothing is being compared."),
    ),
)
