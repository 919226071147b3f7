"""Where new blocks go: on the grid, and not on top of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.layout import ROW
from cnngui.theme import BLOCK_HEADER, BLOCK_WIDTH, GRID
from core import edits
from core.graph import Block, Graph, Wire
from core.route import Rect

GAP: Final = 12 * GRID
"""Between a block and the one appended to it: room for the wire."""
_ROW_GAP: Final = 6 * GRID


def snapped(value: float) -> float:
    """The nearest line of the grid."""
    return float(round(value / GRID) * GRID)


def rect_of(area: QRectF) -> Rect:
    """An area of the plane as `core` has it."""
    return Rect(area.left(), area.top(), area.right(), area.bottom())


def area_of(rect: Rect) -> QRectF:
    """The same the other way round."""
    return QRectF(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)


def under_cursor(point: QPointF) -> tuple[float, float]:
    """The position of a block whose header the cursor holds in the middle."""
    return snapped(point.x() - BLOCK_WIDTH / 2), snapped(point.y() - BLOCK_HEADER / 2)


def free_place(wanted: QRectF, taken: Sequence[QRectF]) -> tuple[float, float]:
    """The first place from `wanted` downwards where a block of that size covers none of the `taken` areas."""
    place = QRectF(wanted)
    while blocking := [area for area in taken if area.intersects(place)]:
        place.moveTop(snapped(max(area.bottom() for area in blocking) + _ROW_GAP))
    return snapped(place.x()), snapped(place.y())


def insert(graph: Graph, block: Block, wires: Sequence[Wire]) -> Graph:
    """`edits.insert`; where a row is too narrow for the block, what stands to its right makes room."""
    wire, *others = wires
    (x, y), (end, end_y) = graph[wire.source].position, graph[wire.target].position
    missing = x + 2 * (BLOCK_WIDTH + GAP) - end
    leads_back = end < x + BLOCK_WIDTH
    if missing <= 0 or leads_back or abs(end_y - y) >= ROW:
        return edits.insert(graph, block, wire, others)
    moved = {
        other.id: (other.position[0] + missing, other.position[1])
        for other in graph.blocks
        if other.position[0] >= end and abs(other.position[1] - end_y) < ROW
    }
    placed = replace(block, position=(x + BLOCK_WIDTH + GAP, y))
    return edits.move(edits.insert(graph, placed, wire, others), moved)
