"""Where the keyboard goes from a block: along the network's order, or to the next block in a direction."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF

from core.errors import DesignError
from core.graph import Block, Graph


def following(graph: Graph, current: str | None, step: int) -> str | None:
    """The block `step` places on in the order of the network; None behind either end."""
    try:
        order = graph.order
    except DesignError:  # a file may hold a cycle
        order = tuple(graph.by_id)
    if current is None:
        return (order[0] if step > 0 else order[-1]) if order else None
    place = order.index(current) + step
    return order[place] if 0 <= place < len(order) else None


def neighbour(graph: Graph, current: str | None, way: QPointF) -> str | None:
    """The nearest block in a direction; blocks off to the side count as further away."""
    if current is None:
        return following(graph, None, 1)
    start = graph[current]

    def distance(block: Block) -> float:
        offset = QPointF(*block.position) - QPointF(*start.position)
        ahead = QPointF.dotProduct(offset, way)
        aside = abs(offset.x() * way.y() - offset.y() * way.x())
        return ahead + 2 * aside if ahead > aside / 2 else math.inf

    nearest = min((block for block in graph.blocks if block.id != current), key=distance, default=None)
    return nearest.id if nearest is not None and distance(nearest) < math.inf else None
