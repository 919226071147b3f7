"""`cnngui summary`: layers, shapes and costs of a design."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnngui.models.designs import open_design
from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import cost, require_sound
from core.maths.arrays import Shape
from core.schema.written import shape_text


@dataclass(frozen=True)
class LayerRow:
    """A line of the table."""

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    multiply_adds: int


def add_parser(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("summary", help="print the layers, output shapes and costs of a design")
    parser.add_argument(
        "design", metavar="DESIGN", help="a .cnn file, a design as JSON, or an example's name"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def rows(graph: Graph) -> list[LayerRow]:
    """The blocks in the order of computation, copies of repeated groups too.

    Raises DesignError for a design with an error.
    """
    shapes = require_sound(graph).shapes
    graph = expand(graph).network
    found = []
    for block_id in graph.order:
        block, price = graph[block_id], cost(graph, block_id, shapes)
        if price is not None:
            shape = shapes[block_id]
            found.append(LayerRow(block.name, block.layer.kind, shape, price.parameters, price.multiply_adds))
    return found


def totals(graph: Graph) -> tuple[int, int]:
    """Parameters and multiply-adds of the whole design."""
    table = rows(graph)
    return sum(row.parameters for row in table), sum(row.multiply_adds for row in table)


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
        costs = (f"{r.parameters:,}", f"{r.multiply_adds:,}")
        lines.append((r.name, r.kind, shape_text(r.output_shape), *costs))
    lines.append(("Total", "", "", f"{parameters:,}", f"{multiply_adds:,}"))
    print(*aligned(lines, left=3), sep="\n")
    return 0


def aligned(lines: Sequence[tuple[str, ...]], left: int) -> list[str]:
    """The cells in columns, the first `left` ones at their left edges, the others at their right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    found = []
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line[:left], widths[:left], strict=True)]
        cells += [cell.rjust(width) for cell, width in zip(line[left:], widths[left:], strict=True)]
        found.append("  ".join(cells))
    return found
