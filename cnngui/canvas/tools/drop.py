"""A block that is dragged in from the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnngui.canvas.placing import under_cursor
from cnngui.canvas.tools.base import Pointer, Tool
from core import edits

if TYPE_CHECKING:
    from cnngui.canvas.view import Canvas


class DropBlock(Tool):
    """Shows the block where it would land; a wire that it would be inserted into lights up."""

    def __init__(self, canvas: Canvas, kind: str) -> None:
        super().__init__(canvas)
        self._kind = kind

    def move(self, pointer: Pointer) -> None:
        document, drawing = self.canvas.document, self.canvas.drawing
        drawing.hover(self.canvas.insertion_wire(self._kind, pointer.scene))
        layer = self.canvas.new_layer(self._kind)
        block = edits.new_block(document.graph, layer, under_cursor(pointer.scene))
        drawing.show(edits.add(document.graph, block), document.inference)
        drawing.dim({block.id})

    def end(self, pointer: Pointer) -> None:
        self.cancel()
        self.canvas.add(self._kind, pointer.scene)

    def cancel(self) -> None:
        self.canvas.drawing.clear_gesture()
        self.canvas.drawing.hover(None)
        self.canvas.show_document()
