"""The course of a wire from an output to an input, around the blocks that are in its way.

All of it is for a design that runs to the right; of another one, places are turned before and courses after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product
from math import floor
from typing import Final

from core.design.direction import Direction, Point

TURN: Final = 64
"""A long wire runs straight and turns up or down within this width, in pixels."""
_SWEEP: Final = 160
"""A shorter wire is one smooth sweep."""
_STEEP: Final = 2
"""But one that is so much higher than wide has corners, if there is room: it would come near other wires."""
STUB: Final = 24
"""A wire that leads back leaves and enters its blocks straight for this long."""
FAR_STUB: Final = 40
"""The same where it then passes other blocks, whose own wires are nearer to them."""
_BESIDE_EDGE: Final = 8
"""And then it turns this far outside of the edge of an area that it leaves or enters."""
_LONG: Final = 160
"""A vertical run longer than this passes other blocks."""
CLEARANCE: Final = 20
"""Wires that go around a block keep this far from it."""
_FAR: Final = 320
"""A detour leads at most this far beyond the ends of a wire and its blocks."""
_MARGIN: Final = 6
"""Nothing may be nearer to a wire than this."""
_CORNER: Final = 12
_WIDE: Final = 1024
_HIGH: Final = 128
"""A cell for finding blocks: wide, since what is asked for are mostly the long level parts of wires."""


@dataclass(frozen=True)
class Rect:
    """A rectangle, in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Rect) -> bool:
        """Whether the insides have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains(self, other: Rect) -> bool:
        """Whether the other one lies wholly in this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def turned(self, direction: Direction) -> Rect:
        """As seen along a direction (`Direction.turn`)."""
        return Rect(*direction.turn((self.left, self.top)), *direction.turn((self.right, self.bottom)))


@dataclass(frozen=True)
class Curve:
    """A cubic Bézier curve from where the last one ended."""

    first: Point
    second: Point
    end: Point


_Cell = tuple[int, int]
_Span = tuple[float, float]
"""Top and bottom."""


class Obstacles:
    """The blocks of a design, found by place."""

    def __init__(self, bodies: Iterable[Rect]) -> None:
        self._cells: dict[_Cell, dict[Rect, int]] = defaultdict(dict)
        """How many blocks have each body: in a heap of blocks, thousands have the same."""
        self._spans: dict[_Cell, set[_Span]] = {}
        for body in bodies:
            self.add(body)

    def add(self, body: Rect) -> None:
        for cell in _cells(body):
            bodies = self._cells[cell]
            bodies[body] = bodies.get(body, 0) + 1
            self._spans.pop(cell, None)

    def remove(self, body: Rect) -> None:
        """Takes away what was added."""
        for cell in _cells(body):
            bodies = self._cells[cell]
            bodies[body] -= 1
            if not bodies[body]:
                del bodies[body]
            self._spans.pop(cell, None)

    def within(self, area: Rect) -> Iterator[Rect]:
        """The blocks that an area touches, some of them more than once."""
        left, top, right, bottom = area.left, area.top, area.right, area.bottom
        for cell in _cells(area):
            for body in self._cells.get(cell, ()):
                # `body.meets(area)`, but a design asks a million times
                if body.left < right and left < body.right and body.top < bottom and top < body.bottom:
                    yield body

    def spans(self, area: Rect) -> set[_Span]:
        """The tops and bottoms of the blocks that an area touches: few, since blocks stand in rows."""
        found: set[_Span] = set()
        columns, rows = _ranges(area)
        for column in columns:
            is_within = area.left < column * _WIDE and (column + 1) * _WIDE < area.right
            for row in rows:
                cell = column, row
                bodies = self._cells.get(cell)
                if not bodies:
                    continue
                if cell not in self._spans:
                    self._spans[cell] = {(body.top, body.bottom) for body in bodies}
                if is_within:
                    found |= self._spans[cell]
                else:
                    across = (body for body in bodies if body.left < area.right and area.left < body.right)
                    found.update((body.top, body.bottom) for body in across)
        return {span for span in found if span[0] < area.bottom and area.top < span[1]}

    def free(self, areas: Iterable[Rect]) -> bool:
        """Whether no block touches any of the areas."""
        for area in areas:  # noqa: SIM110  # a drag asks a thousand times a step, and a generator takes longer
            if self._touched(area):
                return False
        return True

    def _touched(self, area: Rect) -> bool:
        """Whether a block touches an area: `within` without its generator, which is what takes the time."""
        left, top, right, bottom = area.left, area.top, area.right, area.bottom
        columns, rows = _ranges(area)
        for column in columns:
            for row in rows:
                for body in self._cells.get((column, row), ()):
                    if body.left < right and left < body.right and body.top < bottom and top < body.bottom:
                        return True
        return False


