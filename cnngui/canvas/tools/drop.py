"""A block that is dragged in from the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from cnngui.canvas.placing import insert, under_cursor
from cnngui.canvas.tools.base import Pointer, Tool
from core import edits
from core.graph import Wire
from core.infer import Inference, infer

if TYPE_CHECKING:
    from cnngui.canvas.view import Canvas


class DropBlock(Tool):
    """Shows the design as it would be: with the block under the cursor, and in the wire that passes there."""

    def __init__(self, canvas: Canvas, kind: str) -> None:
        super().__init__(canvas)
        self._kind = kind
        self._wire: Wire | None = None
        self._course = QPainterPath()
        self._inserted: Inference | None = None

    def move(self, pointer: Pointer) -> None:
        document = self.canvas.document
        layer = self.canvas.new_layer(self._kind)
        block = edits.new_block(document.graph, layer, under_cursor(pointer.scene))
        wire = self._wire_at(pointer.scene)
        if wire is None:
            self.canvas.drawing.show(edits.add(document.graph, block), document.inference)
        else:
            inserted = insert(document.graph, block, wire)
            self._inserted = self._inserted or infer(inserted, document.data)
            self.canvas.drawing.show(inserted, self._inserted)

    def end(self, pointer: Pointer) -> None:
        self.cancel()
        self.canvas.add(self._kind, pointer.scene)

    def cancel(self) -> None:
        self.canvas.show_document()

    def _wire_at(self, point: QPointF) -> Wire | None:
        """The wire to insert into. It isn't drawn while the block is shown in it, so its course is kept."""
        if self._wire is None or not self._course.contains(point):
            self.canvas.show_document()
            self._inserted = None
            self._wire = self.canvas.insertion_wire(self._kind, point)
            if self._wire is not None:
                self._course = self.canvas.drawing.course(self._wire)
        return self._wire
