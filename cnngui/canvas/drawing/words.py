"""How the canvas names things: in the undo history and for screen readers."""

from __future__ import annotations

from collections.abc import Collection

from core.design.graph import Graph
from core.schema.written import counted_text


def named(graph: Graph, parts: Collection[str], wires: int = 0) -> str:
    """`Conv 2D 1`, `Stage 2`, `frame`, `wire`, `2 blocks and 1 wire`, `3 blocks, 1 frame and 2 comments`."""
    blocks = {part for part in parts if part in graph.by_id}
    if len(parts) == len(blocks) == 1 and not wires:
        return graph[next(iter(blocks))].name
    counts = (
        (len(blocks), "block"),
        (sum(frame.id in parts for frame in graph.frames), "frame"),
        (sum(comment.id in parts for comment in graph.comments), "comment"),
        (wires, "wire"),
    )
    found = [(count, word) for count, word in counts if count]
    if len(found) == 1:
        count, word = found[0]
        whole = next((g for g in graph.groups if blocks and set(graph.inside(g.id)) == blocks), None)
        if whole is not None:
            return whole.name
        return word if count == 1 and word != "block" else counted_text(count, word)
    *most, last = (counted_text(count, word) for count, word in found)
    return f"{', '.join(most)} and {last}"
