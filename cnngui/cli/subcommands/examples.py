"""`cnngui examples`: what comes with the application."""

from __future__ import annotations

import argparse
from typing import Any

from cnngui.cli.tables import aligned, totals
from cnngui.models.designs import example_paths, open_design
from core.schema.written import counted_text


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("examples", help="list the example designs")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Prints a line for each example."""
    lines = []
    for name in example_paths():
        graph = open_design(name).project.design
        parameters, multiply_adds = totals(graph)
        counts = ((len(graph.blocks), "block"), (parameters, "parameter"), (multiply_adds, "multiply-add"))
        lines.append((name, *(counted_text(*count) for count in counts)))
    print(*aligned(lines, left=1), sep="\n")
    return 0
