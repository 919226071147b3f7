"""The canvas arranges: automatic layout, aligning and distributing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QStyle, QWidget

from cnngui.canvas.members import MembersView
from cnngui.canvas.minimap import Minimap
from cnngui.canvas.motion import Motion
from cnngui.canvas.placing import rect_of
from cnngui.canvas.words import named
from cnngui.document import Document
from cnngui.selection import Selection
from cnngui.theme import ThemeManager
from core import edits
from core.align import Axis, Edge, align, distribute
from core.arrange import Direction, arrange, moved
from core.graph import Graph
from core.route import Rect

_DIRECTIONS: Final[dict[Direction, str]] = {"right": "left to right", "down": "top down"}


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
        """Arranges the selected blocks, or all where less than two are selected, and then shows them all."""
        graph = self.document.graph
        shown = {self.drawing.shown(block) for block in self.selection.ids}
        chosen = self.selection.ids if len(shown) > 1 else None
        text = f"Arrange {named(graph, chosen) if chosen else 'all'} {_DIRECTIONS[direction]}"
        sizes = {shown: self._size(shown) for shown in self.drawing.bodies()}

        def change(graph: Graph) -> Graph:
            return edits.move(graph, arrange(graph, sizes, direction=direction, blocks=chosen))

        if self.edit(text, change) and chosen is None:
            self.fit()
        self._glide(graph)

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

    def _size(self, block_id: str) -> tuple[float, float]:
        """With room for a live picture: training shall not make arranged blocks overlap."""
        layout = self.drawing.block_item(block_id).layout
        return layout.body.width(), layout.height_with_picture

    def _glide(self, before: Graph) -> None:
        less_motion = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) == 0
        if self._animations and not less_motion:
            self.motion.run(before, self.document.graph)

    def _draw(self, graph: Graph) -> None:
        self.drawing.show(graph, self.document.inference)
