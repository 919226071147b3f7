"""Selecting with a rectangle drawn over the empty canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from cnngui.canvas.drawing.picking import blocks_in
from cnngui.canvas.tools.base import Pointer, Tool


class RubberBand(Tool):
    """Selects the blocks and comments that the rectangle touches, and frames that lie in it.

    A click without a drag selects nothing.
    """

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        selection, editor = self.stage.selection, self.stage.editor
        self._before = selection.parts
        self._wires = editor.selected_wires()
        self._kept = selection.ids if pointer.adds else ()
        self._kept_notes = selection.notes if pointer.adds else ()
        if not pointer.adds:
            editor.select((), ())

    def move(self, pointer: Pointer) -> None:
        if not self.is_drag(pointer):
            return
        area = QRectF(self.began.scene, pointer.scene).normalized()
        drawing = self.stage.drawing
        drawing.gesture.draw_band(area)
        found = [block for block in blocks_in(drawing, area) if block not in self._kept]
        notes = [note for note in drawing.notes.selected_by(area) if note not in self._kept_notes]
        self.stage.selection.set((*self._kept, *found), notes=(*self._kept_notes, *notes))

    def end(self, pointer: Pointer) -> None:
        self.stage.drawing.clear_gesture()

    def cancel(self) -> None:
        self.stage.drawing.clear_gesture()
        self.stage.editor.select(self._before, self._wires)
