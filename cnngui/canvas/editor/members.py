"""The canvas moves what is selected into a group and out of it, without a mouse."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce

from cnngui.canvas.drawing.layout import PLAIN
from cnngui.canvas.drawing.placing import behind, nearest_free_place, rect_of
from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor.grouping import GroupingView, is_drawn_open
from core.design import edits, groups
from core.design.graph import Graph, Group, Place
from core.drawing.stretch import united


class MembersView(GroupingView):
    """A view in which groups take and give up members, each time as one step that can be undone."""

    def take_out(self) -> None:
        """Takes what is selected out of the group around it, and puts it down beside the group."""
        graph, around, chosen = self.document.graph, self.around, set(self.selection.ids)
        if around is None:
            self.refuse("What is selected is in no group.")
            return
        every = graph.group(around).members
        members = [member for member in every if chosen.issuperset(groups.blocks_of(graph, [member]))]

        def change(graph: Graph) -> Graph:
            return self.regrouped(graph, members, graph.parent.get(around))

        name = graph.group(around).name
        if self.edit(f"Take {named(graph, groups.blocks_of(graph, members))} out of {name}", change):
            self.bring_into_sight(members)

    def move_into(self, group_id: str) -> bool:
        """Moves what is selected into a group, behind its last member; gives whether that was possible."""
        graph, group = self.document.graph, self.document.graph.group(group_id)
        members = [member for member in self.chosen_members if graph.parent.get(member) != group_id]
        if not members:
            self.refuse(f"What is selected is in {group.name} already.")
            return False
        areas = [rect_of(self.drawing.body(member)) for member in members]
        start, end = (min(a.left for a in areas), min(a.top for a in areas)), self._end_of(group)

        def change(graph: Graph) -> Graph:
            return _moved(groups.regroup(graph, members, group_id), members, start, end)

        text = f"Move {named(graph, groups.blocks_of(graph, members))} into {group.name}"
        if not self.edit(text, change):
            return False
        shown = [group_id] if group_id in self.drawing.boxes() else members
        self.select(shown, ())
        self.bring_into_sight(shown)
        return True

    @property
    def chosen_members(self) -> tuple[str, ...]:
        """What is selected, as few blocks and groups as possible."""
        held = self._held
        return () if held is None else self.members_with(held)

    def members_with(self, held: str) -> tuple[str, ...]:
        """The same; `held`, where it is all that is selected, isn't the group that it is alone in."""
        graph, ids = self.document.graph, self.selection.ids
        if set(groups.blocks_of(graph, [held])) == set(ids):
            return (held,)
        return tuple(groups.roots(graph, ids))

    @property
    def around(self) -> str | None:
        """The group that the selected group, or the current block, is a member of."""
        held = self._held
        return None if held is None else self.document.graph.parent.get(held)

    @property
    def _held(self) -> str | None:
        """The selected group, or the current block; a folded group, where all that it hides is selected."""
        graph, chosen = self.document.graph, self.selection.group or self.selection.current
        folded = graph.hidden.get(chosen or "")
        is_whole = folded is not None and set(graph.inside(folded)) <= set(self.selection.ids)
        return folded if is_whole else chosen

    def _end_of(self, group: Group) -> Place:
        """Where the next member of a group goes: behind all others, the way that the design runs."""
        graph, turn = self.document.graph, self.document.graph.direction.turn
        if is_drawn_open(graph, group.id):
            bodies = [rect_of(self.drawing.body(member)).turned(graph.direction) for member in group.members]
            last = max(bodies, key=lambda body: body.right)
            return behind(turn((last.left, last.top)), last.right - last.left, graph.direction)
        last_corner = turn(max(turn(graph[block].position) for block in graph.inside(group.id)))
        return behind(last_corner, turn(PLAIN.room)[0], graph.direction)

    def set_down(self, graph: Graph, members: Collection[str]) -> Graph:
        """A design with neighbours moved together to where they lie on none of the others around them."""
        now, around = self.areas(graph), graph.parent.get(next(iter(members)))
        drawn = [now[member] for member in members if member in now]
        if not drawn:
            return graph
        others = [now[i] for i in now if graph.parent.get(i) == around and i not in members]
        own = reduce(united, drawn)
        return _moved(graph, members, (own.left, own.top), nearest_free_place(own, others))

    def regrouped(self, graph: Graph, members: Collection[str], group_id: str | None) -> Graph:
        """A design in which parts have been moved to another group, and lie on nothing in it."""
        changed = super().regrouped(graph, members, group_id)
        return changed if changed.groups == graph.groups else self.set_down(changed, members)


def _moved(graph: Graph, members: Collection[str], start: Place, end: Place) -> Graph:
    dx, dy = end[0] - start[0], end[1] - start[1]
    places = {block: graph[block].position for block in groups.blocks_of(graph, members)}
    return edits.move(graph, {block: (x + dx, y + dy) for block, (x, y) in places.items()})
