"""Moving the view by dragging with the middle button."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from cnngui.canvas.tools.base import Pointer, Tool


class Pan(Tool):
    """The plane follows the cursor."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        self._last = pointer.view

    def move(self, pointer: Pointer) -> None:
        self.stage.scroll_by(QPointF(self._last - pointer.view))
        self._last = pointer.view

    def cancel(self) -> None:
        self.stage.scroll_by(QPointF(self._last - self.began.view))
