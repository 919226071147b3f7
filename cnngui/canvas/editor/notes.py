"""The canvas takes notes: frames around blocks, and comments."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtWidgets import QWidget

from cnngui.canvas.drawing.notes.frame_item import TITLE
from cnngui.canvas.drawing.placing import snapped
from cnngui.canvas.drawing.words import counted
from cnngui.canvas.editor.snippets import SnippetView
from cnngui.canvas.view.note_editor import NoteEditor
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.theme.theme import GRID, ThemeManager
from core.design import edits, notes
from core.design.graph import Comment, Frame, Place
from core.design.groups import whole_groups

_AROUND = 6 * GRID
"""Between the blocks that get a frame and its edges."""


class NotingView(SnippetView):
    """A view with frames and comments, which can be selected like blocks."""

    wanted = Signal()
    """Something is about to open on the canvas: it has to be in sight."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, selection, themes, parent)
        self.note_editor = NoteEditor(self)

    @property
    def note(self) -> str | None:
        """The id of the selected frame or comment, where nothing else is selected."""
        parts = self.selection.parts
        return parts[0] if len(parts) == 1 and self.selection.notes else None

    def add_frame(self, position: QPointF | None = None) -> None:
        """Puts a frame around the selected blocks or, where there are none, here; then asks for its title."""
        area = self.drawing.content_rect(self.selection.ids) if self.selection.ids else QRectF()
        if area.isEmpty():
            corner = position or self.visible_area().center() - QPointF(Frame.size[0] / 2, Frame.size[1] / 2)
            place, size = _on_grid(corner), Frame.size
        else:
            area = area.adjusted(-_AROUND, -_AROUND - TITLE, _AROUND, _AROUND)
            place = _on_grid(area.topLeft())
            size = snapped(area.right() - place[0]), snapped(area.bottom() - place[1])
        made = self.document.graph.free_id("frame")
        if self.edit("Add frame", lambda graph: notes.add_frame(graph, place, size)[0], made):
            self.select((made,), ())
            self.bring_into_sight([made])
            self.edit_note(merge_key=made)

    def add_comment(self, position: QPointF | None = None) -> None:
        """Asks for a text, and puts a comment with it here."""
        place = _on_grid(position or self.visible_area().center())
        made = self.document.graph.free_id("comment")
        area = QRectF(*place, Comment.width, 20 * GRID)

        def take(text: str) -> None:
            if text and self.edit("Add comment", lambda graph: notes.add_comment(graph, place, text)[0]):
                self.select((made,), ())

        self._ask("Comment", "", area, take)

    def edit_note(self, *, merge_key: str = "") -> None:
        """Edits the title or the text of the selected note in place."""
        found = self._selected_note()
        if found is not None:
            self.bring_into_sight([found.id])
        if isinstance(found, Frame):
            frame_id = found.id

            def retitle(text: str) -> None:
                self.edit("Rename frame", lambda g: notes.set_title(g, frame_id, text), merge_key)

            self._ask("Title", found.title, self.drawing.notes.title(frame_id), retitle, one_line=True)
        elif found is not None:
            comment_id = found.id

            def rewrite(text: str) -> None:
                if text:
                    self.edit("Edit comment", lambda g: notes.set_text(g, comment_id, text))
                else:
                    self.edit("Delete comment", lambda g: edits.remove(g, [comment_id]))

            self._ask("Comment", found.text, self.drawing.notes.body(comment_id), rewrite)

    def color_frame(self, color: str) -> None:
        """Gives the selected frame another colour."""
        found = self._selected_note()
        if isinstance(found, Frame):
            self.edit("Colour frame", lambda graph: notes.set_color(graph, found.id, color))

    def carried_by(self, note_id: str) -> dict[str, Place]:
        """The places of a note and, of a frame, of all that lies wholly in it: they move together."""
        graph, drawing = self.document.graph, self.drawing
        body = drawing.notes.body(note_id)
        inside = self._notes_in(body)
        if not any(frame.id == note_id for frame in graph.frames):
            return {note_id: inside[note_id]}
        blocks = (block for block in graph.blocks if body.contains(drawing.block_item(block.id).body))
        return inside | {block.id: block.position for block in blocks}

    def _notes_in(self, area: QRectF) -> dict[str, Place]:
        """The places of the frames and comments that lie wholly in an area."""
        every, drawn = notes.notes_of(self.document.graph), self.drawing.notes
        return {note.id: note.position for note in every if area.contains(drawn.body(note.id))}

    def places_to_move(self) -> dict[str, Place]:
        """The places of all that is selected, with what selected frames and open groups carry."""
        graph, selection = self.document.graph, self.selection
        places = {block: graph[block].position for block in selection.ids}
        whole = set(whole_groups(graph, selection.ids))
        for area in self.drawing.open_areas():
            if area.group.id in whole:
                places |= self._notes_in(area.body)
        for note in selection.notes:
            places |= self.carried_by(note)
        return places

    def _selected_note(self) -> Frame | Comment | None:
        return next((note for note in notes.notes_of(self.document.graph) if note.id == self.note), None)

    def describe_note(self, note: Frame | Comment) -> str:
        """A frame or a comment in words."""
        if isinstance(note, Comment):
            return f"Comment\n{note.text}"
        blocks = self.carried_by(note.id).keys() & self.document.graph.by_id.keys()
        inside = f"{note.color.capitalize()}, {counted(len(blocks), 'block')} inside"
        return f"{f'Frame {note.title}'.rstrip()}\n{inside}"

    def _description(self) -> str:
        found = self._selected_note()
        return super()._description() if found is None else self.describe_note(found)

    def _ask(
        self, what: str, text: str, area: QRectF, done: Callable[[str], object], *, one_line: bool = False
    ) -> None:
        self.wanted.emit()
        pixels = self.mapFromScene(area).boundingRect()
        self.note_editor.edit(what, text, pixels, self.zoom, done, one_line=one_line)


def _on_grid(point: QPointF) -> Place:
    return snapped(point.x()), snapped(point.y())
