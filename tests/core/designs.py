"""Small networks and data for the tests."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.design import edits
from core.design.graph import Graph
from core.layers import Layer
from core.layers.input import Input
from core.maths.arrays import Shape


class Builder:
    """Builds a graph block by block: a call adds a layer, wires it to blocks and gives its id."""

    def __init__(self, shape: Shape) -> None:
        self.graph = Graph()
        self.input = self(Input(shape=shape))

    def __call__(self, layer: Layer, *sources: str) -> str:
        block = edits.new_block(self.graph, layer)
        self.graph = edits.add(self.graph, block)
        for source in sources:
            self.graph = edits.connect(self.graph, source, block.id)
        return block.id


def chain(shape: Shape, *layers: Layer) -> Graph:
    """An Input block of `shape` and the layers, one behind the other."""
    build = Builder(shape)
    last = build.input
    for layer in layers:
        last = build(layer, last)
    return build.graph


def shapes_to_tell_apart(count: int, classes: int = 3, seed: int = 0) -> Dataset:
    """Images (1, 8, 8) with a bright square whose place tells the class: quickly learned."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    images = rng.integers(0, 60, (count, 1, 8, 8)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[0, 2 * label : 2 * label + 3, 1:5] += 150
    return Dataset(images, labels, tuple(str(k) for k in range(classes)))
