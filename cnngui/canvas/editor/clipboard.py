"""Copying parts of the design, by the clipboard or past it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

from cnngui.canvas.drawing.layout import PLAIN
from cnngui.canvas.drawing.picking import group_at
from cnngui.canvas.drawing.placing import snapped
from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor import mime
from cnngui.canvas.editor.editing import Editing
from cnngui.theme.theme import GRID
from core.design import edits, groups
from core.design.graph import Graph
from core.drawing.measures import BLOCK_WIDTH
from core.errors import DesignError

_STEP: Final = 6 * GRID
"""A copy lies so far from what it is a copy of, across and down."""


class Clipboard:
    """Takes what is selected, and adds it anew as one step that can be undone."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._pastes = 0

    def copy(self) -> None:
        """Copies what is selected, and the wires among the blocks, to the clipboard."""
        parts = self._editing.selection.parts
        if parts:
            mime.copy_graph(edits.part(self._editing.document.graph, parts))
            self._pastes = 0

    def cut(self) -> None:
        """Copies what is selected, and deletes it."""
        editing, parts = self._editing, self._editing.selection.parts
        if parts:
            self.copy()
            text = f"Cut {named(editing.document.graph, parts)}"
            editing.remove(text, lambda graph: edits.remove(graph, parts))

    def paste(self, position: QPointF | None = None) -> None:
        """Adds what is on the clipboard and selects it: at `position`, or beside the originals."""
        editing, copied = self._editing, mime.copied_graph()
        if copied is None or not copied.ids:
            editing.message.emit("There is nothing of a design on the clipboard.")
            return
        area = _area(copied)
        around = None if position is None else group_at(editing.drawing, position)
        if position is None:
            self._pastes += 1
            step = self._pastes * _STEP
            position, seen = area.topLeft() + QPointF(step, step), editing.sight.visible_area()
            if not seen.intersects(QRectF(position, area.size())):
                position = seen.center() - QPointF(area.width() / 2, area.height() / 2)
            around = self._group_for_copies(QRectF(position, area.size()))
        self._paste("Paste", copied, position - area.topLeft(), around)

    def duplicate(self) -> None:
        """Adds a copy of what is selected, past the clipboard."""
        parts = self._editing.selection.parts
        if parts:
            chosen = edits.part(self._editing.document.graph, parts)
            offset = QPointF(_STEP, _STEP)
            self._paste("Duplicate", chosen, offset, self._group_for_copies(_area(chosen).translated(offset)))

    def _paste(self, verb: str, part: Graph, offset: QPointF, around: str | None) -> None:
        editing, way = self._editing, (snapped(offset.x()), snapped(offset.y()))
        pasted, ids = edits.paste(editing.document.graph, part, way)
        new = [i for i in ids.values() if i in pasted.by_id or i in pasted.group_by_id]
        outermost, notes = [i for i in new if i not in pasted.parent], set(ids.values()) - set(new)
        try:
            pasted = editing.spacing.regrouped(pasted, outermost, around, notes)
        except DesignError as error:
            editing.message.emit(str(error))
            pasted = editing.spacing.set_down(pasted, outermost, notes)
        editing.edit(f"{verb} {named(part, part.ids)}", lambda graph: pasted)
        editing.select(ids.values(), ())
        editing.sight.bring_into_sight(ids.values())

    def _group_for_copies(self, area: QRectF) -> str | None:
        """The open group that copies in this area belong to: that of what is selected, if they lie in it."""
        graph, drawing = self._editing.document.graph, self._editing.drawing
        chosen = groups.roots(graph, self._editing.selection.ids)
        if not chosen:
            return group_at(drawing, area.center())
        around = groups.open_group(graph, chosen)
        return around if around is not None and drawing.body(around).intersects(area) else None


def _area(graph: Graph) -> QRectF:
    """The area that a design takes up, by what it says of places and sizes alone."""
    areas = [QRectF(QPointF(*b.position), QSizeF(BLOCK_WIDTH, PLAIN.height)) for b in graph.blocks]
    areas += [QRectF(*frame.position, *frame.size) for frame in graph.frames]
    areas += [QRectF(*c.position, c.width, PLAIN.height) for c in graph.comments]
    whole = areas[0]
    for area in areas[1:]:
        whole = whole.united(area)
    return whole