@dataclass(frozen=True)
class Route:
    """The course of a wire, as curves from its start."""

    curves: tuple[Curve, ...]
    area: Rect
    """A block that neither was nor is in this area makes no difference to the course."""


_NO_AREAS: Final = Obstacles(())


def route(
    start: Point,
    end: Point,
    source: Rect,
    target: Rect,
    obstacles: Obstacles,
    *,
    areas: Obstacles = _NO_AREAS,
    aside: float = 0.0,
    most: int | None = None,
) -> Route:
    """The wire from the output `start` of the block `source` to the input `end` of `target`.

    The first course that is free of blocks is taken: one sweep; straight on and then a turn; a turn and then
    straight on; along a line above or below what is in the way. Where none is free, the wire passes behind
    blocks. Where it can, a wire turns outside of those `areas` that it comes from or leads into, so that it
    passes through their edges and not along them; one that leads back keeps clear of the edges of all others,
    too: it may cross them. The course depends on blocks and areas alone, not on other wires: to keep off one
    of these, `aside` puts all lines so much lower. Where there are very many wires, only the first `most`
    courses are tried.
    """
    is_back = leads_back(source, target)
    out, into = _straight(start, end, source, target, areas)
    around = _surroundings(source, target, max(out, into, FAR_STUB) if is_back else FAR_STUB)

    def lines() -> list[float]:
        near = obstacles if most is None else _NO_AREAS
        found = _lines(start[1], end[1], source, target, near, areas=areas, around=around)
        return [line + aside for line in found]

    first = None
    courses = (_back if is_back else _forward)(start, end, lines, out=out, into=into)
    for course in islice(courses, most):
        if obstacles.free(course.areas()):
            return Route(course.curves(), _decisive(course, around))
        first = first or course
    assert first is not None, "the blocks themselves give lines"
    return Route(first.curves(), around)


def leads_back(source: Rect, target: Rect) -> bool:
    """Whether a wire has no room to run forward."""
    return target.left - source.right < STUB


def inner_levels(start: Point, curves: Sequence[Curve]) -> list[tuple[float, float, float]]:
    """The level parts of a course that neither begin nor end it: the height, and from where to where."""
    ends = [start, *(curve.end for curve in curves)]
    return [(a[1], min(a[0], b[0]), max(a[0], b[0])) for a, b in list(pairwise(ends))[1:-1] if a[1] == b[1]]


def minds_areas(source: Rect, target: Rect, areas: Obstacles) -> bool:
    """Whether `areas` may make a difference: to a wire that leads back, out of one of them, or into one."""
    return (
        leads_back(source, target)
        or any(not area.contains(target) for area in areas.within(source))
        or any(not area.contains(source) for area in areas.within(target))
    )


def _straight(start: Point, end: Point, source: Rect, target: Rect, areas: Obstacles) -> tuple[float, float]:
    """How long a wire has to be straight, at its start and at its end, to turn outside of areas."""
    left = [area.right for area in areas.within(source) if _holds(area, source, target)]
    entered = [area.left for area in areas.within(target) if _holds(area, target, source)]
    out = max((edge + _BESIDE_EDGE - start[0] for edge in left), default=0.0)
    return out, max((end[0] + _BESIDE_EDGE - edge for edge in entered), default=0.0)


