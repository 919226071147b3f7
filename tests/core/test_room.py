"""Room for what grows among others: what moves, and that growing and shrinking undo each other."""

from __future__ import annotations

import pytest

from core.graph import Block, Comment, Frame, Graph
from core.layers.activation import ReLU
from core.room import apply, stretch
from core.route import Rect

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
    assert (found.dx, found.dy) == (0, 0)


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
    assert found.dx == 0


def test_a_frame_grows_with_what_grows_in_it() -> None:
    graph = Graph(
        blocks=(Block("relu_1", ReLU(), "ReLU 1", (250, 100)),),
        frames=(Frame("frame_1", "All", (50, 50), (400, 200)),),
        comments=(Comment("comment_1", "Below", (100, 400)),),
    )
    found = stretch([at(250, 100), at(100, 200)], SMALL, LARGE)
    moved = apply(graph, found, {"relu_1": (at(250, 100), ["relu_1"])})
    (frame,), (comment,) = moved.frames, moved.comments
    assert frame == Frame("frame_1", "All", (50, 50), (700, 450))
    assert [moved["relu_1"].position, comment.position] == [(550, 100), (100, 650)]
