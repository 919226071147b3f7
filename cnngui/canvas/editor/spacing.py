"""Room on the plane for what an edit brings: what is around it moves, what is new lies on nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QPointF

from cnngui.canvas.drawing.layout import PLAIN
from cnngui.canvas.drawing.picking import group_at
from cnngui.canvas.drawing.placing import way_aside
from cnngui.canvas.drawing.scene import Scene
from cnngui.models.document import Document
from core.design import edits, groups
from core.design.graph import Comment, Graph, Place
from core.design.infer import infer
from core.design.notes import notes_of
from core.drawing import room
from core.drawing.route import Rect


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
        """A design whose new parts lie on nothing, and belong to the open group here unless that is None."""
        if point is None:
            return self.set_down(graph, new, across_groups=True)
        return self.regrouped(graph, new, group_at(self._drawing, point))

    def regrouped(
        self, graph: Graph, members: Collection[str], group_id: str | None, along: Collection[str] = ()
    ) -> Graph:
        """A design in which parts have been moved to another group, and lie on nothing in it: `set_down`."""
        return self.set_down(groups.regroup(graph, members, group_id), members, along)

    def set_down(
        self,
        graph: Graph,
        members: Collection[str],
        along: Collection[str] = (),
        *,
        across_groups: bool = False,
    ) -> Graph:
        """A design with neighbours moved together to where they lie on none of the others around them.

        Frames and comments go `along`. Comments are kept free, too. `across_groups`, they keep clear of
        blocks alone, wherever these are, and may lie on the edge of an open group.
        """
        now, around = self.areas(graph), graph.parent.get(next(iter(members), ""))
        places = [now[member] for member in members if member in now]
        own = {*members, *groups.blocks_of(graph, members)}
        if across_groups:
            others = [area for i, area in now.items() if i not in own and not is_drawn_open(graph, i)]
        else:
            others = [area for i, area in now.items() if i not in own and graph.parent.get(i) == around]
        for comment in graph.comments:
            if comment.id in along:
                places.append(self.room_of(comment))
            else:
                others.append(self.room_of(comment))
        way = way_aside(places, others)
        return edits.move(graph, shifted(graph, (*members, *along), way)) if any(way) else graph

    def room_of(self, comment: Comment) -> Rect:
        """The area of a comment; of one that isn't drawn yet, about so much."""
        x, y = comment.position
        drawn = self._drawing.notes
        height = drawn.body(comment.id).height() if comment.id in drawn else PLAIN.height
        return Rect(x, y, x + comment.width, y + height)

    def _drawn_sizes(self) -> room.Sizes:
        return {shown: (body.width(), body.height()) for shown, body in self._drawing.bodies().items()}


def is_drawn_open(graph: Graph, group_id: str) -> bool:
    """Whether an open group is seen: the groups around it are open, too."""
    return group_id in graph.group_by_id and group_id not in graph.hidden and not graph.group(group_id).folded


def moved_together(graph: Graph, members: Collection[str], start: Place, end: Place) -> Graph:
    """A design in which blocks, and all in these groups, have gone the way from `start` to `end`."""
    return edits.move(graph, shifted(graph, members, (end[0] - start[0], end[1] - start[1])))


def shifted(graph: Graph, parts: Collection[str], way: Place) -> dict[str, Place]:
    """The places of blocks, all in these groups, frames and comments, gone this way."""
    blocks = groups.blocks_of(
        graph, [part for part in parts if part in graph.by_id or part in graph.group_by_id]
    )
    places = {block: graph[block].position for block in blocks}
    places |= {note.id: note.position for note in notes_of(graph) if note.id in parts}
    return {part: (x + way[0], y + way[1]) for part, (x, y) in places.items()}
