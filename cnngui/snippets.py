"""Putting a part of a network behind the current block."""

from __future__ import annotations

from cnngui.canvas.editing import DesignView
from core.errors import DesignError
from core.templates import SNIPPETS, insert_snippet


def insert(canvas: DesignView, name: str) -> None:
    """Inserts the snippet of this name and selects it; where that isn't possible, the canvas says why."""
    snippet = next(snippet for snippet in SNIPPETS if snippet.name == name)
    try:
        graph, new = insert_snippet(canvas.document.graph, snippet, canvas.selection.current)
    except DesignError as error:
        canvas.refuse(str(error))
        return
    canvas.edit(f"Insert {snippet.title}", lambda _: graph)
    canvas.select(new, ())
    canvas.bring_into_sight(new)
