"""Selecting with a rectangle drawn over the empty canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from cnngui.canvas.tools.base import Pointer, Tool


class RubberBand(Tool):
    """Selects all blocks that the rectangle touches; a click without a drag selects nothing."""

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        self._before = self.canvas.selection.ids
        self._wires = self.canvas.selected_wires()
        self._kept = self._before if pointer.adds else ()
        if not pointer.adds:
            self.canvas.select((), ())

    def move(self, pointer: Pointer) -> None:
        if not self.is_drag(pointer):
            return
        area = QRectF(self.began.scene, pointer.scene).normalized()
        self.canvas.drawing.draw_band(area)
        found = [block for block in self.canvas.drawing.blocks_in(area) if block not in self._kept]
        self.canvas.selection.set((*self._kept, *found))

    def end(self, pointer: Pointer) -> None:
        self.canvas.drawing.clear_gesture()

    def cancel(self) -> None:
        self.canvas.drawing.clear_gesture()
        self.canvas.select(self._before, self._wires)
