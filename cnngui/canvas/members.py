"""The canvas moves what is selected into a group and out of it, without a mouse."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.grouping import GroupingView, is_drawn_open
from cnngui.canvas.placing import GAP, area_of, free_place
from cnngui.canvas.words import named
from cnngui.theme import BLOCK_WIDTH
from core import edits, groups, room
from core.graph import Graph, Group


class MembersView(GroupingView):
    """A view in which groups take and give up members, each time as one step that can be undone."""

    def take_out(self) -> None:
        """Takes what is selected out of the group around it, and puts it down beside the group."""
        graph, around, chosen = self.document.graph, self.around, set(self.selection.ids)
        if around is None:
            self.refuse("What is selected is in no group.")
            return
        every = (self.selection.group,) if self.selection.group else graph.group(around).members
        members = [member for member in every if chosen.issuperset(groups.blocks_of(graph, [member]))]

        def change(graph: Graph) -> Graph:
            return self._set_down(groups.regroup(graph, members, graph.parent.get(around)), members)

        name = graph.group(around).name
        if self.edit(f"Take {named(graph, groups.blocks_of(graph, members))} out of {name}", change):
            self.bring_into_sight(members)

    def move_into(self, group_id: str) -> bool:
        """Moves what is selected into a group, behind its last member; gives whether that was possible."""
        graph, members, group = self.document.graph, self.chosen_members, self.document.graph.group(group_id)
        end = self._end_of(group)

        def change(graph: Graph) -> Graph:
            return self._set_down(groups.regroup(graph, members, group_id), members, end)

        text = f"Move {named(graph, groups.blocks_of(graph, members))} into {group.name}"
        if not self.edit(text, change):
            return False
        shown = (self.drawing.shown(group_id),) if group_id in self.drawing.boxes() else members
        self.select(shown, ())
        self.bring_into_sight(shown)
        return True

    @property
    def chosen_members(self) -> tuple[str, ...]:
        """What is selected, as few blocks and groups as possible; a single block is meant by itself."""
        if self.selection.group is not None:
            return (self.selection.group,)
        ids = self.selection.ids
        return ids if len(ids) == 1 else tuple(groups.roots(self.document.graph, ids))

    @property
    def around(self) -> str | None:
        """The group that the selected group, or the current block, is a member of."""
        chosen = self.selection.group or self.selection.current
        return None if chosen is None else self.document.graph.parent.get(chosen)

    def _end_of(self, group: Group) -> QPointF:
        """Where the next member of a group goes: to the right of all others."""
        if is_drawn_open(self.document.graph, group.id):
            last = max((self.drawing.body(member) for member in group.members), key=QRectF.right)
            return last.topRight() + QPointF(GAP, 0)
        inside = self.document.graph.inside(group.id)
        x, y = max(self.document.graph[block].position for block in inside)
        return QPointF(x + BLOCK_WIDTH + GAP, y)

    def _set_down(self, graph: Graph, members: Collection[str], corner: QPointF | None = None) -> Graph:
        """A design with neighbours moved together: to a corner, or below it where something is there."""
        now, blocks = room.areas(graph, self.sizes(graph)), groups.blocks_of(graph, members)
        around = graph.parent.get(next(iter(members)))
        bodies = [area_of(now[member]) for member in members if member in now]
        left, top = (min(graph[block].position[axis] for block in blocks) for axis in (0, 1))
        own = reduce(QRectF.united, bodies, QRectF()) if bodies else QRectF(left, top, 0, 0)
        others = [i for i in now if graph.parent.get(i) == around and i not in members]
        x, y = free_place(QRectF(corner or own.topLeft(), own.size()), [area_of(now[i]) for i in others])
        dx, dy = x - own.x(), y - own.y()
        places = {block: graph[block].position for block in blocks}
        return edits.move(graph, {block: (x + dx, y + dy) for block, (x, y) in places.items()})
