"""Frames around blocks, and comments: adding them, and editing what they say."""

from __future__ import annotations

from functools import reduce

from PySide6.QtCore import QPointF, QRectF

from cnngui.canvas.drawing.free_area import free_area
from cnngui.canvas.drawing.notes.frame_item import TITLE
from cnngui.canvas.drawing.placing import snapped
from cnngui.canvas.editor.carrying import carried_by
from cnngui.canvas.editor.editing import Editing
from cnngui.canvas.editor.framing import AROUND
from cnngui.theme.theme import GRID
from core.design import edits, notes
from core.design.graph import Comment, Frame, Graph, Place
from core.schema.written import counted_text


class Notes:
    """Adds and edits frames and comments, each time as one step that can be undone."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    @property
    def chosen(self) -> str | None:
        """The id of the selected frame or comment, where nothing else is selected."""
        selection = self._editing.selection
        return selection.parts[0] if len(selection.parts) == 1 and selection.notes else None

    def add_frame(self, position: QPointF | None = None) -> None:
        """Puts a frame around the selected blocks or, where there are none, here; then asks for its title."""
        editing, blocks = self._editing, self._editing.selection.ids
        area = editing.drawing.content_rect(blocks) if blocks else QRectF()
        if area.isEmpty():
            half = QPointF(Frame.size[0] / 2, Frame.size[1] / 2)
            place = _on_grid(position or editing.sight.visible_area().center() - half)
            size = Frame.size
        else:
            area = reduce(QRectF.united, map(editing.drawing.room, blocks), area)
            area = area.adjusted(-AROUND, -AROUND - TITLE, AROUND, AROUND)
            place = _on_grid(area.topLeft())
            size = snapped(area.right() - place[0]), snapped(area.bottom() - place[1])
        made = editing.document.graph.free_id("frame")
        if editing.edit("Add frame", lambda graph: notes.add_frame(graph, place, size)[0], made):
            editing.select((made,), ())
            editing.sight.bring_into_sight([made])
            self.edit(merge_key=made)

    def add_comment(self, position: QPointF | None = None) -> None:
        """Asks for a text, and puts a comment with it where it covers nothing.

        That is as near as can be to this position, else to the cursor or the middle of the view.
        """
        editing = self._editing
        sight = editing.sight
        wanted = position or sight.pointed_at() or sight.visible_area().center()
        area = QRectF(*_on_grid(wanted), Comment.width, 20 * GRID)
        area = free_area(editing.drawing, area, sight.visible_area())
        made = editing.document.graph.free_id("comment")

        def take(text: str) -> None:
            if text and editing.edit("Add comment", lambda graph: self._with_comment(graph, text, area)):
                editing.select((made,), ())
                sight.bring_into_sight([made])

        sight.ask("Comment", "", area, take)

    def _with_comment(self, graph: Graph, text: str, area: QRectF) -> Graph:
        """A design with a comment in this area; if the text needs more room, where it has that."""
        editing = self._editing
        added, made = notes.add_comment(graph, _on_grid(area.topLeft()), text)
        height = editing.drawing.notes.height_of(added.comments[-1])
        if height <= area.height():
            return added
        area.setHeight(height)
        free = free_area(editing.drawing, area, editing.sight.visible_area())
        return edits.move(added, {made: _on_grid(free.topLeft())})

    def edit(self, *, merge_key: str = "") -> None:
        """Edits the title or the text of the selected note in place."""
        editing, found = self._editing, self._found
        if found is not None:
            editing.sight.bring_into_sight([found.id])
        if isinstance(found, Frame):
            frame_id = found.id

            def retitle(text: str) -> None:
                editing.edit("Rename frame", lambda g: notes.set_title(g, frame_id, text), merge_key)

            title = editing.drawing.notes.title(frame_id)
            editing.sight.ask("Title", found.title, title, retitle, one_line=True)
        elif found is not None:
            comment_id = found.id

            def rewrite(text: str) -> None:
                if text:
                    editing.edit("Edit comment", lambda g: notes.set_text(g, comment_id, text))
                else:
                    editing.edit("Delete comment", lambda g: edits.remove(g, [comment_id]))

            editing.sight.ask("Comment", found.text, editing.drawing.notes.body(comment_id), rewrite)

    def color(self, color: str) -> None:
        """Gives the selected frame another colour."""
        found = self._found
        if isinstance(found, Frame):
            self._editing.edit("Colour frame", lambda graph: notes.set_color(graph, found.id, color))

    def describe(self, note: Frame | Comment) -> str:
        """A frame or a comment in words."""
        if isinstance(note, Comment):
            return f"Comment\n{note.text}"
        graph = self._editing.document.graph
        blocks = carried_by(graph, self._editing.drawing, note.id).keys() & graph.by_id.keys()
        inside = f"{note.color.capitalize()}, {counted_text(len(blocks), 'block')} inside"
        return f"{f'Frame {note.title}'.rstrip()}\n{inside}"

    def describe_chosen(self) -> str | None:
        """The same of the one that is selected; None where none is, or something else as well."""
        found = self._found
        return None if found is None else self.describe(found)

    @property
    def _found(self) -> Frame | Comment | None:
        every = notes.notes_of(self._editing.document.graph)
        return next((note for note in every if note.id == self.chosen), None)


def _on_grid(point: QPointF) -> Place:
    return snapped(point.x()), snapped(point.y())
