"""Moving the selected blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnngui.canvas.placing import snapped
from cnngui.canvas.tools.base import Pointer, Tool
from cnngui.canvas.words import named
from core import edits

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
        self._was_selected = self._grabbed in canvas.selection.ids
        if pointer.adds:
            canvas.select((*_without(canvas.selection.ids, self._grabbed), self._grabbed))
        elif not self._was_selected:
            canvas.select((self._grabbed,), ())

    def move(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            document = self.canvas.document
            moved = edits.move(document.graph, self._places(pointer))
            self.canvas.drawing.show(moved, document.inference)

    def end(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            places = self._places(pointer)
            text = f"Move {named(self.canvas.document.graph, places)}"
            self.canvas.edit(text, lambda graph: edits.move(graph, places))
            self.canvas.show_document()
        elif pointer.adds and self._was_selected:
            self.canvas.select(_without(self.canvas.selection.ids, self._grabbed))
        elif not pointer.adds:
            self.canvas.select((self._grabbed,), ())

    def cancel(self) -> None:
        self.canvas.show_document()

    def _places(self, pointer: Pointer) -> Places:
        """Where the blocks are to go: the grabbed one on the grid, the others as far from it as before."""
        graph = self.canvas.document.graph
        x, y = graph[self._grabbed].position
        way = pointer.scene - self.began.scene
        dx, dy = snapped(x + way.x()) - x, snapped(y + way.y()) - y
        positions = {block_id: graph[block_id].position for block_id in self.canvas.selection.ids}
        return {block_id: (x + dx, y + dy) for block_id, (x, y) in positions.items()}


def _without(ids: tuple[str, ...], block_id: str) -> tuple[str, ...]:
    return tuple(other for other in ids if other != block_id)
