"""What all gestures have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from cnngui.canvas.stage import Stage


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is: on the plane and in pixels of the viewport."""

    scene: QPointF
    view: QPoint
    adds: bool = False
    """Ctrl or Shift is held: the selection is extended."""
    free: bool = False
    """Alt is held: nothing snaps to its neighbours."""


class Tool:
    """A gesture from press to release. The document changes in `end` alone; `cancel` leaves no trace."""

    cursor: ClassVar[Qt.CursorShape | None] = None

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def start(self, pointer: Pointer) -> None:
        """The button went down."""
        self.began = pointer
        self._dragging = False

    def move(self, pointer: Pointer) -> None:
        """The mouse moved with the button down."""

    def end(self, pointer: Pointer) -> None:
        """The button was released."""

    def cancel(self) -> None:
        """Esc was pressed, or the design changed under the gesture."""

    def is_drag(self, pointer: Pointer) -> bool:
        """Whether the mouse has gone far enough to mean more than a click."""
        way = (pointer.view - self.began.view).manhattanLength()
        self._dragging = self._dragging or way >= QApplication.startDragDistance() // 2
        return self._dragging
