"""The analysis of a design as CSV, for spreadsheets and lecture notes."""

from __future__ import annotations

import csv
import io
from math import floor

from core.design.expand import expand
from core.design.graph import Graph
from core.exchange.base import Exporter, Material, exporter
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


@exporter("cost_csv", title="Cost table", suffix=".csv", needs=frozenset({"graph", "analysis"}))
class CostCsv(Exporter):
    """A line for each block and one with the totals; a unit that sees the whole image has no field sizes."""

    def content(self, material: Material) -> bytes:
        assert material.graph is not None  # both are needed
        assert material.analysis is not None
        return _table(expand(material.graph).network, material.analysis).encode()


def _table(network: Graph, analysis: Analysis) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in analysis.rows:
        block = network[row.block]
        sizes = [floor(field.size) for field in row.fields] if row.fields else ["", ""]
        shape = "x".join(map(str, row.shape))
        costs = row.parameters, row.multiply_adds, row.memory
        writer.writerow([block.name, block.layer.title, shape, *costs, *sizes])
    totals = analysis.parameters, analysis.multiply_adds, analysis.memory
    writer.writerow(["total", "", "", *totals, "", ""])
    return text.getvalue()
