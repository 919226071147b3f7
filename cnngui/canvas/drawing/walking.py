"""Where the keyboard goes from a block: to the next one in a direction."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPointF, Qt

from cnngui.canvas.drawing.scene import Scene
from core.design.graph import Graph
from core.errors import DesignError

ARROWS: Final = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
"""The ways that the arrow keys point."""


def neighbour(drawing: Scene, current: str | None, way: QPointF) -> str | None:
    """The nearest block or folded group in a direction; what is off to the side counts as further away.

    At first the first.
    """
    corners = {shown: body.topLeft() for shown, body in drawing.bodies().items()}
    if current is None:
        return next((drawing.shown(block) for block in _order(drawing.graph)), None)
    start = drawing.body(current).topLeft()

    def distance(shown: str) -> float:
        offset = corners[shown] - start
        ahead = QPointF.dotProduct(offset, way)
        aside = abs(offset.x() * way.y() - offset.y() * way.x())
        return ahead + 2 * aside if ahead > aside / 2 else math.inf

    others = [shown for shown in corners if shown != drawing.shown(current)]
    nearest = min(others, key=distance, default=None)
    return nearest if nearest is not None and distance(nearest) < math.inf else None


def _order(graph: Graph) -> Iterable[str]:
    try:
        return graph.order
    except DesignError:  # a file may hold a cycle
        return graph.by_id
