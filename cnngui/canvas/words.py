"""How the canvas names things: in the undo history and for screen readers."""

from __future__ import annotations

from collections.abc import Collection

from core.graph import Graph


def named(graph: Graph, blocks: Collection[str], wires: int = 0) -> str:
    """`Conv 2D 1`, `Stage 2`, `3 blocks`, `wire`, `2 blocks and 1 wire`."""
    if len(blocks) == 1 and not wires:
        return graph[next(iter(blocks))].name
    whole = next((g for g in graph.groups if set(graph.inside(g.id)) == set(blocks)), None)
    if whole is not None and not wires:
        return whole.name
    if wires == 1 and not blocks:
        return "wire"
    counts = ((len(blocks), "block"), (wires, "wire"))
    return " and ".join(counted(count, word) for count, word in counts if count)


def counted(count: int, word: str) -> str:
    """`1 wire`, `2 wires`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
