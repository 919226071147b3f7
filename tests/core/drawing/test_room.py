"""Room for what grows among others: what moves, and that growing and shrinking undo each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.design.direction import Direction
from core.design.edits import move
from core.design.graph import Block, Comment, Frame, Graph, Group
from core.drawing.room import areas, make
from core.drawing.route import Rect
from core.drawing.stretch import moved, push, rect_of, stretch, united
from core.layers.activation import ReLU

SMALL, LARGE = Rect(100, 100, 200, 150), Rect(84, 56, 500, 400)


def at(x: float, y: float) -> Rect:
    return Rect(x, y, x + 100, y + 50)


def test_what_is_beside_and_below_moves_as_far_as_it_grows() -> None:
    beside, below, before, far_row = at(250, 100), at(100, 200), at(-100, 100), at(700, 1000)
    found = stretch([beside, below, before, far_row], SMALL, LARGE)
    assert found.shift(beside) == (300, 0)
    assert found.shift(below) == (0, 250)
    assert found.shift(before) == (0, 0)
    assert found.shift(far_row) == (0, 250)


def test_where_there_is_room_nothing_moves() -> None:
    found = stretch([at(-100, 100), at(900, 100), at(100, 900)], SMALL, LARGE)
    assert (found.right, found.down) == (0, 0)


@pytest.mark.parametrize("others", [[at(250, 100)], [at(250, 100), at(100, 200), at(400, 300)]])
def test_shrinking_undoes_growing(others: list[Rect]) -> None:
    def moved(rects: list[Rect], before: Rect, after: Rect) -> list[Rect]:
        found = stretch(rects, before, after)
        shifts = [found.shift(rect) for rect in rects]
        return [at(r.left + x, r.top + y) for r, (x, y) in zip(rects, shifts, strict=True)]

    assert moved(moved(others, SMALL, LARGE), LARGE, SMALL) == others


def test_shrinking_moves_nothing_onto_what_stays() -> None:
    near, above = at(550, 100), at(250, 70)
    found = stretch([near, above], LARGE, SMALL)
    assert found.right == 0


def test_what_grows_pushes_on_every_side_no_further_than_needed() -> None:
    before, after = Rect(0, 0, 100, 100), Rect(-50, -60, 160, 170)
    left, above, right, below = Rect(-70, 0, -40, 50), Rect(0, -60, 50, -20), at(120, 20), at(0, 110)
    found = push([left, above, right, below], before, after)
    assert [found.shift(rect) for rect in (left, above, right, below)] == [
        (-34, 0),
        (0, -60),
        (60, 0),
        (0, 70),
    ]
    far = [Rect(-300, 0, -200, 50), at(400, 0), at(0, 400)]
    assert not push(far, before, after)


def test_what_is_pushed_aside_takes_along_what_is_in_its_way() -> None:
    tall, behind, free = Rect(120, -200, 200, 50), at(230, -190), at(400, -900)
    found = push([tall, behind, free], Rect(0, 0, 100, 100), Rect(0, 0, 200, 100))
    assert [found.shift(rect) for rect in (tall, behind, free)] == [(100, 0), (100, 0), (0, 0)]


boxes = st.builds(
    lambda x, y, width, height: Rect(x, y, x + width, y + height),
    *(st.integers(-40, 40).map(lambda n: n * 20.0) for _ in range(2)),
    *(st.integers(1, 12).map(lambda n: n * 20.0) for _ in range(2)),
)


@settings(deadline=None)
@given(others=st.lists(boxes, max_size=6), before=boxes, after=boxes)
def test_top_down_is_the_same_turned(others: list[Rect], before: Rect, after: Rect) -> None:
    down = Direction.DOWN
    for change in (stretch, push):
        found = change(others, before, after)
        turned = change([r.turned(down) for r in others], before.turned(down), after.turned(down), down)
        for rect in (*others, before, after):
            assert turned.shift(rect.turned(down)) == found.shift(rect)[::-1]


@settings(max_examples=300, deadline=None)
@given(st.lists(boxes, max_size=12), boxes, boxes)
def test_growing_moves_nothing_onto_anything(drawn: list[Rect], before: Rect, other: Rect) -> None:
    after = united(before, other)
    free: list[Rect] = []
    for rect in drawn:
        if not any(rect.meets(known) for known in (*free, before)):
            free.append(rect)
    for found in (push(free, before, after), stretch(free, before, after)):
        placed = [after, *(moved(rect, found.shift(rect)) for rect in free)]
        assert not any(one.meets(two) for one, two in combinations(placed, 2))


def design() -> tuple[Graph, dict[str, tuple[float, float]]]:
    """ReLU 1 and 2 in group_1, which is in group_2 with ReLU 3 below; ReLU 4 beside them all."""
    places = [(0, 0), (200, 0), (0, 148), (524, 232)]
    blocks = tuple(Block(f"relu_{n}", ReLU(), f"ReLU {n}", place) for n, place in enumerate(places, 1))
    inner, outer = (
        Group("group_1", "In", ("relu_1", "relu_2")),
        Group("group_2", "Out", ("group_1", "relu_3")),
    )
    return Graph(blocks, groups=(inner, outer)), {block.id: (168.0, 90.0) for block in blocks}


def test_groups_around_grow_and_push_too() -> None:
    graph, sizes = design()
    before = areas(graph, sizes)
    assert before["group_2"] == Rect(-56, -112, 424, 266)
    after = move(graph, {"relu_2": (300.0, 20.0)})
    made = make(after, sizes, before, ["group_1"])
    assert {b.id: b.position for b in made.blocks} == {
        "relu_1": (0, 0),
        "relu_2": (300, 20),
        "relu_3": (0, 162),
        "relu_4": (548, 232),
    }


def test_a_frame_grows_with_what_grows_in_it() -> None:
    graph, sizes = design()
    frames = (
        Frame("frame_1", "All", (-100, -200), (1000, 600)),
        Frame("frame_2", "Far", (600, 500), (200, 100)),
    )
    comment = Comment("comment_1", "Beside", (524, 180))
    graph = replace(graph, frames=frames, comments=(comment,))
    after = move(graph, {"relu_2": (600.0, 0.0)})
    made = make(after, sizes, areas(graph, sizes), ["group_1"])
    assert made.frames == (replace(frames[0], size=(1324, 600)), frames[1])
    assert made.comments == (replace(comment, position=(848, 180)),)


def test_a_frame_around_a_group_holds_it_when_it_grows() -> None:
    graph, sizes = design()
    graph = replace(graph, frames=(Frame("frame_1", "Out", (-60, -140), (500, 500)),))
    after = move(graph, {"relu_3": (-200.0, 400.0)})
    (frame,) = make(after, sizes, areas(graph, sizes), ["group_2"]).frames
    assert rect_of(frame).contains(areas(after, sizes)["group_2"])
