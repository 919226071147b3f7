"""Room for what grows in a drawing, and no hole where it shrinks: what is beside it and below moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from core.graph import Frame, Graph
from core.route import Obstacles, Rect

_NEAR: Final = 200
"""What is within this distance, in pixels, belongs beside it, and stays as far away as it was."""


@dataclass(frozen=True)
class Stretch:
    """What lies to the right of `row` moves by `dx`, and everything that lies below it by `dy`."""

    row: Rect
    dx: float = 0.0
    dy: float = 0.0

    def shift(self, rect: Rect) -> tuple[float, float]:
        """How far something moves."""
        beside = rect.left >= self.row.right and self._is_level(rect)
        return self.dx * beside, self.dy * (rect.top >= self.row.bottom)

    def frame(self, frame: Frame) -> Frame:
        """A frame, which grows with what grows in it."""
        (x, y), (width, height) = frame.position, frame.size
        rect = Rect(x, y, x + width, y + height)
        dx, dy = self.shift(rect)
        wider = self.dx * (dx == 0 and rect.right >= self.row.right and self._is_level(rect))
        higher = self.dy * (dy == 0 and rect.bottom >= self.row.bottom)
        return replace(frame, position=(x + dx, y + dy), size=(width + wider, height + higher))

    def _is_level(self, rect: Rect) -> bool:
        return rect.top < self.row.bottom and self.row.top < rect.bottom


def stretch(others: Collection[Rect], before: Rect, after: Rect) -> Stretch:
    """What happens to `others` when something among them that took up `before` takes up `after` instead.

    Nothing is moved onto anything else: then they stay, in one direction or both.
    """
    row = Rect(before.left, max(before.top, after.top), before.right, before.bottom)
    level = replace(row, bottom=min(before.bottom, after.bottom))
    dx, dy = after.right - before.right, after.bottom - before.bottom
    beside = Rect(before.right - 1, level.top, max(before.right + _NEAR, after.right), level.bottom)
    left, right = min(before.left, after.left), max(before.right, after.right)
    below = Rect(left, before.bottom - 1, right, max(before.bottom + _NEAR, after.bottom))
    has_beside = any(rect.left >= before.right and rect.meets(beside) for rect in others)
    has_below = any(rect.top >= before.bottom and rect.meets(below) for rect in others)
    both = Stretch(row, dx * has_beside, dy * has_below)
    tried = (both, replace(both, dy=0.0), replace(both, dx=0.0))
    return next((found for found in tried if _is_free(found, others, after)), Stretch(row))


def apply(graph: Graph, found: Stretch, bodies: Mapping[str, tuple[Rect, Collection[str]]]) -> Graph:
    """Moves what is in a design: `bodies` are areas and the blocks in each of them, which move as one."""
    if not (found.dx or found.dy):
        return graph
    shifts = {block: found.shift(rect) for rect, blocks in bodies.values() for block in blocks}
    blocks = []
    for block in graph.blocks:
        (x, y), (dx, dy) = block.position, shifts.get(block.id, (0.0, 0.0))
        blocks.append(replace(block, position=(x + dx, y + dy)) if dx or dy else block)
    comments = []
    for comment in graph.comments:
        x, y = comment.position
        dx, dy = found.shift(Rect(x, y, x + comment.width, y + 1))
        comments.append(replace(comment, position=(x + dx, y + dy)))
    frames = tuple(map(found.frame, graph.frames))
    return replace(graph, blocks=tuple(blocks), frames=frames, comments=tuple(comments))


def _is_free(found: Stretch, others: Collection[Rect], after: Rect) -> bool:
    """Whether a stretch moves nothing onto anything that stays."""
    if found.dx >= 0 and found.dy >= 0:
        return True
    moved, stay = [], [after]
    for rect in others:
        dx, dy = found.shift(rect)
        if dx or dy:
            moved.append(Rect(rect.left + dx, rect.top + dy, rect.right + dx, rect.bottom + dy))
        else:
            stay.append(rect)
    return Obstacles(stay).free(moved)
