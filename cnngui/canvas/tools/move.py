"""Moving the selected blocks and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF

from cnngui.canvas.guides import snap
from cnngui.canvas.placing import snapped
from cnngui.canvas.tools.base import Pointer, Tool
from cnngui.canvas.words import named
from core import edits
from core.groups import blocks_of

if TYPE_CHECKING:
    from cnngui.canvas.view import Canvas

Places = dict[str, tuple[float, float]]


class MoveBlocks(Tool):
    """The selected blocks follow the cursor; releasing makes one edit. A click without a drag selects."""

    def __init__(self, canvas: Canvas, grabbed: str) -> None:
        super().__init__(canvas)
        self._grabbed = grabbed

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        canvas = self.canvas
        self._was_selected = set(self._blocks()) <= set(canvas.selection.ids)
        if pointer.adds:
            canvas.select((*self._others(), self._grabbed))
        elif not self._was_selected:
            canvas.select((self._grabbed,), ())
        drawing, moving = canvas.drawing, set(canvas.selection.ids)
        self._body = drawing.body(self._grabbed)
        in_sight = drawing.blocks_in(canvas.visible_area())
        self._neighbours = [drawing.block_item(block).body for block in in_sight if block not in moving]

    def move(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            document = self.canvas.document
            places, guides = self._places(pointer)
            self.canvas.drawing.show(edits.move(document.graph, places), document.inference)
            self.canvas.drawing.draw_guides(guides)

    def end(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            places, _ = self._places(pointer)
            text = f"Move {named(self.canvas.document.graph, places)}"
            self.canvas.edit(text, lambda graph: edits.move(graph, places))
            self.cancel()
        elif pointer.adds and self._was_selected:
            self.canvas.select(self._others())
        elif not pointer.adds:
            self.canvas.select((self._grabbed,), ())

    def cancel(self) -> None:
        self.canvas.drawing.clear_gesture()
        self.canvas.show_document()

    def _places(self, pointer: Pointer) -> tuple[Places, list[QLineF]]:
        """Where the blocks are to go, and the lines that they snap to.

        The grabbed block goes on the grid, or level with a neighbour; the others keep their distance from it.
        """
        graph = self.canvas.document.graph
        x, y = self._body.x(), self._body.y()
        way = pointer.scene - self.began.scene
        dx, dy = snapped(x + way.x()) - x, snapped(y + way.y()) - y
        guides: list[QLineF] = []
        if not pointer.free:
            way, guides = snap(self._body.translated(dx, dy), self._neighbours)
            dx, dy = dx + way.x(), dy + way.y()
        positions = {block_id: graph[block_id].position for block_id in self.canvas.selection.ids}
        return {block_id: (x + dx, y + dy) for block_id, (x, y) in positions.items()}, guides

    def _blocks(self) -> tuple[str, ...]:
        """The blocks that are grabbed."""
        return blocks_of(self.canvas.document.graph, [self._grabbed])

    def _others(self) -> tuple[str, ...]:
        """What else is selected."""
        grabbed = self._blocks()
        return tuple(block for block in self.canvas.selection.ids if block not in grabbed)
