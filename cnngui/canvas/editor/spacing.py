"""Room on the plane for what an edit brings: what is around it moves, what is new lies on nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import reduce

from PySide6.QtCore import QPointF

from cnngui.canvas.drawing.picking import group_at
from cnngui.canvas.drawing.placing import nearest_free_place
from cnngui.canvas.drawing.scene import Scene
from cnngui.models.document import Document
from core.design import edits, groups
from core.design.graph import Graph, Place
from core.design.infer import infer
from core.drawing import room
from core.drawing.route import Rect
from core.drawing.stretch import united


class Spacing:
    """Knows how large everything is from how it is drawn."""

    def __init__(self, document: Document, drawing: Scene) -> None:
        self._document = document
        self._drawing = drawing

    def sizes(self, graph: Graph) -> room.Sizes:
        """The sizes of all blocks and folded groups of a design; it is drawn where they aren't known."""
        drawn = {graph.hidden.get(block.id, block.id) for block in graph.blocks}
        sizes = self._drawn_sizes()
        if not drawn <= sizes.keys():
            self._drawing.show(graph, infer(graph, self._document.data))
            sizes = self._drawn_sizes()
        return sizes

    def areas(self, graph: Graph) -> dict[str, Rect]:
        """The areas of everything that is drawn of a design."""
        return room.areas(graph, self.sizes(graph))

    def with_room(self, after: Graph, known: Mapping[str, Rect] | None = None) -> Graph:
        """What an edit makes of the document, with room for the open groups that gain members.

        A gesture that asks again and again may give the `areas` of the document.
        """
        before = self._document.graph
        if after.groups is before.groups:
            return after
        gained = [
            group.id
            for group in after.groups
            if is_drawn_open(before, group.id)
            and is_drawn_open(after, group.id)
            and not set(group.members) <= set(before.group(group.id).members)
        ]
        if not gained:
            return after
        known = self.areas(before) if known is None else known
        return room.make(after, self.sizes(after), known, gained)

    def folded(self, graph: Graph, group_id: str, *, folded: bool) -> Graph:
        """A design in which a group is folded or opened, with room for it."""
        before = self.areas(graph)
        after = groups.fold(graph, group_id, folded)
        return room.make(after, self.sizes(after), before, [group_id], closes=True)

    def landed(self, graph: Graph, new: Collection[str], point: QPointF | None) -> Graph:
        """A design whose new parts belong to the open group at this point, unless that is None."""
        return graph if point is None else self.regrouped(graph, new, group_at(self._drawing, point))

    def regrouped(self, graph: Graph, members: Collection[str], group_id: str | None) -> Graph:
        """A design in which parts have been moved to another group, and lie on nothing in it."""
        changed = groups.regroup(graph, members, group_id)
        return changed if changed.groups == graph.groups else self.set_down(changed, members)

    def set_down(self, graph: Graph, members: Collection[str]) -> Graph:
        """A design with neighbours moved together to where they lie on none of the others around them."""
        now, around = self.areas(graph), graph.parent.get(next(iter(members)))
        drawn = [now[member] for member in members if member in now]
        if not drawn:
            return graph
        others = [now[i] for i in now if graph.parent.get(i) == around and i not in members]
        own = reduce(united, drawn)
        return moved_together(graph, members, (own.left, own.top), nearest_free_place(own, others))

    def _drawn_sizes(self) -> room.Sizes:
        return {shown: (body.width(), body.height()) for shown, body in self._drawing.bodies().items()}


def is_drawn_open(graph: Graph, group_id: str) -> bool:
    """Whether an open group is seen: the groups around it are open, too."""
    return group_id in graph.group_by_id and group_id not in graph.hidden and not graph.group(group_id).folded


def moved_together(graph: Graph, members: Collection[str], start: Place, end: Place) -> Graph:
    """A design in which blocks, and all in these groups, have gone the way from `start` to `end`."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    places = {block: graph[block].position for block in groups.blocks_of(graph, members)}
    return edits.move(graph, {block: (x + dx, y + dy) for block, (x, y) in places.items()})
