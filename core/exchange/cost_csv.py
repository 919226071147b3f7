"""The analysis of a design as CSV, for spreadsheets and lecture notes."""

from __future__ import annotations

import csv
import io
from math import floor

from core.design.graph import Graph
from core.explain.analysis import Analysis

COLUMNS = (
    "block",
    "layer",
    "output_shape",
    "parameters",
    "multiply_adds",
    "memory_bytes",
    "receptive_field_rows",
    "receptive_field_columns",
)


def to_csv(graph: Graph, analysis: Analysis) -> str:
    """A line for each block and one with the totals; a unit that sees the whole image has no field sizes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in analysis.rows:
        block = graph[row.block]
        sizes = [floor(field.size) for field in row.fields] if row.fields else ["", ""]
        shape = "x".join(map(str, row.shape))
        costs = row.parameters, row.multiply_adds, row.memory
        writer.writerow([block.name, block.layer.title, shape, *costs, *sizes])
    totals = analysis.parameters, analysis.multiply_adds, analysis.memory
    writer.writerow(["total", "", "", *totals, "", ""])
    return text.getvalue()
