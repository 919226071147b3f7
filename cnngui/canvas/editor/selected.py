"""What can be done with all that is selected: blocks, wires, frames and comments alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor.carrying import carried_by, notes_in
from cnngui.canvas.editor.editing import Editing
from core.design import edits
from core.design.graph import Place
from core.design.groups import whole_groups


class Selected:
    """Deletes, disconnects and moves what is selected, each time as one step that can be undone."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def delete(self) -> None:
        """Deletes what is selected: blocks, wires, frames and comments."""
        editing = self._editing
        parts, wires = editing.selection.parts, editing.selected_wires()
        if parts or wires:
            text = f"Delete {named(editing.document.graph, parts, len(wires))}"
            all_wires = [wire for drawn in wires for wire in editing.drawing.bundle(drawn)]
            editing.remove(text, lambda graph: edits.remove(edits.without_wires(graph, all_wires), parts))

    def delete_and_reconnect(self) -> None:
        """Deletes what is selected and closes the gaps with wires."""
        editing, parts = self._editing, self._editing.selection.parts
        if parts:
            text = f"Delete {named(editing.document.graph, parts)}"
            editing.remove(text, lambda graph: edits.remove(graph, parts, reconnect=True))

    def disconnect(self) -> None:
        """Removes all wires of the selected blocks."""
        graph, blocks = self._editing.document.graph, self._editing.selection.ids
        wires = [wire for wire in graph.wires if wire.source in blocks or wire.target in blocks]
        text = f"Disconnect {named(graph, blocks)}"
        self._editing.edit(text, lambda graph: edits.without_wires(graph, wires))

    def rename(self) -> None:
        """Asks for another name of the selected group, or of the current block, where its name stands."""
        editing = self._editing
        part = editing.selection.group or editing.selection.current
        if part is None:
            return
        editing.sight.bring_into_sight([part])
        graph = editing.document.graph
        named_so = graph.group(part) if part in graph.group_by_id else graph[part]

        def take(name: str) -> None:
            if name != named_so.name:
                editing.edit(f"Rename {named_so.name}", lambda graph: edits.rename(graph, part, name))

        editing.sight.ask("Name", named_so.name, editing.drawing.title(part), take, one_line=True)

    def nudge(self, step: QPointF) -> None:
        """Moves what is selected a step; steps in a row become one."""
        editing, parts = self._editing, self._editing.selection.parts
        moved = {part: (x + step.x(), y + step.y()) for part, (x, y) in self.places().items()}
        text, merge_key = f"Move {named(editing.document.graph, parts)}", f"nudge {' '.join(parts)}"
        editing.edit(text, lambda graph: edits.move(graph, moved), merge_key)
        editing.sight.bring_into_sight(parts)

    def places(self) -> dict[str, Place]:
        """The places of all that is selected, with what selected frames and open groups carry."""
        graph, selection = self._editing.document.graph, self._editing.selection
        drawing = self._editing.drawing
        places = {block: graph[block].position for block in selection.ids}
        whole = set(whole_groups(graph, selection.ids))
        for area in drawing.open_areas():
            if area.group.id in whole:
                places |= notes_in(graph, drawing, area.body)
        for note in selection.notes:
            places |= carried_by(graph, drawing, note)
        return places
