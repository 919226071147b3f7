"""What the canvas can draw without a wait; a script may build, save and train larger designs."""

from __future__ import annotations

from typing import Final

from core.design.graph import Graph
from core.errors import DesignError
from core.schema.written import count_text

MOST_BLOCKS: Final = 3000
MOST_WIRES: Final = 6000
MOST_GROUPS: Final = 2000
MOST_FRAMES: Final = 2000
MOST_COMMENTS: Final = 2000
MOST_LETTERS: Final = 1_000_000
"""Of all comments together."""


def check_bounds(graph: Graph, before: Graph | None = None) -> None:
    """Raises DesignError where a design is too large to be drawn; one that was so `before` may stay so."""
    known = {} if before is None else {what: count for what, count, _ in _counts(before)}
    for what, count, most in _counts(graph):
        if count > max(most, known.get(what, 0)):
            raise DesignError(
                f"The design has {count_text(count)} {what}; the window draws at most {count_text(most)}.",
                "Repeat groups in place of copies, or build and train it in a script.",
            )


def _counts(graph: Graph) -> tuple[tuple[str, int, int], ...]:
    return (
        ("blocks", len(graph.blocks), MOST_BLOCKS),
        ("wires", len(graph.wires), MOST_WIRES),
        ("groups", len(graph.groups), MOST_GROUPS),
        ("frames", len(graph.frames), MOST_FRAMES),
        ("comments", len(graph.comments), MOST_COMMENTS),
        ("letters in its comments", sum(len(comment.text) for comment in graph.comments), MOST_LETTERS),
    )
