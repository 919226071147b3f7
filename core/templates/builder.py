"""Building a design block by block, in code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.design import edits
from core.design.direction import Direction
from core.design.folding import folding
from core.design.graph import Graph
from core.design.groups import fold, group
from core.drawing.measures import BLOCK_GAP, BLOCK_WIDTH
from core.layers import Layer

_SHORT: Final = {
    "input": "Image",
    "conv2d": "Conv",
    "depthwise_conv2d": "Depthwise",
    "max_pool": "Pool",
    "global_average_pool": "Global Pool",
    "batch_norm": "Norm",
    "concatenate": "Concat",
    "transposed_conv2d": "Transposed",
}
"""Names for blocks that are shorter than the layers' titles."""


WIDTH: Final = float(BLOCK_WIDTH)
SPACE: Final = float(BLOCK_GAP)
_HEADER, _LINE, _EDGE, _PICTURE = 36.0, 16.0, 8.0, 48.0


def sizes(graph: Graph) -> dict[str, tuple[float, float]]:
    """How large the canvas draws each block and folded group with its live picture, to lay a design out."""
    found = {}
    for block in graph.blocks:
        ports = len(graph.incoming(block.id)) + 1 if block.layer.inputs is None else 1
        lines = 1 + bool(block.layer.summary()) + block.layer.has_cost()
        found[block.id] = _size(lines, ports, graph.direction)
    for group_id, box in folding(graph).boxes.items():
        found[group_id] = _size(3, max(len(box.inputs), len(box.outputs)), graph.direction)
    return found


def _size(lines: int, ports: int, direction: Direction) -> tuple[float, float]:
    return WIDTH, max(_HEADER + _LINE * lines, direction.room_for_ports(ports)) + _PICTURE + _EDGE


class Builder:
    """Adds blocks to a graph; each method gives the id of the last one it added."""

    def __init__(self, graph: Graph | None = None) -> None:
        self.graph = graph or Graph()
        self._kinds = Counter(block.layer.kind for block in self.graph.blocks)

    def add(self, layer: Layer, *sources: str) -> str:
        """A block of this layer, wired to the sources in their order."""
        self._kinds[layer.kind] += 1
        name = f"{_SHORT.get(layer.kind, layer.title)} {self._kinds[layer.kind]}"
        block = edits.new_block(self.graph, layer, name=name)
        self.graph = edits.add(self.graph, block)
        for source in sources:
            self.graph = edits.connect(self.graph, source, block.id)
        return block.id

    def chain(self, last: str, *layers: Layer) -> str:
        """Blocks one behind the other, behind the block `last`."""
        for layer in layers:
            last = self.add(layer, last)
        return last

    @contextmanager
    def group(self, name: str, *, folded: bool = True) -> Iterator[None]:
        """What is added inside becomes a group; groups may be made within it."""
        before = self.graph.by_id
        yield
        inside = [block.id for block in self.graph.blocks if block.id not in before]
        self.graph = group(self.graph, inside, name)
        self.graph = fold(self.graph, self.graph.groups[-1].id, folded)

    def finish(self) -> Graph:
        """The graph; blocks of which there is one alone need no number in their name."""
        for block in self.graph.blocks:
            if self._kinds[block.layer.kind] == 1:
                self.graph = edits.rename(self.graph, block.id, block.name.removesuffix(" 1"))
        return self.graph
