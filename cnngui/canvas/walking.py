"""Where the keyboard goes from a block: to the next one in a direction."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPointF, Qt

from core.errors import DesignError
from core.graph import Block, Graph

ARROWS: Final = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
"""The ways that the arrow keys point."""


def neighbour(graph: Graph, current: str | None, way: QPointF) -> str | None:
    """The nearest block in a direction; blocks off to the side count as further away. At first the first."""
    if current is None:
        return next(iter(_order(graph)), None)
    start = graph[current]

    def distance(block: Block) -> float:
        offset = QPointF(*block.position) - QPointF(*start.position)
        ahead = QPointF.dotProduct(offset, way)
        aside = abs(offset.x() * way.y() - offset.y() * way.x())
        return ahead + 2 * aside if ahead > aside / 2 else math.inf

    nearest = min((block for block in graph.blocks if block.id != current), key=distance, default=None)
    return nearest.id if nearest is not None and distance(nearest) < math.inf else None


def _order(graph: Graph) -> Iterable[str]:
    try:
        return graph.order
    except DesignError:  # a file may hold a cycle
        return graph.by_id
