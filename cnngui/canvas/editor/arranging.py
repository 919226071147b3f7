"""Putting blocks in order: automatic layout, aligning and distributing."""

from __future__ import annotations

from collections.abc import Mapping

from cnngui.canvas.drawing.placing import rect_of
from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor.editing import Editing
from cnngui.canvas.editor.framing import with_frames
from core.design import edits
from core.design.direction import Direction
from core.design.folding import folding
from core.design.graph import Graph, Place
from core.drawing.align import Axis, Edge, align, distribute
from core.drawing.arrange import arrange, moved
from core.drawing.route import Rect
from core.templates.fitting import with_folded_laid_out


class Arranging:
    """Puts blocks in order, each time as one step that can be undone."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def arrange(self, direction: Direction) -> None:
        """Arranges the selected blocks, or all where less than two are selected, and then shows them all.

        The whole design then runs this way, in folded groups as well; a part of it is arranged the way that
        the design runs.
        """
        editing, drawing = self._editing, self._editing.drawing
        before = editing.document.graph
        chosen = editing.selection.ids if self.means_part else None
        if chosen is not None:
            direction = before.direction
        text = f"Arrange {named(before, chosen) if chosen else 'all'} {direction.words}"
        # With room for live pictures: training shall not make arranged blocks overlap.
        layouts = {shown: drawing.block_item(shown).layout for shown in drawing.bodies()}
        bare = {shown: rect_of(drawing.bare(shown)) for shown in layouts}
        sizes = {shown: layout.along(direction).room for shown, layout in layouts.items()}

        def change(graph: Graph) -> Graph:
            if direction is not graph.direction:
                graph = with_folded_laid_out(edits.set_direction(graph, direction))
            graph = edits.move(graph, arrange(graph, sizes, blocks=chosen))
            now = {
                shown: Rect(x, y, x + sizes[shown][0], y + sizes[shown][1])
                for shown, (x, y) in folding(graph).corners(graph).items()
            }
            return with_frames(graph, bare, now)

        if editing.edit(text, change) and chosen is None:
            editing.sight.fit()
        editing.sight.glide(before)

    @property
    def means_part(self) -> bool:
        """Whether arranging means the selection: at least two blocks, but not all."""
        drawing, ids = self._editing.drawing, self._editing.selection.ids
        shown = {drawing.shown(block) for block in ids}
        return len(shown) > 1 and len(ids) < len(self._editing.document.graph.blocks)

    def turn(self) -> None:
        """Lets the design run the other way; its blocks stay where they are."""
        other = self._editing.document.graph.direction.other
        self._editing.edit(f"Flow {other.words}", lambda graph: edits.set_direction(graph, other))

    def align(self, edge: Edge) -> None:
        """Puts the selected blocks in line."""
        self._place("Align", align(self._bodies(), edge))

    def distribute(self, axis: Axis) -> None:
        """Makes the gaps between the selected blocks equal."""
        self._place("Distribute", distribute(self._bodies(), axis))

    def _place(self, verb: str, places: Mapping[str, Place]) -> None:
        editing, before = self._editing, self._editing.document.graph
        text = f"{verb} {named(before, editing.selection.ids)}"
        editing.edit(text, lambda graph: edits.move(graph, moved(graph, places)))
        editing.sight.glide(before)

    def _bodies(self) -> dict[str, Rect]:
        drawing, ids = self._editing.drawing, self._editing.selection.ids
        shown = dict.fromkeys(drawing.shown(block) for block in ids)
        return {block: rect_of(drawing.block_item(block).body) for block in shown}
