"""Parts of networks, put into the design as one step that can be undone."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from cnngui.canvas.drawing.placing import under_cursor
from cnngui.canvas.editor.editing import Editing
from core.design import edits
from core.design.graph import Graph, Wire
from core.errors import DesignError
from core.templates import SNIPPETS, Snippet, insert_snippet


class Snippets:
    """Puts snippets into the design."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def add(
        self,
        name: str,
        after: str | Wire | None = None,
        position: QPointF | None = None,
        *,
        joins: bool = True,
    ) -> tuple[str, ...]:
        """Puts the snippet of this name behind a block or into a wire, and selects it; gives the new blocks.

        Without either, it goes behind the current block or, where a position is given, behind the open end of
        the network; its first block is placed there, and all of it `joins` the open group there. Where that
        isn't possible, the canvas says why.
        """
        editing = self._editing
        snippet = next(snippet for snippet in SNIPPETS if snippet.name == name)
        if after is None and position is None:
            after = editing.selection.current
        try:
            graph, new = self.inserted(snippet, after)
        except DesignError as error:
            editing.refuse(str(error))
            return ()
        if position is not None:
            graph = held_at(graph, new, position)
        point = position if joins else None
        if not editing.edit(f"Insert {snippet.title}", lambda _: editing.spacing.landed(graph, new, point)):
            return ()
        editing.select(new, ())
        editing.sight.bring_into_sight(new)
        return new

    def inserted(self, snippet: Snippet, after: str | Wire | None) -> tuple[Graph, tuple[str, ...]]:
        """The design with a snippet in it, and the new blocks. Raises DesignError where it doesn't fit."""
        document = self._editing.document
        shapes = document.inference.shapes
        return insert_snippet(document.graph, snippet, after, data=document.data, shapes=shapes)


def held_at(graph: Graph, blocks: tuple[str, ...], point: QPointF) -> Graph:
    """The graph with the first of these blocks held by the cursor, and the others as they stand to it."""
    (x, y), (to_x, to_y) = graph[blocks[0]].position, under_cursor(point)
    places = {block: graph[block].position for block in blocks}
    return edits.move(graph, {b: (left + to_x - x, top + to_y - y) for b, (left, top) in places.items()})
