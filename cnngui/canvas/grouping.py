"""The canvas groups: commands that fold a selection into one block, open it, and unpack it again."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from cnngui.canvas.editing import DesignView
from cnngui.canvas.words import named
from core import groups, room
from core.errors import DesignError
from core.graph import Graph
from core.route import Rect


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
        opened = groups.fold(graph, group_id, False)
        text = f"Unpack {graph.group(group_id).name}"
        if folded:
            opened = self._with_room(opened, group_id)
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

    def take_out(self) -> None:
        """Takes the selected blocks or the selected group out of the group around."""
        graph = self.document.graph
        chosen = (self.selection.group,) if self.selection.group else self.selection.ids
        text = f"Take out {named(graph, self.selection.ids)}"

        def change(graph: Graph) -> Graph:
            for member in chosen:
                around = graph.parent.get(member)
                if around is not None:
                    graph = groups.join(graph, [member], graph.parent.get(around))
            return graph

        self.edit(text, change)

    @property
    def target_group(self) -> str | None:
        """The group that commands mean: the selected one, else the innermost around the current block."""
        graph, current = self.document.graph, self.selection.current
        if self.selection.group is not None:
            return self.selection.group
        if current is None or current not in graph.by_id:
            return None
        return graph.hidden.get(current) or graph.parent.get(current)

    @property
    def around(self) -> str | None:
        """The group that the selected group, or the current block, is a member of."""
        chosen = self.selection.group or self.selection.current
        return None if chosen is None else self.document.graph.parent.get(chosen)

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

    def _change_fold(self, text: str, graph: Graph, group_id: str, *, folded: bool) -> None:
        """Folds or opens a group of `graph`, and moves what is beside it."""
        if graph is not self.document.graph:
            self.drawing.show(graph, self.document.inference)
        changed = self._with_room(groups.fold(graph, group_id, folded), group_id)
        self.edit(text, lambda _: changed)

    def _with_room(self, after: Graph, group_id: str) -> Graph:
        """A design in which a group is folded or opened, with room for it: it is drawn to know its size."""
        before = _rect(self.drawing.body(group_id))
        self.drawing.show(after, self.document.inference)
        around = {group_id, *after.ancestors(group_id)}
        units: dict[str, list[str]] = {}
        for block in after.blocks:
            chain = [block.id, *after.ancestors(block.id)]
            if group_id not in chain:  # what is in another group moves with it
                unit = next((n for n, group in enumerate(chain) if group in around), len(chain))
                units.setdefault(chain[unit - 1], []).append(block.id)
        bodies = {unit: (_rect(self.drawing.body(unit)), blocks) for unit, blocks in units.items()}
        rects = [rect for rect, _ in bodies.values()]
        stretch = room.stretch(rects, before, _rect(self.drawing.body(group_id)))
        return room.apply(after, stretch, bodies)


def _rect(area: QRectF) -> Rect:
    return Rect(area.left(), area.top(), area.right(), area.bottom())
