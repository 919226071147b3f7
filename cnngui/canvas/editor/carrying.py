"""What frames and open groups carry with them when they are moved."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from cnngui.canvas.drawing.scene import Scene
from core.design.graph import Graph, Place
from core.design.notes import notes_of


def carried_by(graph: Graph, drawing: Scene, note_id: str) -> dict[str, Place]:
    """The places of a note and, of a frame, of all that lies wholly in it: they move together."""
    body = drawing.notes.body(note_id)
    inside = notes_in(graph, drawing, body)
    if not any(frame.id == note_id for frame in graph.frames):
        return {note_id: inside[note_id]}
    blocks = (block for block in graph.blocks if body.contains(drawing.block_item(block.id).body))
    return inside | {block.id: block.position for block in blocks}


def notes_in(graph: Graph, drawing: Scene, area: QRectF) -> dict[str, Place]:
    """The places of the frames and comments that lie wholly in an area."""
    drawn = drawing.notes
    return {note.id: note.position for note in notes_of(graph) if area.contains(drawn.body(note.id))}
