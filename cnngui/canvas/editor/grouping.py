"""The canvas groups: commands that fold a selection into one block, open it, and unpack it again."""

from __future__ import annotations

from collections.abc import Mapping

from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor.editor import Change, DesignView
from core.design import groups
from core.design.graph import Graph
from core.design.infer import infer
from core.drawing import room
from core.drawing.route import Rect
from core.errors import DesignError


class GroupingView(DesignView):
    """A view in which groups can be made, folded and opened, each time as one step that can be undone."""

    def group_selected(self) -> None:
        """Folds the selected blocks and groups into a group."""
        graph, blocks = self.document.graph, self.selection.ids
        try:
            grouped = groups.group(graph, blocks)
        except DesignError as error:
            self.refuse(str(error))
            return
        made = grouped.groups[-1].id
        text = f"Group {named(graph, blocks)}"
        self._change_fold(text, grouped, made, folded=True)
        self.select((made,), ())

    def ungroup_selected(self) -> None:
        """Unpacks the selected group, or the one around the current block."""
        group_id = self.target_group
        if group_id is None:
            self.refuse("There is no group to unpack here.")
            return
        graph = self.document.graph
        blocks = graph.inside(group_id)
        folded = graph.group(group_id).folded
        text = f"Unpack {graph.group(group_id).name}"
        opened = self._refolded(graph, group_id, folded=False) if folded else graph
        self.edit(text, lambda _: groups.ungroup(opened, group_id))
        self.select(blocks, ())

    def toggle_fold(self, group_id: str | None = None) -> None:
        """Folds or opens a group: the one that commands mean, unless it is named."""
        group_id = group_id or self.target_group
        if group_id is None:
            self.refuse("There is no group here. Select blocks and press Ctrl+G.")
            return
        group = self.document.graph.group(group_id)
        text = f"{'Open' if group.folded else 'Fold'} {group.name}"
        self._change_fold(text, self.document.graph, group_id, folded=not group.folded)
        self.select((group_id,), ())
        self.bring_into_sight([group_id])

    @property
    def target_group(self) -> str | None:
        """The group that commands mean: the selected one, else the innermost around the current block."""
        graph, current = self.document.graph, self.selection.current
        if self.selection.group is not None:
            return self.selection.group
        if current is None or current not in graph.by_id:
            return None
        return graph.hidden.get(current) or graph.parent.get(current)

    def reveal(self, part_id: str) -> None:
        """Selects a block or a group and brings it into sight, whatever hides it."""
        self.show_inside(part_id)
        self.select((part_id,), ())
        self.bring_into_sight([part_id])

    def show_inside(self, member: str) -> None:
        """Opens the groups that hide a block or a group."""
        while (around := self.document.graph.hidden.get(member)) is not None:
            name = self.document.graph.group(around).name
            self._change_fold(f"Open {name}", self.document.graph, around, folded=False)

    def edit(self, text: str, change: Change, merge_key: str = "") -> bool:
        """Makes an edit; open groups that gain members by it get room."""
        return super().edit(text, lambda graph: self.with_room(change(graph)), merge_key)

    def with_room(self, after: Graph, known: Mapping[str, Rect] | None = None) -> Graph:
        """What an edit makes of the document, with room for the open groups that gain members.

        A gesture that asks again and again may give the `areas` of the document.
        """
        before = self.document.graph
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

    def areas(self, graph: Graph) -> dict[str, Rect]:
        """The areas of everything that is drawn of a design."""
        return room.areas(graph, self.sizes(graph))

    def _change_fold(self, text: str, graph: Graph, group_id: str, *, folded: bool) -> None:
        """Folds or opens a group of `graph`, and moves what is around it."""
        changed = self._refolded(graph, group_id, folded=folded)
        self.edit(text, lambda _: changed)

    def _refolded(self, graph: Graph, group_id: str, *, folded: bool) -> Graph:
        """A design in which a group is folded or opened, with room for it."""
        before = self.areas(graph)
        after = groups.fold(graph, group_id, folded)
        return room.make(after, self.sizes(after), before, [group_id], closes=True)

    def sizes(self, graph: Graph) -> room.Sizes:
        """The sizes of all blocks and folded groups of a design; it is drawn where they aren't known."""
        drawn = {graph.hidden.get(block.id, block.id) for block in graph.blocks}
        sizes = {shown: (body.width(), body.height()) for shown, body in self.drawing.bodies().items()}
        if not drawn <= sizes.keys():
            self.drawing.show(graph, infer(graph, self.document.data))
            sizes = {shown: (body.width(), body.height()) for shown, body in self.drawing.bodies().items()}
        return sizes


def is_drawn_open(graph: Graph, group_id: str) -> bool:
    """Whether an open group is seen: the groups around it are open, too."""
    return group_id in graph.group_by_id and group_id not in graph.hidden and not graph.group(group_id).folded
