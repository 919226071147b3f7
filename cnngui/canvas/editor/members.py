"""Moving what is selected into a group and out of it, without a mouse."""

from __future__ import annotations

from cnngui.canvas.drawing.layout import PLAIN
from cnngui.canvas.drawing.placing import behind, rect_of
from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor.editing import Editing
from cnngui.canvas.editor.spacing import is_drawn_open, moved_together
from core.design import groups
from core.design.graph import Graph, Group, Place


class Members:
    """Lets groups take and give up members, each time as one step that can be undone."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def take_out(self) -> None:
        """Takes what is selected out of the group around it, and puts it down beside the group."""
        editing, around = self._editing, self.around
        if around is None:
            editing.refuse("What is selected is in no group.")
            return
        graph, chosen = editing.document.graph, set(editing.selection.ids)
        every, name = graph.group(around).members, graph.group(around).name
        members = [member for member in every if chosen.issuperset(groups.blocks_of(graph, [member]))]

        def change(graph: Graph) -> Graph:
            return editing.spacing.regrouped(graph, members, graph.parent.get(around))

        if editing.edit(f"Take {named(graph, groups.blocks_of(graph, members))} out of {name}", change):
            editing.sight.bring_into_sight(members)

    def move_into(self, group_id: str) -> bool:
        """Moves what is selected into a group, behind its last member; gives whether that was possible."""
        editing, drawing = self._editing, self._editing.drawing
        graph, group = editing.document.graph, editing.document.graph.group(group_id)
        members = [member for member in self.chosen if graph.parent.get(member) != group_id]
        if not members:
            editing.refuse(f"What is selected is in {group.name} already.")
            return False
        areas = [rect_of(drawing.body(member)) for member in members]
        start, end = (min(a.left for a in areas), min(a.top for a in areas)), self._end_of(group)

        def change(graph: Graph) -> Graph:
            return moved_together(groups.regroup(graph, members, group_id), members, start, end)

        text = f"Move {named(graph, groups.blocks_of(graph, members))} into {group.name}"
        if not editing.edit(text, change):
            return False
        shown = [group_id] if group_id in drawing.boxes() else members
        editing.select(shown, ())
        editing.sight.bring_into_sight(shown)
        return True

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is selected, as few blocks and groups as possible."""
        held = self._held
        return () if held is None else self.chosen_with(held)

    def chosen_with(self, held: str) -> tuple[str, ...]:
        """The same; `held`, where it is all that is selected, isn't the group that it is alone in."""
        graph, ids = self._editing.document.graph, self._editing.selection.ids
        if set(groups.blocks_of(graph, [held])) == set(ids):
            return (held,)
        return tuple(groups.roots(graph, ids))

    @property
    def around(self) -> str | None:
        """The group that the selected group, or the current block, is a member of."""
        held = self._held
        return None if held is None else self._editing.document.graph.parent.get(held)

    @property
    def _held(self) -> str | None:
        """The selected group, or the current block; a folded group, where all that it hides is selected."""
        graph, selection = self._editing.document.graph, self._editing.selection
        chosen = selection.group or selection.current
        folded = graph.hidden.get(chosen or "")
        is_whole = folded is not None and set(graph.inside(folded)) <= set(selection.ids)
        return folded if is_whole else chosen

    def _end_of(self, group: Group) -> Place:
        """Where the next member of a group goes: behind all others, the way that the design runs."""
        graph, drawing = self._editing.document.graph, self._editing.drawing
        turn = graph.direction.turn
        if is_drawn_open(graph, group.id):
            bodies = [rect_of(drawing.body(member)).turned(graph.direction) for member in group.members]
            last = max(bodies, key=lambda body: body.right)
            return behind(turn((last.left, last.top)), last.right - last.left, graph.direction)
        last_corner = turn(max(turn(graph[block].position) for block in graph.inside(group.id)))
        return behind(last_corner, turn(PLAIN.room)[0], graph.direction)