def _holds(area: Rect, one: Rect, other: Rect) -> bool:
    return area.contains(one) and not area.contains(other)


def _surroundings(source: Rect, target: Rect, reach: float) -> Rect:
    """All courses of a wire are in this area, if those that lead back are straight for at most `reach`."""
    return Rect(
        min(source.left, target.left) - reach - _MARGIN,
        min(source.top, target.top) - _FAR,
        max(source.right, target.right) + reach + _MARGIN,
        max(source.bottom, target.bottom) + _FAR,
    )


def _decisive(course: _Turns | _Corners, around: Rect) -> Rect:
    """The area of this course and of all that go before it: they make no longer detour, up or down."""
    heights = [y for _, y in course.points]
    low, high = min(heights[0], heights[-1]), max(heights[0], heights[-1])
    detour = max(low - min(heights), max(heights) - high)
    reach = detour + CLEARANCE + _MARGIN
    return Rect(around.left, low - reach, around.right, high + reach)


@dataclass(frozen=True)
class _Turns:
    """Points joined by straight lines where they are level, else by smooth turns."""

    points: tuple[Point, ...]

    def areas(self) -> Iterator[Rect]:
        for a, b in pairwise(self.points):
            low, high = min(a[1], b[1]), max(a[1], b[1])
            yield Rect(a[0], low - _MARGIN, b[0], high + _MARGIN)

    def curves(self) -> tuple[Curve, ...]:
        return tuple(_turn(a, b) for a, b in pairwise(self.points))

    def prolonged(self, start: Point, end: Point) -> _Turns:
        """The same from further behind to further on, each at its height."""
        return _Turns(_without_level_joints((start, *self.points, end)))


@dataclass(frozen=True)
class _Corners:
    """Points joined by level and upright lines with rounded corners."""

    points: tuple[Point, ...]

    def areas(self) -> Iterator[Rect]:
        for a, b in pairwise(self.points):
            upright = a[0] == b[0]
            wide, high = (_MARGIN, 0) if upright else (0, _MARGIN)
            yield Rect(
                min(a[0], b[0]) - wide, min(a[1], b[1]) - high, max(a[0], b[0]) + wide, max(a[1], b[1]) + high
            )

    def curves(self) -> tuple[Curve, ...]:
        found = []
        at = self.points[0]
        for before, corner, after in zip(self.points, self.points[1:], self.points[2:], strict=False):
            enter, leave = _towards(corner, before), _towards(corner, after)
            found += [_line(at, enter), Curve(_mix(enter, corner, 2 / 3), _mix(leave, corner, 2 / 3), leave)]
            at = leave
        return (*found, _line(at, self.points[-1]))

    def prolonged(self, start: Point, end: Point) -> _Corners:
        """The same from further behind to further on, each at its height."""
        return _Corners((start, *self.points[1:-1], end))


def _forward(
    start: Point, end: Point, lines: Callable[[], list[float]], *, out: float, into: float
) -> Iterator[_Turns | _Corners]:
    for begin, stop in dict.fromkeys(((out, into), (out, 0.0), (0.0, into))):
        if (begin or stop) and begin + STUB + stop <= end[0] - start[0]:
            for course in _between((start[0] + begin, start[1]), (end[0] - stop, end[1]), lines):
                yield course.prolonged(start, end)
    yield from _between(start, end, lines)


