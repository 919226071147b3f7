"""Lining up and spreading the blocks of a selection."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.align import Axis, Edge, align, distribute
from core.drawing.route import Rect

NUMBER = st.integers(-100, 100).map(lambda step: 4.0 * step)
LENGTH = st.integers(1, 60).map(lambda step: 4.0 * step)
BODY = st.builds(
    lambda x, y, width, height: Rect(x, y, x + width, y + height), NUMBER, NUMBER, LENGTH, LENGTH
)
BODIES = st.dictionaries(st.sampled_from("abcdef"), BODY, min_size=1)
LINE = {
    "left": lambda body: body.left,
    "center": lambda body: (body.left + body.right) / 2,
    "right": lambda body: body.right,
    "top": lambda body: body.top,
    "middle": lambda body: (body.top + body.bottom) / 2,
    "bottom": lambda body: body.bottom,
}


def moved(bodies: dict[str, Rect], places: dict[str, tuple[float, float]]) -> dict[str, Rect]:
    return {
        block: Rect(
            x, y, x + bodies[block].right - bodies[block].left, y + bodies[block].bottom - bodies[block].top
        )
        for block, (x, y) in places.items()
    }


@pytest.mark.parametrize("edge", LINE)
@given(bodies=BODIES)
def test_aligned_blocks_share_a_line_and_move_along_one_axis(edge: Edge, bodies: dict[str, Rect]) -> None:
    after = moved(bodies, align(bodies, edge))
    assert after.keys() == bodies.keys()
    lines = [LINE[edge](body) for body in after.values()]
    assert max(lines) - min(lines) <= (4 if edge in ("center", "middle") else 0)
    if edge in ("left", "center", "right"):
        assert all(after[block].top == bodies[block].top for block in bodies)
    else:
        assert all(after[block].left == bodies[block].left for block in bodies)


def test_edges_go_to_the_outermost_one() -> None:
    bodies = {"a": Rect(0, 0, 100, 60), "b": Rect(40, 200, 240, 300)}
    assert align(bodies, "left") == {"a": (0, 0), "b": (0, 200)}
    assert align(bodies, "right") == {"a": (140, 0), "b": (40, 200)}
    assert align(bodies, "bottom") == {"a": (0, 240), "b": (40, 200)}
    assert align(bodies, "center") == {"a": (72, 0), "b": (20, 200)}


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
@given(bodies=BODIES)
def test_gaps_are_equal_to_the_grid_and_the_outermost_stay(axis: Axis, bodies: dict[str, Rect]) -> None:
    after = moved(bodies, distribute(bodies, axis))

    def along(body: Rect) -> tuple[float, float]:
        return (body.left, body.right) if axis == "horizontal" else (body.top, body.bottom)

    ends = [along(after[block]) for block in sorted(after, key=lambda block: sum(along(after[block])))]
    middles = {block: sum(along(body)) for block, body in bodies.items()}  # several may be equal
    stay = {middles[block] for block, body in bodies.items() if along(after[block]) == along(body)}
    assert {min(middles.values()), max(middles.values())} <= stay
    gaps = [second[0] - first[1] for first, second in pairwise(ends)]
    if len(bodies) > 2 and min(gaps) > 0:
        assert max(gaps) - min(gaps) <= 8


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
@given(bodies=BODIES)
def test_the_order_of_a_selection_does_not_matter(axis: Axis, bodies: dict[str, Rect]) -> None:
    backwards = dict(reversed(bodies.items()))
    assert distribute(backwards, axis) == distribute(bodies, axis)


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
def test_blocks_with_one_middle_are_spread_alike_whichever_was_chosen_first(axis: Axis) -> None:
    bodies = {
        "a": Rect(0, 0, 40, 40),
        "b": Rect(4, 4, 36, 36),
        "c": Rect(0, 0, 40, 40),
        "d": Rect(8, 0, 32, 40),
    }
    assert len({tuple(sorted(distribute(dict(o), axis).items())) for o in permutations(bodies.items())}) == 1


def test_three_blocks_are_spread_evenly() -> None:
    bodies = {"a": Rect(0, 0, 100, 60), "c": Rect(504, 8, 604, 60), "b": Rect(120, 4, 220, 60)}
    assert distribute(bodies, "horizontal") == {"a": (0, 0), "b": (252, 4), "c": (504, 8)}
    assert distribute({"a": bodies["a"], "b": bodies["b"]}, "horizontal") == {"a": (0, 0), "b": (120, 4)}
