"""Keeps the courses of wires true to the places of blocks, with as little routing as possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.drawing.blocks.block_item import Outline
from cnngui.canvas.drawing.layout import BlockLayout
from cnngui.canvas.drawing.placing import rect_of
from cnngui.canvas.drawing.wires.lanes import Level, lanes
from cnngui.canvas.drawing.wires.wire_item import WireItem
from core.design.direction import Direction, Point
from core.design.folding import Folding
from core.design.graph import Wire
from core.drawing.route import Obstacles, Rect, Route, inner_levels, leads_back, minds_areas, route
from core.drawing.stretch import united

Ends = tuple[tuple[str, int], tuple[str, int]]
"""What is drawn at the start of a wire and at its end, and the numbers of the ports."""


_MANY_WIRES: Final = 1250
_FEW_COURSES: Final = 8


class Wiring:
    """Knows where blocks are, and which of them have come, gone, moved or grown since the last routing.

    All places are kept as seen along the design, the way that routing works: a design that runs another way
    needs another Wiring, which leads all wires anew.
    """

    def __init__(self, direction: Direction) -> None:
        self._direction = direction
        self._is_fresh = True
        self._bodies: dict[str, Rect] = {}
        self._layouts: dict[str, BlockLayout] = {}
        self._obstacles = Obstacles(())
        self._group_areas: dict[str, Rect] = {}
        self._areas = Obstacles(())
        self._placed: set[str] = set()
        self._touched: list[Rect] = []
        self._touched_for_areas: list[Rect] = []
        """What wires that mind areas follow, too: edges of groups that have moved, and all in a drag."""
        self._ends: dict[Wire, Ends] = {}
        self._levels: dict[Wire, tuple[Point, list[Level]]] = {}
        self._lanes: Mapping[Wire, float] = {}
        self._courses: dict[Wire, Route] = {}
        """Of all wires, as they would run without lanes."""
        self._led: set[Wire] = set()
        self._minding: set[Wire] = set()
        """Wires to which areas made a difference when they were led."""
        self._most: int | None = None
        """How many courses of a wire are tried."""

    def place(self, block_id: str, outline: Outline) -> None:
        """Notes the body of a block, and where its ports are."""
        self.remove(block_id)
        rect = rect_of(outline.body).turned(self._direction)
        self._bodies[block_id], self._layouts[block_id] = rect, outline.layout
        self._obstacles.add(rect)
        self._touched.append(rect)
        self._placed.add(block_id)

    def remove(self, block_id: str) -> None:
        """Notes that a block is gone."""
        before = self._bodies.pop(block_id, None)
        if before is not None:
            del self._layouts[block_id]
            self._obstacles.remove(before)
            self._touched.append(before)

    def place_groups(self, areas: Mapping[str, QRectF]) -> None:
        """Notes the areas of the open groups, all of them."""
        before = self._group_areas
        self._group_areas = {group: rect_of(area).turned(self._direction) for group, area in areas.items()}
        for group in before.keys() | self._group_areas.keys():
            old, new = before.get(group), self._group_areas.get(group)
            if old != new:
                if old is not None:
                    self._areas.remove(old)
                if new is not None:
                    self._areas.add(new)
                self._touched_for_areas += _changed(old, new)

    @property
    def has_changed(self) -> bool:
        """Whether blocks have come, gone, moved or grown since the last `update`."""
        return bool(self._touched or self._touched_for_areas)

    def is_free(self, area: QRectF) -> bool:
        """Whether no block touches an area of the plane."""
        return self._obstacles.free((rect_of(area).turned(self._direction),))

    def update(self, wires: Mapping[Wire, WireItem], folding: Folding, *, passing: bool = False) -> None:
        """Leads new wires, and anew those around which blocks have changed.

        While a drag is `passing`, wires that lead back wait for its end, unless they follow a block: each
        takes long, and they have much around them.
        """
        most = _most_courses(len(wires))
        self._is_fresh |= most != self._most
        self._most = most
        placed, self._placed = self._placed, set()
        touched = _Touched(self._touched)
        self._touched_for_areas += self._touched
        touched_for_areas = None if passing else _Touched(self._touched_for_areas)
        self._touched = []
        if not passing:
            self._touched_for_areas = []
        before, self._ends = self._ends, {}
        has_folded, has_led = bool(before or folding.boxes), False
        for wire, item in wires.items():
            around = item.decisive_area
            ends: Ends = (wire.source, 0), (wire.target, wire.input)
            if folding.boxes and (wire.source in folding.hidden or wire.target in folding.hidden):
                ends = folding.output_number(wire.source), folding.input_number(wire.target, wire.input)
                self._ends[wire] = ends
            if (
                around is None
                or self._is_fresh
                or (has_folded and before.get(wire) != self._ends.get(wire))
                or (passing and (ends[0][0] in placed or ends[1][0] in placed))
                or (touched.meets(around) and not (passing and self._leads_back(ends)))
                or (
                    touched_for_areas is not None
                    and touched_for_areas.meets(around)
                    and self._minds_areas(wire, ends)
                )
            ):
                self._lead(wire, ends, item)
                has_led = True
        self._is_fresh = False
        if not passing and (has_led or self._levels.keys() - wires.keys()):
            self._keep_apart(wires)

    def _keep_apart(self, wires: Mapping[Wire, WireItem]) -> None:
        """Leads wires aside that would run on another one. The order of wires decides, not what was first."""
        self._levels = {wire: found for wire, found in self._levels.items() if wire in wires}
        self._courses = {wire: found for wire, found in self._courses.items() if wire in wires}
        order = sorted(self._levels, key=lambda wire: (wire.source, wire.target, wire.input))
        before, led = self._lanes, self._led
        self._lanes = lanes((wire, *self._levels[wire]) for wire in order)
        self._led = set()
        for wire in (before.keys() | self._lanes.keys()) & wires.keys():
            lane = self._lanes.get(wire, 0.0)
            if before.get(wire, 0.0) != lane or (wire in led and lane):
                ends = self._ends.get(wire, ((wire.source, 0), (wire.target, wire.input)))
                self._lead_aside(wire, ends, wires[wire], lane)

    def _lead_aside(self, wire: Wire, ends: Ends, item: WireItem, lane: float) -> None:
        """In its lane; its course without one is known."""
        start, end, source, target = self._between(ends)
        course = self._courses[wire]
        if lane:
            aside = route(
                start, end, source, target, self._obstacles, areas=self._areas, aside=lane, most=self._most
            )
            course = replace(aside, area=united(course.area, aside.area))
        item.set_course(start, course, self._direction)

    def _between(self, ends: Ends) -> tuple[Point, Point, Rect, Rect]:
        """Where a wire begins and ends, and the areas of the blocks there."""
        (source_id, output), (target_id, input) = ends
        start = self._port(source_id, self._layouts[source_id].output_point(output))
        end = self._port(target_id, self._layouts[target_id].input_point(input))
        return start, end, self._bodies[source_id], self._bodies[target_id]

    def _lead(self, wire: Wire, ends: Ends, item: WireItem) -> None:
        start, end, source, target = self._between(ends)
        course = route(start, end, source, target, self._obstacles, areas=self._areas, most=self._most)
        self._courses[wire] = course
        self._led.add(wire)
        if levels := inner_levels(start, course.curves):
            self._levels[wire] = start, levels
        else:
            self._levels.pop(wire, None)
        if minds_areas(source, target, self._areas):
            self._minding.add(wire)
        else:
            self._minding.discard(wire)
        item.set_course(start, course, self._direction)

    def _leads_back(self, ends: Ends) -> bool:
        (source, _), (target, _) = ends
        return leads_back(self._bodies[source], self._bodies[target])

    def _minds_areas(self, wire: Wire, ends: Ends) -> bool:
        """Whether the areas of groups make a difference to a wire, or did when it was led."""
        (source, _), (target, _) = ends
        return wire in self._minding or minds_areas(self._bodies[source], self._bodies[target], self._areas)

    def _port(self, block_id: str, place: QPointF) -> Point:
        body, (along, across) = self._bodies[block_id], self._direction.turn((place.x(), place.y()))
        return body.left + along, body.top + across


def _most_courses(wires: int) -> int | None:
    """How many courses of each wire are tried: of thousands in a tangle, each would take milliseconds."""
    return _FEW_COURSES if wires > _MANY_WIRES else None


def _changed(old: Rect | None, new: Rect | None) -> Iterator[Rect]:
    """Where an area has come or gone; of one that has grown or shrunk, the strips along its edges."""
    if old is None or new is None:
        yield from (rect for rect in (old, new) if rect is not None)
        return
    left, right = min(old.left, new.left), max(old.right, new.right)
    top, bottom = min(old.top, new.top), max(old.bottom, new.bottom)
    for one, other in ((old.left, new.left), (old.right, new.right)):
        if one != other:
            yield Rect(min(one, other), top, max(one, other), bottom)
    for one, other in ((old.top, new.top), (old.bottom, new.bottom)):
        if one != other:
            yield Rect(left, min(one, other), right, max(one, other))


class _Touched:
    """Where something has come, gone, moved or grown."""

    def __init__(self, rects: list[Rect]) -> None:
        self._is_any = bool(rects)
        self._left = min((rect.left for rect in rects), default=0.0)
        self._top = min((rect.top for rect in rects), default=0.0)
        self._right = max((rect.right for rect in rects), default=0.0)
        self._bottom = max((rect.bottom for rect in rects), default=0.0)
        self._rects = Obstacles(rects)

    def meets(self, area: Rect) -> bool:
        """Whether an area has a point in common with any of it."""
        return (  # a thousand wires are asked for, and most are far away
            self._is_any
            and self._left < area.right
            and area.left < self._right
            and self._top < area.bottom
            and area.top < self._bottom
            and not self._rects.free((area,))
        )
