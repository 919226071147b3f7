"""`cnngui summary`: layers, shapes and costs of a design."""

from __future__ import annotations

import argparse
import json
from typing import Any

from cnngui.cli.tables import aligned, rows, totals
from cnngui.models.designs import open_design
from core.schema.param import param_of
from core.schema.written import count_text, counted_text, memory_text, shape_text
from core.training.need import need
from core.training.plan import Plan


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("summary", help="print the layers, output shapes and costs of a design")
    parser.add_argument(
        "design", metavar="DESIGN", help="a .cnn file, a design as JSON, or an example's name"
    )
    batch = param_of(Plan, "batch_size")
    parser.add_argument(
        "--batch",
        metavar="SIZE",
        help=f"add the memory that training takes in steps of so many samples; {batch.limits()}",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the table."""
    project = open_design(arguments.design).project
    graph, memory = project.design, None
    if arguments.batch is not None:
        samples = param_of(Plan, "batch_size").parse_text(arguments.batch)
        memory = need(graph, project.plan, samples).total
    table, (parameters, multiply_adds) = rows(graph), totals(graph)
    if arguments.json:
        layers = [vars(row) | {"output_shape": list(row.output_shape)} for row in table]
        found = {"parameters": parameters, "multiply_adds": multiply_adds, "layers": layers}
        print(json.dumps(found if memory is None else {**found, "memory_bytes": memory}))
        return 0
    lines = [("Block", "Layer", "Output", "Parameters", "Multiply-adds")]
    for r in table:
        costs = (count_text(r.parameters), count_text(r.multiply_adds))
        lines.append((r.name, r.kind, shape_text(r.output_shape), *costs))
    lines.append(("Total", "", "", count_text(parameters), count_text(multiply_adds)))
    print(*aligned(lines, left=3), sep="\n")
    if memory is not None:
        print(
            f"Training in steps of {counted_text(samples, 'sample')} takes {memory_text(memory)} of memory."
        )
    return 0
