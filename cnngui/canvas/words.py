"""How the canvas names things in the undo history."""

from __future__ import annotations

from collections.abc import Collection

from core.graph import Graph


def named(graph: Graph, blocks: Collection[str], wires: int = 0) -> str:
    """`Conv 2D 1`, `3 blocks`, `wire`, `2 blocks and 1 wire`."""
    if len(blocks) == 1 and not wires:
        return graph[next(iter(blocks))].name
    if wires == 1 and not blocks:
        return "wire"
    counts = ((len(blocks), "block"), (wires, "wire"))
    return " and ".join(f"{count} {word}{'s' * (count > 1)}" for count, word in counts if count)
