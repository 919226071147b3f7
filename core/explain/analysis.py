"""What the blocks of a design cost, and how much of the image they see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import Inference, cost, input_shapes
from core.layers.sight import Number, Span, Window, Windows
from core.maths.arrays import Shape
from core.maths.optim import Optimizer

Area: TypeAlias = tuple[Span, Span]
"""Rows and columns of an image."""

BYTES = 4
"""Of one number: the training computes in float32."""


@dataclass(frozen=True)
class Field:
    """The receptive field along one axis: output i sees `size` pixels from i·stride + start on.

    Pixels outside the image are padding. Behind layers that enlarge the image, `size` is an upper bound.
    """

    size: Number
    stride: Number
    start: Number


@dataclass(frozen=True)
class CostRow:
    """One block of the network. `memory` is in bytes; `fields` (rows, columns) is None if a unit sees all."""

    block: str
    shape: Shape
    parameters: int
    multiply_adds: int
    memory: int
    fields: tuple[Field, Field] | None


@dataclass(frozen=True)
class Analysis:
    """All blocks whose shape is known, in the order of the data's way, and their totals."""

    rows: tuple[CostRow, ...] = ()

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Of one forward pass of one sample."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def memory(self) -> int:
        """Bytes that a training step needs."""
        return sum(row.memory for row in self.rows)


def analyse(graph: Graph, inference: Inference, optimizer: Optimizer, batch_size: int) -> Analysis:
    """The cost of every block when `batch_size` samples make a step.

    A block's memory is its output for the whole batch, kept for the backward pass, and for each learned
    number its value, its gradient and what the optimiser keeps of it. An executor may need less, where it
    uses memory again, or more for its own work. The copies of a repeated group have rows of their own.
    """
    graph, shapes = expand(graph).network, inference.shapes
    if not shapes:
        return Analysis()  # nothing is known where the wires make a cycle
    fields = receptive_fields(graph, shapes)
    copies = 2 + len(optimizer.slots)
    rows = []
    for block_id in filter(shapes.__contains__, graph.order):
        found = cost(graph, block_id, shapes)
        assert found is not None  # the shape is known
        kept = prod(shapes[block_id]) * batch_size if graph[block_id].layer.has_output else 0
        memory = BYTES * (kept + copies * found.parameters)
        sums = found.parameters, found.multiply_adds, memory
        rows.append(CostRow(block_id, shapes[block_id], *sums, fields.get(block_id)))
    return Analysis(tuple(rows))


def receptive_fields(graph: Graph, shapes: dict[str, Shape]) -> dict[str, tuple[Field, Field]]:
    """The receptive field (rows, columns) of each block whose units don't all see the whole image.

    A window of size k, stride s and start p makes of the field (r, j, a) before it the field
    (r + (k - 1)·j, j·s, a + p·j): the recurrences of Araujo, Norris and Sim 2019, "Computing Receptive
    Fields of Convolutional Neural Networks", Distill, doi:10.23915/distill.00021.
    Where branches meet, the field is the smallest that holds the fields of all of them.
    """
    graph = expand(graph).network
    found: dict[str, tuple[Field, Field]] = {}
    for block_id in filter(shapes.__contains__, graph.order):
        entries = _entries(graph, block_id, shapes)
        if not entries and len(shapes[block_id]) == 3:
            found[block_id] = (_PIXEL, _PIXEL)
        behind = [
            (_behind(found[source][0], windows[0]), _behind(found[source][1], windows[1]))
            for source, windows in entries
            if windows is not None and source in found
        ]
        if entries and len(behind) == len(entries):
            found[block_id] = _union([rows for rows, _ in behind]), _union([columns for _, columns in behind])
    return found


def seen_area(graph: Graph, shapes: dict[str, Shape], block_id: str, unit: tuple[int, int]) -> Area | None:
    """The pixels of the input image that a unit of a block depends on, padding left out.

    `unit` is the row and the column of the unit; of a vector, every unit sees the same. None where the design
    begins with a vector, or where the unit sees nothing but padding. A repeated block means its last copy.
    """
    graph = expand(graph).network
    areas: dict[str, Area | None] = {
        block_id: ((unit[0], unit[0]), (unit[1], unit[1])) if len(shapes[block_id]) == 3 else None
    }
    seen: list[Area] = []
    for current in reversed(graph.order):
        if current not in areas:
            continue
        area, entries = areas[current], _entries(graph, current, shapes)
        if not entries and len(shapes[current]) == 3:
            seen.append(area or _everything(shapes[current]))
        for source, windows in entries:
            if len(shapes[source]) != 3 or windows is None or area is None:
                areas[source] = None
                continue
            before = _inside(_through(area, windows), shapes[source])
            if before is not None and areas.get(source, before) is not None:
                areas[source] = _joined(areas.get(source) or before, before)
    return seen[0] if seen else None


_PIXEL = Field(1, 1, 0)


def _entries(graph: Graph, block_id: str, shapes: dict[str, Shape]) -> list[tuple[str, Windows | None]]:
    """The blocks before a block, and what of their images one of its units sees; None for everything."""
    entering = input_shapes(graph, block_id, shapes) or []
    windows = graph[block_id].layer.windows(*entering) if len(shapes[block_id]) == 3 else ()
    images = [len(shape) == 3 for shape in entering]
    sources = [wire.source for wire in graph.incoming(block_id)]
    known = windows or (None,) * len(sources)
    return [(s, w if image else None) for s, w, image in zip(sources, known, images, strict=True)]


def _behind(field: Field, window: Window) -> Field:
    return Field(
        field.size + (window.size - 1) * field.stride,
        field.stride * window.stride,
        field.start + window.start * field.stride,
    )


def _union(fields: Sequence[Field]) -> Field:
    start = min(field.start for field in fields)
    end = max(field.start + field.size for field in fields)
    return Field(end - start, max(field.stride for field in fields), start)


def _through(area: Area, windows: Windows) -> Area:
    return windows[0].span(*area[0]), windows[1].span(*area[1])


def _inside(area: Area, shape: Shape) -> Area | None:
    """The part of an area that isn't padding."""
    (top, bottom), (left, right) = area
    rows, columns = (max(top, 0), min(bottom, shape[1] - 1)), (max(left, 0), min(right, shape[2] - 1))
    return (rows, columns) if rows[0] <= rows[1] and columns[0] <= columns[1] else None


def _joined(a: Area, b: Area) -> Area:
    rows, columns = ((min(p[0], q[0]), max(p[1], q[1])) for p, q in zip(a, b, strict=True))
    return rows, columns


def _everything(shape: Shape) -> Area:
    return (0, shape[1] - 1), (0, shape[2] - 1)