def _between(start: Point, end: Point, lines: Callable[[], list[float]]) -> Iterator[_Turns | _Corners]:
    (x, y), (to_x, to_y) = start, end
    if TURN < to_x - x <= _SWEEP and abs(to_y - y) > _STEEP * (to_x - x):
        yield _Corners((start, ((x + to_x) / 2, y), ((x + to_x) / 2, to_y), end))
    if to_x - x <= _SWEEP:
        yield _Turns((start, end))
    turn = min(TURN, to_x - x)
    yield _Turns((start, (to_x - turn, y), end))
    yield _Turns((start, (x + turn, to_y), end))
    if to_x - x < 2 * STUB:
        return
    for line in lines():
        if to_x - x >= 2 * turn:
            yield _Turns((start, (x + turn, line), (to_x - turn, line), end))
        yield _Corners(
            (start, (x + STUB, y), (x + STUB, line), (to_x - STUB, line), (to_x - STUB, to_y), end)
        )


def _back(
    start: Point, end: Point, lines: Callable[[], list[float]], *, out: float, into: float
) -> Iterator[_Corners]:
    (x, y), (to_x, to_y) = start, end
    for line in lines():
        turn = x + max(out, FAR_STUB if abs(line - y) > _LONG else STUB)
        turn_in = to_x - max(into, FAR_STUB if abs(line - to_y) > _LONG else STUB)
        yield _Corners((start, (turn, y), (turn, line), (turn_in, line), (turn_in, to_y), end))


def _lines(
    y: float,
    to_y: float,
    source: Rect,
    target: Rect,
    obstacles: Obstacles,
    *,
    areas: Obstacles,
    around: Rect,
) -> list[float]:
    """Heights just above and below the blocks `around` a wire, those that need the shortest detour first.

    A wire that leads back prefers the widest gap between the heights of its ends, that is between the rows,
    and there what isn't near the edge of an area.
    """
    spans = {(source.top, source.bottom), (target.top, target.bottom)} | obstacles.spans(around)
    is_back = leads_back(source, target)
    edged = areas.spans(around) if is_back else set()
    spans |= edged
    lines = {line for top, bottom in spans for line in (top - CLEARANCE, bottom + CLEARANCE)}
    near = [line for line in lines if around.top + _MARGIN < line < around.bottom - _MARGIN]
    gaps = _gaps(spans, min(y, to_y), max(y, to_y)) if is_back else []
    edges = {edge for span in edged for edge in span}

    def rank(line: float) -> tuple[float, float, bool, float, float]:
        room = next((high - low for low, high in gaps if low < line < high), 0.0)
        is_near_an_edge = any(abs(line - edge) < CLEARANCE for edge in edges)
        return abs(line - y) + abs(line - to_y), -room, is_near_an_edge, abs(line - y), -line

    return sorted(near, key=rank)


def _gaps(spans: Iterable[_Span], low: float, high: float) -> list[_Span]:
    """The heights between two at which there is no block at all."""
    found = []
    for top, bottom in sorted(spans):
        if low < top and low < high:
            found.append((low, min(top, high)))
        low = max(low, bottom)
    return found


def _without_level_joints(points: Sequence[Point]) -> tuple[Point, ...]:
    """A label needs a long part: what runs on level is one."""
    inner = zip(points, points[1:], points[2:], strict=False)
    kept = (point for before, point, after in inner if not before[1] == point[1] == after[1])
    return points[0], *kept, points[-1]


def _turn(start: Point, end: Point) -> Curve:
    middle = (start[0] + end[0]) / 2
    return Curve((middle, start[1]), (middle, end[1]), end)


def _line(start: Point, end: Point) -> Curve:
    return Curve(_mix(start, end, 1 / 3), _mix(start, end, 2 / 3), end)


def _mix(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _towards(corner: Point, other: Point) -> Point:
    """Where the rounding of a corner ends on the way to another point."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    return corner if length == 0 else _mix(corner, other, min(_CORNER, length / 2) / length)


def _ranges(area: Rect) -> tuple[range, range]:
    """The columns and the rows of the cells that an area touches."""
    columns = range(floor(area.left / _WIDE), floor(area.right / _WIDE) + 1)
    return columns, range(floor(area.top / _HIGH), floor(area.bottom / _HIGH) + 1)


def _cells(area: Rect) -> Iterator[_Cell]:
    return product(*_ranges(area))
