"""Folding a selection into one block, opening it, and unpacking it again."""

from __future__ import annotations

from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor.editing import Editing
from core.design import groups
from core.design.graph import Graph
from core.errors import DesignError


class Groups:
    """Makes, folds and opens groups, each time as one step that can be undone."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def group(self) -> None:
        """Folds the selected blocks and groups into a group."""
        editing = self._editing
        graph, blocks = editing.document.graph, editing.selection.ids
        try:
            grouped = groups.group(graph, blocks)
        except DesignError as error:
            editing.refuse(str(error))
            return
        made = grouped.groups[-1].id
        self._fold(f"Group {named(graph, blocks)}", grouped, made, folded=True)
        editing.select((made,), ())

    def unpack(self) -> None:
        """Unpacks the selected group, or the one around the current block."""
        editing, group_id = self._editing, self.target
        if group_id is None:
            editing.refuse("There is no group to unpack here.")
            return
        graph = editing.document.graph
        blocks, group = graph.inside(group_id), graph.group(group_id)
        opened = editing.spacing.folded(graph, group_id, folded=False) if group.folded else graph
        editing.edit(f"Unpack {group.name}", lambda _: groups.ungroup(opened, group_id))
        editing.select(blocks, ())

    def toggle(self, group_id: str | None = None) -> None:
        """Folds or opens a group: the one that commands mean, unless it is named."""
        editing, group_id = self._editing, group_id or self.target
        if group_id is None:
            editing.refuse("There is no group here. Select blocks and press Ctrl+G.")
            return
        graph = editing.document.graph
        group = graph.group(group_id)
        self._fold(
            f"{'Open' if group.folded else 'Fold'} {group.name}", graph, group_id, folded=not group.folded
        )
        editing.select((group_id,), ())
        editing.sight.bring_into_sight([group_id])

    @property
    def target(self) -> str | None:
        """The group that commands mean: the selected one, else the innermost around the current block."""
        graph, selection = self._editing.document.graph, self._editing.selection
        if selection.group is not None:
            return selection.group
        current = selection.current
        if current is None or current not in graph.by_id:
            return None
        return graph.hidden.get(current) or graph.parent.get(current)

    def show_inside(self, member: str) -> None:
        """Opens the groups that hide a block or a group."""
        document = self._editing.document
        while (around := document.graph.hidden.get(member)) is not None:
            name = document.graph.group(around).name
            self._fold(f"Open {name}", document.graph, around, folded=False)

    def reveal(self, part_id: str) -> None:
        """Selects a block or a group and brings it into sight, whatever hides it."""
        self.show_inside(part_id)
        self._editing.select((part_id,), ())
        self._editing.sight.bring_into_sight([part_id])

    def _fold(self, text: str, graph: Graph, group_id: str, *, folded: bool) -> None:
        """Folds or opens a group of `graph`, and moves what is around it."""
        changed = self._editing.spacing.folded(graph, group_id, folded=folded)
        self._editing.edit(text, lambda _: changed)
