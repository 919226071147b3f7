"""Keeps the courses of wires true to the places of blocks, with as little routing as possible."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.layout import input_point, output_point
from cnngui.canvas.wire_item import WireItem
from core.graph import Wire
from core.route import Obstacles, Point, Rect, route


class Wiring:
    """Knows where blocks are, and which of them have come, gone, moved or grown since the last routing."""

    def __init__(self) -> None:
        self._bodies: dict[str, Rect] = {}
        self._obstacles = Obstacles(())
        self._touched: list[Rect] = []

    def place(self, block_id: str, body: QRectF | None) -> None:
        """Notes the body of a block, or that the block is gone."""
        before = self._bodies.pop(block_id, None)
        if before is not None:
            self._obstacles.remove(before)
            self._touched.append(before)
        if body is not None:
            rect = Rect(body.left(), body.top(), body.right(), body.bottom())
            self._bodies[block_id] = rect
            self._obstacles.add(rect)
            self._touched.append(rect)

    def update(self, wires: Mapping[Wire, WireItem]) -> bool:
        """Leads new wires, and anew those around which blocks have changed. Gives whether any have."""
        touched, self._touched = self._touched, []
        near, whole = Obstacles(touched), _bounds(touched)
        for wire, item in wires.items():
            around = item.decisive_area
            if around is None or (whole is not None and whole.meets(around) and not near.free((around,))):
                self._lead(wire, item)
        return bool(touched)

    def _lead(self, wire: Wire, item: WireItem) -> None:
        source, target = self._bodies[wire.source], self._bodies[wire.target]
        start, end = _port(source, output_point()), _port(target, input_point(wire.input))
        item.set_course(start, route(start, end, source, target, self._obstacles))


def _port(body: Rect, place: QPointF) -> Point:
    return body.left + place.x(), body.top + place.y()


def _bounds(rects: list[Rect]) -> Rect | None:
    if not rects:
        return None
    return Rect(
        min(rect.left for rect in rects),
        min(rect.top for rect in rects),
        max(rect.right for rect in rects),
        max(rect.bottom for rect in rects),
    )
