"""Edits of frames and comments: functions from Graph to Graph. What can't be done raises DesignError.

`core.design.edits` moves, removes, copies and pastes them together with blocks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from core.design.graph import COLORS, MAX_NAME, MAX_TEXT, Comment, Frame, Graph, Place
from core.errors import DesignError
from core.schema.written import count_text, short_text

SMALLEST: Final = 40.0
LARGEST: Final = 100_000.0
"""Of a side of a frame and of a comment's width, in canvas pixels."""


def notes_of(graph: Graph) -> tuple[Frame | Comment, ...]:
    """All frames and comments of a design."""
    return (*graph.frames, *graph.comments)


def add_frame(
    graph: Graph, position: Place, size: tuple[float, float], title: str = "", color: str = COLORS[0]
) -> tuple[Graph, str]:
    """Adds a frame; also gives its id."""
    made = Frame(graph.free_id("frame"), title, position, size, color)
    _require(flaw_in_frame(made))
    return replace(graph, frames=(*graph.frames, made)), made.id


def add_comment(graph: Graph, position: Place, text: str, width: float = Comment.width) -> tuple[Graph, str]:
    """Adds a comment; also gives its id."""
    made = Comment(graph.free_id("comment"), text, position, width)
    _require(flaw_in_comment(made))
    return replace(graph, comments=(*graph.comments, made)), made.id


def set_title(graph: Graph, frame_id: str, title: str) -> Graph:
    """Gives a frame another title, which may be empty."""
    return _with_frame(graph, replace(frame(graph, frame_id), title=title.strip()))


def set_color(graph: Graph, frame_id: str, color: str) -> Graph:
    """Gives a frame another one of `COLORS`."""
    return _with_frame(graph, replace(frame(graph, frame_id), color=color))


def set_bounds(graph: Graph, frame_id: str, position: Place, size: tuple[float, float]) -> Graph:
    """Gives a frame other edges; what lies in it stays where it is."""
    return _with_frame(graph, replace(frame(graph, frame_id), position=position, size=size))


def set_text(graph: Graph, comment_id: str, text: str) -> Graph:
    """Gives a comment another text."""
    return _with_comment(graph, replace(comment(graph, comment_id), text=text))


def set_width(graph: Graph, comment_id: str, width: float) -> Graph:
    """Gives a comment another width."""
    return _with_comment(graph, replace(comment(graph, comment_id), width=width))


def frame(graph: Graph, frame_id: str) -> Frame:
    """Raises DesignError for an unknown id."""
    for found in graph.frames:
        if found.id == frame_id:
            return found
    raise DesignError(f"There is no frame {frame_id!r}.", "It may have been deleted.")


def comment(graph: Graph, comment_id: str) -> Comment:
    """Raises DesignError for an unknown id."""
    for found in graph.comments:
        if found.id == comment_id:
            return found
    raise DesignError(f"There is no comment {comment_id!r}.", "It may have been deleted.")


def flaw_in_frame(made: Frame) -> str | None:
    """Why there can't be such a frame, or None."""
    if len(made.title) > MAX_NAME:
        return f"A title has at most {count_text(MAX_NAME)} characters."
    if made.color not in COLORS:
        return f"The colour of a frame is one of {', '.join(COLORS)}, not {made.color[:40]!r}."
    if not all(SMALLEST <= side <= LARGEST for side in made.size):
        return f"The sides of a frame are {short_text(SMALLEST)} to {short_text(LARGEST)} pixels long."
    return None


def flaw_in_comment(made: Comment) -> str | None:
    """Why there can't be such a comment, or None."""
    if not made.text.strip():
        return "A comment needs a text."
    if len(made.text) > MAX_TEXT:
        return f"A comment has at most {count_text(MAX_TEXT)} characters."
    if not SMALLEST <= made.width <= LARGEST:
        return f"A comment is {short_text(SMALLEST)} to {short_text(LARGEST)} pixels wide."
    return None


def _require(flaw: str | None) -> None:
    if flaw is not None:
        raise DesignError(flaw, "Take another value.")


def _with_frame(graph: Graph, changed: Frame) -> Graph:
    _require(flaw_in_frame(changed))
    return replace(graph, frames=tuple(changed if f.id == changed.id else f for f in graph.frames))


def _with_comment(graph: Graph, changed: Comment) -> Graph:
    _require(flaw_in_comment(changed))
    return replace(graph, comments=tuple(changed if c.id == changed.id else c for c in graph.comments))
