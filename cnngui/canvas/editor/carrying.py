"""What frames and open groups carry with them when they are moved."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from cnngui.canvas.drawing.placing import area_of
from cnngui.canvas.drawing.scene import Scene
from core.design.graph import Graph, Place
from core.design.notes import notes_of
from core.drawing.stretch import rect_of


def carried_by(graph: Graph, drawing: Scene, note_id: str) -> dict[str, Place]:
    """The places of a note and, of a frame, of all that lies wholly in it: they move together."""
    bounds = _bounds(graph, drawing)[note_id]
    inside = notes_in(graph, drawing, bounds)
    if not any(frame.id == note_id for frame in graph.frames):
        return {note_id: inside[note_id]}
    blocks = (block for block in graph.blocks if bounds.contains(drawing.bare(block.id)))
    return inside | {block.id: block.position for block in blocks}


def notes_in(graph: Graph, drawing: Scene, area: QRectF) -> dict[str, Place]:
    """The places of the frames and comments that lie wholly in an area."""
    bounds = _bounds(graph, drawing)
    return {note.id: note.position for note in notes_of(graph) if area.contains(bounds[note.id])}


def _bounds(graph: Graph, drawing: Scene) -> dict[str, QRectF]:
    """The areas of frames and comments; of frames, without what they have grown for live pictures."""
    frames = {frame.id: area_of(rect_of(frame)) for frame in graph.frames}
    return frames | {comment.id: drawing.notes.body(comment.id) for comment in graph.comments}
