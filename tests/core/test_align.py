"""Lining up and spreading the blocks of a selection."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.align import Axis, Edge, align, distribute
from core.route import Rect

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
@example(bodies={"a": Rect(0, 0, 4, 4), "b": Rect(96, 0, 336, 4), "c": Rect(168, -4, 264, 0)})
@example(bodies={"a": Rect(0, 0, 4, 4), "b": Rect(0, 96, 4, 336), "c": Rect(-4, 168, 0, 264)})
def test_gaps_are_equal_to_the_grid_and_the_outermost_stay(axis: Axis, bodies: dict[str, Rect]) -> None:
    after = moved(bodies, distribute(bodies, axis))

    def along(body: Rect) -> tuple[float, float]:
        return (body.left, body.right) if axis == "horizontal" else (body.top, body.bottom)

    def place(block: str) -> tuple[float, float]:
        """The middle along the axis; of several at the same one, the one further across is the last."""
        body = bodies[block]
        return sum(along(body)), body.top if axis == "horizontal" else body.left

    order = sorted(bodies, key=place)
    ends = [along(after[block]) for block in sorted(after, key=lambda block: sum(along(after[block])))]
    assert {along(bodies[order[0]]), along(bodies[order[-1]])} <= set(ends)
    gaps = [second[0] - first[1] for first, second in pairwise(ends)]
    if len(bodies) > 2 and min(gaps) > 0:
        assert max(gaps) - min(gaps) <= 8


def test_three_blocks_are_spread_evenly() -> None:
    bodies = {"a": Rect(0, 0, 100, 60), "c": Rect(504, 8, 604, 60), "b": Rect(120, 4, 220, 60)}
    assert distribute(bodies, "horizontal") == {"a": (0, 0), "b": (252, 4), "c": (504, 8)}
    assert distribute({"a": bodies["a"], "b": bodies["b"]}, "horizontal") == {"a": (0, 0), "b": (120, 4)}
