"""The course of wires around blocks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.design.direction import Point
from core.drawing.route import Curve, Obstacles, Rect, Route, route

WIDTH, HEIGHT, PORT = 168.0, 76.0, 44.0
PLACES = st.tuples(*[st.integers(-200, 200).map(lambda step: 8.0 * step)] * 2)


def body(place: Point, height: float = HEIGHT) -> Rect:
    return Rect(place[0], place[1], place[0] + WIDTH, place[1] + height)


def routed(source: Rect, target: Rect, *others: Rect) -> Route:
    start, end = (source.right, source.top + PORT), (target.left, target.top + PORT)
    return route(start, end, source, target, Obstacles([source, target, *others]))


def course(source: Rect, target: Rect, *others: Rect) -> tuple[Curve, ...]:
    return routed(source, target, *others).curves


def heights(curves: tuple[Curve, ...]) -> list[float]:
    """The highest and the lowest place that a wire may touch: curves stay among their control points."""
    found = [y for curve in curves for _, y in (curve.first, curve.second, curve.end)]
    return [min(found), max(found)]


@given(source=PLACES, target=PLACES, others=st.lists(PLACES, max_size=6))
def test_a_wire_joins_its_ends_without_a_gap_or_a_kink(
    source: Point, target: Point, others: list[Point]
) -> None:
    start, goal = body(source), body(target)
    curves = course(start, goal, *map(body, others))
    assert curves[0].first[1] == start.top + PORT, "it leaves to the right"
    assert curves[0].first[0] >= start.right
    assert curves[-1].second[1] == goal.top + PORT, "it enters from the left"
    assert curves[-1].second[0] <= goal.left
    assert curves[-1].end == (goal.left, goal.top + PORT)
    for before, after in pairwise(curves):
        arriving = (before.end[0] - before.second[0], before.end[1] - before.second[1])
        leaving = (after.first[0] - before.end[0], after.first[1] - before.end[1])
        assert abs(arriving[0] * leaving[1] - arriving[1] * leaving[0]) < 1e-6
        assert arriving[0] * leaving[0] + arriving[1] * leaving[1] >= 0


@given(source=PLACES, target=PLACES, others=st.lists(PLACES, max_size=6), far=PLACES)
def test_blocks_beyond_its_area_make_no_difference(
    source: Point, target: Point, others: list[Point], far: Point
) -> None:
    start, goal = body(source), body(target)
    near = [body(place) for place in others]
    without, with_it = routed(start, goal, *near), routed(start, goal, *near, body(far))
    if not body(far).meets(without.area) or not body(far).meets(with_it.area):
        assert with_it == without


@given(source=PLACES, target=PLACES, others=st.lists(PLACES, max_size=6))
def test_the_blocks_of_a_wire_are_in_its_area(source: Point, target: Point, others: list[Point]) -> None:
    start, goal = body(source), body(target)
    area = routed(start, goal, *map(body, others)).area
    assert start.meets(area)
    assert goal.meets(area)


def test_neighbours_are_joined_by_one_sweep() -> None:
    assert len(course(body((0, 0)), body((240, 100)))) == 1


def test_a_long_wire_runs_straight_and_turns_at_its_end() -> None:
    straight, turn = course(body((0, 0)), body((1000, 200)))
    assert straight.end == (936.0, PORT)
    assert turn.end == (1000.0, 200 + PORT)


def test_a_long_wire_turns_at_once_where_its_row_is_taken() -> None:
    turn, straight = course(body((0, 0)), body((1000, 200)), body((400, 0)))
    assert turn.end == (232.0, 200 + PORT)
    assert straight.end == (1000.0, 200 + PORT)


def test_a_wire_goes_around_what_stands_between_its_blocks() -> None:
    wall = body((400, -100), height=170)
    highest, lowest = heights(course(body((0, 0)), body((1000, 0)), wall))
    assert highest >= 0
    assert lowest >= wall.bottom + 20, "below is nearer than above"


def test_a_wire_that_leads_back_runs_between_the_rows() -> None:
    source, target = body((1000, 0)), body((0, 132))
    row = [body((x, 132), height=108) for x in (232.0, 464.0)]
    curves = course(source, target, *row)
    assert any(curve.end[1] == source.bottom + 20 for curve in curves)
    assert max(x for curve in curves for x, _ in (curve.first, curve.second, curve.end)) == source.right + 24


def test_a_wire_that_leads_back_takes_the_widest_gap() -> None:
    source, target = body((1000, 0)), body((0, 400))
    branches = [body((400, top)) for top in (0, 116, 232)]
    curves = course(source, target, *branches)
    assert any(curve.end[1] in (308 + 20, 400 - 20) for curve in curves), "between the rows, not the branches"


def test_a_wire_that_leads_back_keeps_clear_of_the_edge_of_an_area() -> None:
    source, target = body((1000, 0)), body((0, 200))
    area = Rect(source.left - 300, source.top - 44, source.right + 16, source.bottom + 16)
    obstacles = Obstacles([source, target])
    start, end = (source.right, source.top + PORT), (target.left, target.top + PORT)
    curves = route(start, end, source, target, obstacles, areas=Obstacles([area])).curves
    assert any(curve.end[1] == area.bottom + 20 for curve in curves)


def test_a_wire_that_finds_no_way_passes_behind() -> None:
    wall = Rect(400, -5000, 568, 5000)
    assert heights(course(body((0, 0)), body((1000, 0)), wall)) == [PORT, PORT]
