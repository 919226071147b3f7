"""`cnngui summary`: layers, shapes and costs of a design."""

from __future__ import annotations

import argparse
import json
from typing import Any

from cnngui.cli.tables import aligned, rows, totals
from cnngui.models.designs import open_design
from core.schema.written import count_text, shape_text


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("summary", help="print the layers, output shapes and costs of a design")
    parser.add_argument(
        "design", metavar="DESIGN", help="a .cnn file, a design as JSON, or an example's name"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the table."""
    graph = open_design(arguments.design).project.design
    table, (parameters, multiply_adds) = rows(graph), totals(graph)
    if arguments.json:
        layers = [vars(row) | {"output_shape": list(row.output_shape)} for row in table]
        print(json.dumps({"parameters": parameters, "multiply_adds": multiply_adds, "layers": layers}))
        return 0
    lines = [("Block", "Layer", "Output", "Parameters", "Multiply-adds")]
    for r in table:
        costs = (count_text(r.parameters), count_text(r.multiply_adds))
        lines.append((r.name, r.kind, shape_text(r.output_shape), *costs))
    lines.append(("Total", "", "", count_text(parameters), count_text(multiply_adds)))
    print(*aligned(lines, left=3), sep="\n")
    return 0
