"""`cnngui examples`: what comes with the application."""

from __future__ import annotations

import argparse
from typing import Any

from cnngui.cli.subcommands.summary import totals
from cnngui.models.designs import example_paths, open_design


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("examples", help="list the example designs")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Prints a line for each example."""
    for name in example_paths():
        graph = open_design(name).project.design
        parameters, multiply_adds = totals(graph)
        blocks = len(graph.blocks)
        print(f"{name:16} {blocks:3} blocks {parameters:12,} parameters {multiply_adds:14,} multiply-adds")
    return 0
