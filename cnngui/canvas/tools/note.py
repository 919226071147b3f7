"""Moving and resizing frames and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from cnngui.canvas.drawing.notes.layer import NoteHit
from cnngui.canvas.drawing.placing import snapped
from cnngui.canvas.drawing.words import named
from cnngui.canvas.tools.base import Pointer, Tool
from core.design import edits, notes
from core.design.graph import Graph

if TYPE_CHECKING:
    from cnngui.canvas.view.view import Canvas


class HoldNote(Tool):
    """A press selects the note; then all that is selected follows the cursor, or the edges of the note do."""

    def __init__(self, canvas: Canvas, hit: NoteHit) -> None:
        super().__init__(canvas)
        self._hit = hit

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        canvas, note = self.canvas, self._hit.id
        self._was_selected = note in canvas.selection.notes
        if pointer.adds:
            canvas.select((*self._others(), note))
        elif self._hit.edges or not self._was_selected:
            canvas.select((note,), ())
        self._body = canvas.drawing.notes.body(note)
        self._carried = canvas.places_to_move()

    def move(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            document = self.canvas.document
            self.canvas.drawing.show(self._change(document.graph, pointer), document.inference)

    def end(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            verb, parts = "Resize" if self._hit.edges else "Move", self.canvas.selection.parts
            text = f"{verb} {named(self.canvas.document.graph, parts)}"
            self.canvas.edit(text, lambda graph: self._change(graph, pointer))
        elif pointer.adds and self._was_selected:
            self.canvas.select(self._others())
        elif not pointer.adds:
            self.canvas.select((self._hit.id,), ())
        self.cancel()

    def cancel(self) -> None:
        self.canvas.show_document()

    def _others(self) -> tuple[str, ...]:
        """What else is selected."""
        return tuple(part for part in self.canvas.selection.parts if part != self._hit.id)

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
