"""What can be seen of an arranged design: overlapping blocks, wires behind blocks, crossing wires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from core.design.direction import Point
from core.design.graph import Graph, Wire
from core.drawing.route import Curve, Obstacles, Rect, route
from tests.core.drawing.designs_for_layout import ports

_STEPS = 16
"""So many straight pieces stand for a curve."""


class Drawing:
    """A design with its blocks at these places and its wires on their routes."""

    def __init__(
        self, graph: Graph, places: Mapping[str, Point], sizes: Mapping[str, tuple[float, float]]
    ) -> None:
        self._graph = graph
        self.bodies = {
            block: Rect(x, y, x + sizes[block][0], y + sizes[block][1]) for block, (x, y) in places.items()
        }
        self._along = {block: body.turned(graph.direction) for block, body in self.bodies.items()}
        obstacles = Obstacles(self._along.values())
        turn = graph.direction.turn
        self.wires = {
            wire: [turn(point) for point in _points(*self._route(wire, obstacles))] for wire in graph.wires
        }

    def overlaps(self) -> list[tuple[str, str]]:
        """The pairs of blocks of which one covers the other."""
        return [(a, b) for a, b in combinations(self.bodies, 2) if self.bodies[a].meets(self.bodies[b])]

    def hidden(self) -> list[tuple[Wire, str]]:
        """Each wire that passes behind a block, with the block, be it one of its own."""
        by_place = Obstacles(self.bodies.values())
        names = {id(body): block for block, body in self.bodies.items()}
        return [
            (wire, names[id(body)])
            for wire, points in self.wires.items()
            for a, b in pairwise(points)
            for body in by_place.within(_around(a, b))
            if _passes(a, b, body)
        ]

    def crossings(self) -> int:
        """How often wires cross that come from different blocks and lead to different blocks' inputs."""
        lines = [
            (wire, a, b, _around(a, b)) for wire, points in self.wires.items() for a, b in pairwise(points)
        ]
        lines.sort(key=lambda line: line[3].left)
        found = 0
        for number, (wire, a, b, around) in enumerate(lines):
            for other, c, d, area in lines[number + 1 :]:
                if area.left > around.right:
                    break
                if wire.source != other.source and area.top <= around.bottom and around.top <= area.bottom:
                    found += _cross(a, b, c, d)
        return found

    def _route(self, wire: Wire, obstacles: Obstacles) -> tuple[Point, tuple[Curve, ...]]:
        """Along the design and across it."""
        source, target = self._along[wire.source], self._along[wire.target]
        _, output = ports(self._graph, wire.source, source)
        inputs, _ = ports(self._graph, wire.target, target)
        start, end = (source.right, source.top + output), (target.left, target.top + inputs[wire.input])
        return start, route(start, end, source, target, obstacles).curves


def _points(start: Point, curves: tuple[Curve, ...]) -> list[Point]:
    points = [start]
    for curve in curves:
        points += _sampled(points[-1], curve)
    return points


def _sampled(start: Point, curve: Curve) -> Iterator[Point]:
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        ends = (start, curve.first, curve.second, curve.end)
        yield (
            sum(w * x for w, (x, _) in zip(weights, ends, strict=True)),
            sum(w * y for w, (_, y) in zip(weights, ends, strict=True)),
        )


def _around(a: Point, b: Point) -> Rect:
    return Rect(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]) + 1e-6, max(a[1], b[1]) + 1e-6)


def _passes(a: Point, b: Point, body: Rect) -> bool:
    """Whether the piece of a wire from `a` to `b` enters a block, more than it touches its edge."""
    edge = 0.5
    for step in range(9):
        x, y = (a[axis] + step / 8 * (b[axis] - a[axis]) for axis in (0, 1))
        inside_x = body.left + edge < x < body.right - edge
        if inside_x and body.top + edge < y < body.bottom - edge:
            return True
    return False


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments from a to b and from c to d cross."""
    return _beside(a, b, c) != _beside(a, b, d) and _beside(c, d, a) != _beside(c, d, b)


def _beside(a: Point, b: Point, point: Point) -> bool:
    """On which side of the line from a to b a point is; on the line counts as one of both sides."""
    return (b[0] - a[0]) * (point[1] - a[1]) > (b[1] - a[1]) * (point[0] - a[0])
