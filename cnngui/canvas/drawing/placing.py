"""Where new blocks go: on the grid, and not on top of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import ceil

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.drawing.layout import PLAIN, ROW_DISTANCE
from cnngui.theme.theme import BLOCK_HEADER, GRID
from core.design import edits
from core.design.direction import Direction
from core.design.folding import folding
from core.design.graph import Block, Graph, Place, Wire
from core.drawing.arrange import moved as arranged
from core.drawing.measures import BLOCK_GAP, BLOCK_WIDTH, ROW_GAP
from core.drawing.route import Obstacles, Rect
from core.drawing.stretch import moved


def snapped(value: float) -> float:
    """The nearest line of the grid."""
    return float(round(value / GRID) * GRID)


def rect_of(area: QRectF) -> Rect:
    """An area of the plane as `core` has it."""
    return Rect(area.left(), area.top(), area.right(), area.bottom())


def area_of(rect: Rect) -> QRectF:
    """The same the other way round."""
    return QRectF(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)


def under_cursor(point: QPointF) -> Place:
    """The position of a block whose header the cursor holds in the middle."""
    return snapped(point.x() - BLOCK_WIDTH / 2), snapped(point.y() - BLOCK_HEADER / 2)


def free_place(wanted: Rect, taken: Iterable[Rect], direction: Direction) -> Place:
    """The first place from `wanted` aside where a block of that size covers none of the `taken` areas.

    Aside is down where the design runs to the right, and to the right where it runs down.
    """
    place = wanted.turned(direction)
    areas = [area.turned(direction) for area in taken]
    breadth = place.bottom - place.top
    while blocking := [area for area in areas if area.meets(place)]:
        top = snapped(max(area.bottom for area in blocking) + ROW_GAP)
        place = replace(place, top=top, bottom=top + breadth)
    return direction.turn((snapped(place.left), snapped(place.top)))


def way_aside(places: Sequence[Rect], taken: Iterable[Rect]) -> Place:
    """The shortest way to where none of the places lies on what is `taken`: down, up, right or left."""
    obstacles = Obstacles(taken)
    ways = (_way_past(places, obstacles, heading) for heading in ((0, 1), (0, -1), (1, 0), (-1, 0)))
    return min(ways, key=lambda way: abs(way[0]) + abs(way[1]))


def _way_past(places: Sequence[Rect], obstacles: Obstacles, heading: tuple[int, int]) -> Place:
    """How far to go in one direction, on the grid, until nothing is there."""
    far, (dx, dy) = 0, heading
    while past := [
        _past(place, area, heading)
        for place in (moved(place, (dx * far, dy * far)) for place in places)
        for area in obstacles.within(place)
    ]:
        far += ceil((max(past) + ROW_GAP) / GRID) * GRID
    return float(dx * far), float(dy * far)


def _past(place: Rect, area: Rect, heading: tuple[int, int]) -> float:
    """How far a place has to go in this direction to be past an area."""
    return {
        (0, 1): area.bottom - place.top,
        (0, -1): place.bottom - area.top,
        (1, 0): area.right - place.left,
        (-1, 0): place.right - area.left,
    }[heading]


def behind(corner: Place, length: float, direction: Direction) -> Place:
    """The place of a block behind one of this length at `corner`, the way that the design runs."""
    along, across = direction.turn(corner)
    return direction.turn((along + length + BLOCK_GAP, across))


def insert(graph: Graph, block: Block, wires: Sequence[Wire], length: Callable[[str], float]) -> Graph:
    """`edits.insert`; where a row is too narrow for the block, what stands behind it makes room.

    `length` gives how long each block is, or the folded group that hides it, the way that the design runs.
    Top down, a row is a column.
    """
    wire, *others = wires
    turn, seen = graph.direction.turn, folding(graph)
    corners = seen.corners(graph)
    source = corners[seen.shown(wire.source)]
    (begin, line), (end, end_line) = turn(source), turn(corners[seen.shown(wire.target)])
    place = behind(source, length(wire.source), graph.direction)
    missing = turn(place)[0] + turn(PLAIN.room)[0] + BLOCK_GAP - end
    leads_back = end < begin + length(wire.source)
    if missing <= 0 or leads_back or abs(end_line - line) >= ROW_DISTANCE:
        return edits.insert(graph, block, wire, others)
    places = {}
    for shown, corner in corners.items():
        along, across = turn(corner)
        if along >= end and abs(across - end_line) < ROW_DISTANCE:
            places[shown] = turn((along + missing, across))
    inserted = edits.insert(graph, replace(block, position=place), wire, others)
    return edits.move(inserted, arranged(graph, places))
