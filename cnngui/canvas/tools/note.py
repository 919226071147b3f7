"""Moving and resizing frames and comments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import QRectF

from cnngui.canvas.drawing.notes.layer import NoteHit, Side
from cnngui.canvas.drawing.placing import snapped
from cnngui.canvas.drawing.words import named
from cnngui.canvas.stage import Stage
from cnngui.canvas.tools.base import Pointer, Tool
from core.design import edits, notes
from core.design.graph import Graph
from core.drawing.route import Rect
from core.drawing.stretch import rect_of


class HoldNote(Tool):
    """A press selects the note; then all that is selected follows the cursor, or the sides of the note do."""

    def __init__(self, stage: Stage, hit: NoteHit) -> None:
        super().__init__(stage)
        self._hit = hit

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        editor, note = self.stage.editor, self._hit.id
        self._was_selected = note in editor.selection.notes
        if pointer.adds:
            editor.select((*self._others(), note))
        elif self._hit.sides or not self._was_selected:
            editor.select((note,), ())
        self._body = editor.drawing.notes.body(note)
        self._carried = editor.selected.places()

    def move(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            document = self.stage.document
            self.stage.drawing.show(self._change(document.graph, pointer), document.inference)

    def end(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            verb, parts = "Resize" if self._hit.sides else "Move", self.stage.selection.parts
            text = f"{verb} {named(self.stage.document.graph, parts)}"
            self.stage.editor.edit(text, lambda graph: self._change(graph, pointer))
        elif pointer.adds and self._was_selected:
            self.stage.editor.select(self._others())
        elif not pointer.adds:
            self.stage.editor.select((self._hit.id,), ())
        self.cancel()

    def cancel(self) -> None:
        self.stage.show_document()

    def _others(self) -> tuple[str, ...]:
        """What else is selected."""
        return tuple(part for part in self.stage.selection.parts if part != self._hit.id)

    def _change(self, graph: Graph, pointer: Pointer) -> Graph:
        way = pointer.scene - self.began.scene
        if not self._hit.sides:
            x, y = self._carried[self._hit.id]
            dx, dy = snapped(x + way.x()) - x, snapped(y + way.y()) - y
            return edits.move(graph, {i: (x + dx, y + dy) for i, (x, y) in self._carried.items()})
        body = _resized(self._body, self._hit.sides, way.x(), way.y())
        if any(comment.id == self._hit.id for comment in graph.comments):
            return notes.set_width(graph, self._hit.id, body.width())
        bounds = _with_sides(
            rect_of(notes.frame(self.stage.document.graph, self._hit.id)), body, self._hit.sides
        )
        size = bounds.right - bounds.left, bounds.bottom - bounds.top
        return notes.set_bounds(graph, self._hit.id, (bounds.left, bounds.top), size)


def _with_sides(bounds: Rect, body: QRectF, sides: Collection[Side]) -> Rect:
    """Those of a frame, some sides of which are led elsewhere: it may be drawn larger than it is."""
    drawn = {"left": body.left(), "top": body.top(), "right": body.right(), "bottom": body.bottom()}
    return replace(bounds, **{side: drawn[side] for side in sides})


def _resized(body: QRectF, sides: frozenset[str], dx: float, dy: float) -> QRectF:
    """The area with some of its sides moved, on the grid, and not beyond the opposite ones."""
    left, top, right, bottom = body.left(), body.top(), body.right(), body.bottom()
    least = notes.SMALLEST
    if "left" in sides:
        left = min(snapped(left + dx), right - least)
    if "right" in sides:
        right = max(snapped(right + dx), left + least)
    if "top" in sides:
        top = min(snapped(top + dy), bottom - least)
    if "bottom" in sides:
        bottom = max(snapped(bottom + dy), top + least)
    return QRectF(left, top, right - left, bottom - top)
