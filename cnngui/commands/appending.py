"""Appending a block by its name alone: behind what is selected, else where there is no doubt."""

from __future__ import annotations

from cnngui.commands.bench import Bench
from core.templates.inserting import only_open_end


def append(bench: Bench, kind: str) -> None:
    """Adds a block behind the current one; with nothing selected, behind the design's one open end."""
    blocks = bench.editor.blocks
    layer = blocks.new_layer(kind)
    loose = layer.inputs == 0 or bench.selection.current is not None
    blocks.add_layer(layer, after=None if loose else only_open_end(bench.document.graph))
