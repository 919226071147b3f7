"""The layers of a design as a table, and tables as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import cost, require_sound
from core.maths.arrays import Shape


@dataclass(frozen=True)
class LayerRow:
    """A line of the table."""

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    multiply_adds: int


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


def aligned(lines: Sequence[tuple[str, ...]], left: int) -> list[str]:
    """The cells in columns, the first `left` ones at their left edges, the others at their right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    found = []
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line[:left], widths[:left], strict=True)]
        cells += [cell.rjust(width) for cell, width in zip(line[left:], widths[left:], strict=True)]
        found.append("  ".join(cells))
    return found
