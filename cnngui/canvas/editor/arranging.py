"""The canvas arranges: automatic layout, aligning and distributing."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QStyle, QWidget

from cnngui.canvas.drawing.motion import Motion
from cnngui.canvas.drawing.placing import rect_of
from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor.members import MembersView
from cnngui.canvas.view.minimap import Minimap
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.theme.theme import ThemeManager
from core.design import edits
from core.design.direction import Direction
from core.design.graph import Graph
from core.drawing.align import Axis, Edge, align, distribute
from core.drawing.arrange import arrange, moved
from core.drawing.route import Rect
from core.templates.fitting import with_folded_laid_out


class ArrangingView(MembersView):
    """A view whose blocks can be put in order, each time as one step that can be undone."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        self._animations = True
        self.motion = Motion(self._draw)
        super().__init__(document, selection, themes, parent)
        self.minimap = Minimap(self, themes)

    def set_animations(self, on: bool) -> None:
        """Whether blocks may glide; they never do where the system asks for less motion."""
        self._animations = on

    def arrange(self, direction: Direction) -> None:
        """Arranges the selected blocks, or all where less than two are selected, and then shows them all.

        The whole design then runs this way, in folded groups as well; a part of it is arranged the way that
        the design runs.
        """
        graph = self.document.graph
        chosen = self.selection.ids if self.arranges_part else None
        if chosen is not None:
            direction = graph.direction
        text = f"Arrange {named(graph, chosen) if chosen else 'all'} {direction.words}"
        # With room for live pictures: training shall not make arranged blocks overlap.
        layouts = {shown: self.drawing.block_item(shown).layout for shown in self.drawing.bodies()}
        sizes = {shown: layout.along(direction).room for shown, layout in layouts.items()}

        def change(graph: Graph) -> Graph:
            if direction is not graph.direction:
                graph = with_folded_laid_out(edits.set_direction(graph, direction))
            return edits.move(graph, arrange(graph, sizes, blocks=chosen))

        if self.edit(text, change) and chosen is None:
            self.fit()
        self._glide(graph)

    @property
    def arranges_part(self) -> bool:
        """Whether arranging means the selection: at least two blocks, but not all."""
        shown = {self.drawing.shown(block) for block in self.selection.ids}
        return len(shown) > 1 and len(self.selection.ids) < len(self.document.graph.blocks)

    def turn(self) -> None:
        """Lets the design run the other way; its blocks stay where they are."""
        other = self.document.graph.direction.other
        self.edit(f"Flow {other.words}", lambda graph: edits.set_direction(graph, other))

    def settle(self) -> None:
        """Draws the design as it is, with nothing in motion and nothing proposed: before a gesture."""
        if self.motion.is_running or self.drawing.graph is not self.document.graph:
            self.motion.stop()
            self.show_document()

    def align(self, edge: Edge) -> None:
        """Puts the selected blocks in line."""
        self._place(f"Align {named(self.document.graph, self.selection.ids)}", align(self._bodies(), edge))

    def distribute(self, axis: Axis) -> None:
        """Makes the gaps between the selected blocks equal."""
        text = f"Distribute {named(self.document.graph, self.selection.ids)}"
        self._place(text, distribute(self._bodies(), axis))

    def _follow_document(self) -> None:
        self.motion.stop()
        super()._follow_document()

    def _place(self, text: str, places: Mapping[str, tuple[float, float]]) -> None:
        before = self.document.graph
        self.edit(text, lambda graph: edits.move(graph, moved(graph, places)))
        self._glide(before)

    def _bodies(self) -> dict[str, Rect]:
        shown = dict.fromkeys(self.drawing.shown(block) for block in self.selection.ids)
        return {block: rect_of(self.drawing.block_item(block).body) for block in shown}

    def _glide(self, before: Graph) -> None:
        less_motion = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) == 0
        if self._animations and not less_motion:
            self.motion.run(before, self.document.graph)

    def _draw(self, graph: Graph) -> None:
        self.drawing.show(graph, self.document.inference)
