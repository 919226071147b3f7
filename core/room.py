"""Room for what grows in a drawing, and no hole where it shrinks: the plane is stretched beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from core.graph import Frame, Graph, Place
from core.route import Obstacles, Rect

_NEAR: Final = 120
"""What is within this distance, in pixels, belongs beside it, and stays as far away as it was."""


@dataclass(frozen=True)
class Stretch:
    """What lies to the right of `right` moves by `dx`, what lies below `bottom` by `dy`."""

    right: float
    bottom: float
    dx: float = 0.0
    dy: float = 0.0

    def place(self, corner: Place) -> Place:
        """Where a top left corner goes."""
        x, y = corner
        return x + self.dx * (x >= self.right), y + self.dy * (y >= self.bottom)

    def frame(self, frame: Frame) -> Frame:
        """A frame with its edges where they belong: it grows with what grows in it."""
        (left, top), (width, height) = frame.position, frame.size
        (x, y), (to_x, to_y) = self.place((left, top)), self.place((left + width, top + height))
        return replace(frame, position=(x, y), size=(to_x - x, to_y - y))


def stretch(others: Collection[Rect], before: Rect, after: Rect) -> Stretch:
    """What happens to `others` when something among them that took up `before` takes up `after` instead.

    Nothing is moved onto anything else: then they stay, in one direction or both.
    """
    plain = Stretch(before.right, before.bottom)
    dx, dy = after.right - before.right, after.bottom - before.bottom
    tall = Rect(before.right, min(before.top, after.top), after.right, max(before.bottom, after.bottom))
    wide = Rect(min(before.left, after.left), before.bottom, max(before.right, after.right), after.bottom)
    beside = any(
        rect.left >= before.right
        and rect.top < tall.bottom
        and tall.top < rect.bottom
        and rect.left < max(before.right + _NEAR, after.right)
        for rect in others
    )
    below = any(
        rect.top >= before.bottom
        and rect.left < wide.right
        and wide.left < rect.right
        and rect.top < max(before.bottom + _NEAR, after.bottom)
        for rect in others
    )
    both = replace(plain, dx=dx * beside, dy=dy * below)
    tried = (both, replace(both, dy=0.0), replace(both, dx=0.0))
    return next((found for found in tried if _is_free(found, others, after)), plain)


def apply(graph: Graph, found: Stretch, but: Collection[str], together: Collection[Collection[str]]) -> Graph:
    """Moves all parts of a design but the blocks `but`; each of `together` are blocks that move as one."""
    if not (found.dx or found.dy):
        return graph
    places = {block.id: found.place(block.position) for block in graph.blocks}
    for blocks in together:
        x, y = (min(graph[block].position[axis] for block in blocks) for axis in (0, 1))
        to_x, to_y = found.place((x, y))
        for block in blocks:
            left, top = graph[block].position
            places[block] = left + to_x - x, top + to_y - y
    kept = set(but)
    return replace(
        graph,
        blocks=tuple(b if b.id in kept else replace(b, position=places[b.id]) for b in graph.blocks),
        frames=tuple(map(found.frame, graph.frames)),
        comments=tuple(replace(c, position=found.place(c.position)) for c in graph.comments),
    )


def _is_free(found: Stretch, others: Collection[Rect], after: Rect) -> bool:
    """Whether a stretch moves nothing onto anything that stays."""
    if found.dx >= 0 and found.dy >= 0:
        return True
    moved, stay = [], [after]
    for rect in others:
        x, y = found.place((rect.left, rect.top))
        if (x, y) == (rect.left, rect.top):
            stay.append(rect)
        else:
            moved.append(Rect(x, y, x + rect.right - rect.left, y + rect.bottom - rect.top))
    return Obstacles(stay).free(moved)
