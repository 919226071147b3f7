"""Room for a group that grows in a drawing, and no hole where it folds: what is around it moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Final

from core.design.edits import move
from core.design.graph import Comment, Frame, Graph, Place
from core.design.groups import blocks_of
from core.drawing.arrange.spacing import GROUP_MARGIN, GROUP_TITLE
from core.drawing.route import Rect
from core.drawing.stretch import Stretch, placed, push, rect_of, stretch, united

Sizes = Mapping[str, tuple[float, float]]
"""Width and height of everything that is drawn as a block: blocks and folded groups, by their ids."""
_HELD: Final = 16
"""A frame that grows with what lies in it keeps at most this margin around it."""


def areas(graph: Graph, sizes: Sizes) -> dict[str, Rect]:
    """The areas of everything that is drawn: blocks, folded groups and open ones."""
    found: dict[str, Rect] = {}
    hidden = graph.hidden
    for block in graph.blocks:
        shown = hidden.get(block.id, block.id)
        (x, y), (width, height) = block.position, sizes[shown]
        if shown in found:
            x, y = min(x, found[shown].left), min(y, found[shown].top)
        found[shown] = Rect(x, y, x + width, y + height)
    opened = [group for group in graph.groups if not group.folded and group.id not in hidden]
    for group in sorted(opened, key=lambda group: -len(graph.ancestors(group.id))):
        found[group.id] = area_around([found[member] for member in group.members])
    return found


def area_around(members: Iterable[Rect]) -> Rect:
    """The area of an open group whose members take up these."""
    sides = list(zip(*((rect.left, rect.top, rect.right, rect.bottom) for rect in members), strict=True))
    left, top, right, bottom = min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])
    margin = GROUP_MARGIN
    return Rect(left - margin, top - margin - GROUP_TITLE, right + margin, bottom + margin)


def holding(frames: Iterable[Frame], before: Mapping[str, Rect], now: Mapping[str, Rect]) -> dict[str, Rect]:
    """The areas that frames need in which things take up what they do `now`, by id; those that grow alone.

    `before` are the areas of the same things when they were put into the frames. As far as there is room in a
    frame, it stays as it is.
    """
    found: dict[str, Rect] = {}
    for frame in sorted(frames, key=lambda frame: frame.size[0] * frame.size[1]):
        rect = rect_of(frame)
        grown = [_beside(rect, old, now[i]) for i, old in before.items() if rect.contains(old)]
        if any(not rect.contains(area) for area in grown):
            found[frame.id] = reduce(united, grown, rect)
            before, now = {**before, frame.id: rect}, {**now, frame.id: found[frame.id]}
    return found


def _beside(frame: Rect, before: Rect, now: Rect) -> Rect:
    """An area with the margin that it had to the edges of a frame, as far as one is needed."""
    return Rect(
        now.left - min(_HELD, before.left - frame.left),
        now.top - min(_HELD, before.top - frame.top),
        now.right + min(_HELD, frame.right - before.right),
        now.bottom + min(_HELD, frame.bottom - before.bottom),
    )


def make(
    graph: Graph, sizes: Sizes, before: Mapping[str, Rect], changed: Iterable[str], *, closes: bool = False
) -> Graph:
    """A design with room for the groups that have changed, and then for those around them.

    `sizes` are those of the design, `before` the areas that everything had before it was changed. Groups that
    have shrunk leave a hole, unless it `closes`. What a folded group hides needs no room.
    """
    drawn = [group for i in changed for group in (i, *graph.ancestors(i)) if group not in graph.hidden]
    levels = {group: len(graph.ancestors(group)) for group in drawn}
    for group in sorted(levels, key=lambda group: -levels[group]):
        around = graph.parent.get(group)
        members = [i for i in (*graph.by_id, *graph.group_by_id) if graph.parent.get(i) == around]
        now = areas(graph, sizes)
        others = {member: now[member] for member in members if member != group}
        old, new = before[group], now[group]
        if closes:
            found = stretch(others.values(), old, new, graph.direction)
        else:
            new = united(old, new)
            found = push(others.values(), old, new, graph.direction)
        if found:
            around_all = None if around is None else before[around]
            graph = _with_notes(graph, found, others.values(), around_all)
            shifts = {
                block: found.shift(rect) for i, rect in others.items() for block in blocks_of(graph, [i])
            }
            graph = move(graph, {i: _add(graph[i].position, way) for i, way in shifts.items() if any(way)})
        graph = replace(graph, frames=tuple(_holding(frame, old, new) for frame in graph.frames))
    return graph


def _with_notes(graph: Graph, found: Stretch, others: Collection[Rect], around: Rect | None) -> Graph:
    """Moves frames and comments that lie within the area `around`; those within another one go with it."""

    def base(note: Rect) -> Rect | None:
        if around is not None and not around.contains(note):
            return None
        return next((rect for rect in others if rect.contains(note)), note)

    def with_frame(frame: Frame) -> Frame:
        rect = rect_of(frame)
        held_by = base(rect)
        if held_by is rect:
            return found.frame(frame)
        way = (0.0, 0.0) if held_by is None else found.shift(held_by)
        return replace(frame, position=_add(frame.position, way))

    def with_comment(comment: Comment) -> Comment:
        x, y = comment.position
        held_by = base(Rect(x, y, x + comment.width, y + 1))
        way = (0.0, 0.0) if held_by is None else found.shift(held_by)
        return replace(comment, position=_add(comment.position, way))

    frames, comments = map(with_frame, graph.frames), map(with_comment, graph.comments)
    return replace(graph, frames=tuple(frames), comments=tuple(comments))


def _holding(frame: Frame, old: Rect, new: Rect) -> Frame:
    """A frame that held a group holds it still."""
    rect = rect_of(frame)
    if not rect.contains(old) or rect.contains(new):
        return frame
    return placed(frame, united(rect, area_around([new])))


def _add(place: Place, way: Place) -> Place:
    return place[0] + way[0], place[1] + way[1]
