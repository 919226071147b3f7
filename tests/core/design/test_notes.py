"""Frames and comments: they move, go and are copied with the blocks, and say what can't be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.design import edits, notes
from core.design.expand import computed
from core.design.graph import MAX_TEXT, Graph
from core.design.infer import infer
from core.errors import DesignError
from core.layers.activation import ReLU
from tests.core.designs import chain


@pytest.fixture
def graph() -> Graph:
    graph, _ = notes.add_frame(chain((4,), ReLU()), (-20, -40), (500, 200), "All", "blue")
    return notes.add_comment(graph, (0, 300), "Why ReLU?")[0]


def test_notes_make_no_difference_to_the_network(graph: Graph) -> None:
    plain = chain((4,), ReLU())
    assert computed(graph) == computed(plain)
    assert infer(graph) == infer(plain)
    assert graph != plain


def test_notes_are_edited_like_blocks(graph: Graph) -> None:
    moved = edits.move(graph, {"frame_1": (1, 2), "comment_1": (3, 4), "relu_1": (5, 6)})
    assert [notes.frame(moved, "frame_1").position, notes.comment(moved, "comment_1").position] == [
        (1, 2),
        (3, 4),
    ]
    left = edits.remove(graph, ["frame_1", "comment_1"])
    assert left == chain((4,), ReLU())
    pasted, ids = edits.paste(graph, edits.part(graph, ["frame_1", "comment_1", "relu_1"]), (10, 0))
    assert set(ids) == {"frame_1", "comment_1", "relu_1"}
    assert notes.frame(pasted, ids["frame_1"]).position == (-10, -40)
    assert notes.comment(pasted, ids["comment_1"]).text == "Why ReLU?"


def test_each_part_of_a_note_can_be_set(graph: Graph) -> None:
    graph = notes.set_title(graph, "frame_1", " Stem ")
    graph = notes.set_color(graph, "frame_1", "red")
    graph = notes.set_bounds(graph, "frame_1", (0, 0), (100, 90))
    graph = notes.set_width(notes.set_text(graph, "comment_1", "New"), "comment_1", 300)
    frame, comment = notes.frame(graph, "frame_1"), notes.comment(graph, "comment_1")
    assert (frame.title, frame.color, frame.position, frame.size) == ("Stem", "red", (0, 0), (100, 90))
    assert (comment.text, comment.width) == ("New", 300)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda g: notes.set_color(g, "frame_1", "pink"), "one of gray, blue"),
        (lambda g: notes.set_title(g, "frame_1", "a" * 201), "at most 200 characters"),
        (lambda g: notes.set_bounds(g, "frame_1", (0, 0), (100, 5)), "40 to 100,000 pixels"),
        (lambda g: notes.set_bounds(g, "frame_1", (0, 0), (float("nan"), 50)), "40 to 100,000 pixels"),
        (lambda g: notes.set_text(g, "comment_1", " "), "needs a text"),
        (lambda g: notes.set_text(g, "comment_1", "a" * (MAX_TEXT + 1)), "at most 10,000"),
        (lambda g: notes.set_width(g, "comment_1", 1), "pixels wide"),
        (lambda g: notes.set_title(g, "comment_1", "a"), "no frame 'comment_1'"),
        (lambda g: notes.set_text(g, "frame_1", "a"), "no comment 'frame_1'"),
        (lambda g: edits.move(g, {"nothing": (0, 0)}), "no block 'nothing'"),
    ],
)
def test_what_can_not_be_is_refused(graph: Graph, edit: Callable[[Graph], Graph], reason: str) -> None:
    with pytest.raises(DesignError, match=reason):
        edit(graph)
