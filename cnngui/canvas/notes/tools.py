"""Moving and resizing frames and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from cnngui.canvas.notes.layer import NoteHit
from cnngui.canvas.placing import snapped
from cnngui.canvas.tools.base import Pointer, Tool
from core import edits, notes
from core.graph import Graph

if TYPE_CHECKING:
    from cnngui.canvas.view import Canvas


class HoldNote(Tool):
    """A press selects the note; then it follows the cursor, or the edges by which it is held do."""

    def __init__(self, canvas: Canvas, hit: NoteHit) -> None:
        super().__init__(canvas)
        self._hit = hit

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        self.canvas.select_note(self._hit.id)
        self._body = self.canvas.drawing.notes.body(self._hit.id)
        self._carried = self.canvas.carried_by(self._hit.id)

    def move(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            document = self.canvas.document
            self.canvas.drawing.show(self._change(document.graph, pointer), document.inference)

    def end(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            verb = "Resize" if self._hit.edges else "Move"
            self.canvas.edit(f"{verb} {self.canvas.note_word()}", lambda g: self._change(g, pointer))
        self.cancel()

    def cancel(self) -> None:
        self.canvas.show_document()

    def _change(self, graph: Graph, pointer: Pointer) -> Graph:
        way = pointer.scene - self.began.scene
        if not self._hit.edges:
            x, y = self._body.x(), self._body.y()
            dx, dy = snapped(x + way.x()) - x, snapped(y + way.y()) - y
            return edits.move(graph, {i: (x + dx, y + dy) for i, (x, y) in self._carried.items()})
        body = _resized(self._body, self._hit.edges, way.x(), way.y())
        if any(comment.id == self._hit.id for comment in graph.comments):
            return notes.set_width(graph, self._hit.id, body.width())
        return notes.set_bounds(graph, self._hit.id, (body.x(), body.y()), (body.width(), body.height()))


def _resized(body: QRectF, edges: frozenset[str], dx: float, dy: float) -> QRectF:
    """The area with some of its edges moved, on the grid, and not beyond the opposite ones."""
    left, top, right, bottom = body.left(), body.top(), body.right(), body.bottom()
    least = notes.SMALLEST
    if "left" in edges:
        left = min(snapped(left + dx), right - least)
    if "right" in edges:
        right = max(snapped(right + dx), left + least)
    if "top" in edges:
        top = min(snapped(top + dy), bottom - least)
    if "bottom" in edges:
        bottom = max(snapped(bottom + dy), top + least)
    return QRectF(left, top, right - left, bottom - top)
