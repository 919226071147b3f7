"""Frames follow the blocks in them when these are put elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Final

from cnngui.canvas.drawing.notes.frame_item import TITLE
from core.design.graph import Comment, Graph, Place
from core.drawing.route import Rect
from core.drawing.stretch import placed, rect_of, united

AROUND: Final = 24
"""Between the blocks in a frame and its edges, in pixels; above them its title as well."""


def with_frames(graph: Graph, before: Mapping[str, Rect], now: Mapping[str, Rect]) -> Graph:
    """A design whose frames hold what they held `before`, by id, where that has left them `now`.

    Comments in such a frame go with it.
    """
    ways: list[tuple[Rect, Place]] = []
    frames = {}
    for frame in sorted(graph.frames, key=lambda frame: frame.size[0] * frame.size[1]):
        bounds = rect_of(frame)
        held = [now[part] for part, area in before.items() if bounds.contains(area) and part in now]
        if all(bounds.contains(area) for area in held):
            continue
        inside = reduce(united, held)
        rect = Rect(
            inside.left - AROUND, inside.top - AROUND - TITLE, inside.right + AROUND, inside.bottom + AROUND
        )
        frames[frame.id] = placed(frame, rect)
        before, now = {**before, frame.id: bounds}, {**now, frame.id: rect}
        ways.append((bounds, (rect.left - bounds.left, rect.top - bounds.top)))

    def followed(comment: Comment) -> Comment:
        x, y = comment.position
        place = Rect(x, y, x + comment.width, y + 1)
        dx, dy = next((way for bounds, way in ways if bounds.contains(place)), (0.0, 0.0))
        return replace(comment, position=(x + dx, y + dy))

    if not frames:
        return graph
    kept = tuple(frames.get(frame.id, frame) for frame in graph.frames)
    return replace(graph, frames=kept, comments=tuple(map(followed, graph.comments)))
