"""Keeps the courses of wires true to the places of blocks, with as little routing as possible."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.layout import input_point, output_point
from cnngui.canvas.wire_item import WireItem
from core.folding import Folding
from core.graph import Wire
from core.route import Obstacles, Point, Rect, route

Ends = tuple[tuple[str, int], tuple[str, int]]
"""What is drawn at the start of a wire and at its end, and the numbers of the ports."""


class Wiring:
    """Knows where blocks are, and which of them have come, gone, moved or grown since the last routing."""

    def __init__(self) -> None:
        self._bodies: dict[str, Rect] = {}
        self._obstacles = Obstacles(())
        self._touched: list[Rect] = []
        self._ends: dict[Wire, Ends] = {}

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

    @property
    def has_changed(self) -> bool:
        """Whether blocks have come, gone, moved or grown since the last `update`."""
        return bool(self._touched)

    def update(self, wires: Mapping[Wire, WireItem], folding: Folding) -> None:
        """Leads new wires, and anew those around which blocks have changed."""
        touched, self._touched = self._touched, []
        near, whole = Obstacles(touched), _bounds(touched)
        before, self._ends = self._ends, {}
        has_folded = bool(before or folding.boxes)
        for wire, item in wires.items():
            around = item.decisive_area
            ends: Ends = (wire.source, 0), (wire.target, wire.input)
            if folding.boxes and (wire.source in folding.hidden or wire.target in folding.hidden):
                ends = folding.output_number(wire.source), folding.input_number(wire.target, wire.input)
                self._ends[wire] = ends
            if (
                around is None
                or (has_folded and before.get(wire) != self._ends.get(wire))
                or (whole is not None and whole.meets(around) and not near.free((around,)))
            ):
                self._lead(ends, item)

    def _lead(self, ends: Ends, item: WireItem) -> None:
        (source_id, output), (target_id, input) = ends
        source, target = self._bodies[source_id], self._bodies[target_id]
        start, end = _port(source, output_point(output)), _port(target, input_point(input))
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
