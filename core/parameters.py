"""All learned numbers of a network in one flat buffer, with a view for each array of each block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.graph import Graph
from core.infer import parameters as specs_of
from core.initialisers import INITIALISERS
from core.layers.base import Array, Params, Shape


class Parameters:
    """`values` and `gradients` are flat, of one dtype and in one order, so that an optimiser is one pass.

    `blocks[block_id][name]` are views for the layers, running statistics (not trained, not in the flat
    buffers) among them. Arrays are named `block_id.name` outside, as in a checkpoint.
    """

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape], seed: int, dtype: DTypeLike) -> None:
        specs = {
            (block_id, name): spec
            for block_id, found in specs_of(graph, dict(shapes)).items()
            for name, spec in found.items()
        }
        count = sum(spec.size for spec in specs.values() if spec.trainable)
        self.values: NDArray[Any] = np.zeros(count, dtype)
        self.gradients: NDArray[Any] = np.zeros(count, dtype)
        self._arrays: dict[tuple[str, str], Array] = {}
        self._gradients: dict[tuple[str, str], Array] = {}
        start = 0
        for key, spec in specs.items():
            if spec.trainable:
                part = slice(start, start + spec.size)
                self._arrays[key] = self.values[part].reshape(spec.shape)
                self._gradients[key] = self.gradients[part].reshape(spec.shape)
                start += spec.size
            else:
                self._arrays[key] = np.zeros(spec.shape, dtype)
        rng = np.random.default_rng(seed)
        for key, spec in specs.items():
            self._arrays[key][...] = INITIALISERS[spec.initialiser](spec, rng)
        self.blocks: dict[str, Params] = {block.id: {} for block in graph.blocks}
        for (block_id, name), array in self._arrays.items():
            self.blocks[block_id] = {**self.blocks[block_id], name: array}

    @property
    def count(self) -> int:
        """The number of trained values."""
        return self.values.size

    def set_gradients(self, block_id: str, gradients: Mapping[str, Array]) -> None:
        """Writes a block's gradients into the flat buffer."""
        for name, gradient in gradients.items():
            self._gradients[block_id, name][...] = gradient

    def gradient(self, block_id: str, name: str) -> Array:
        """The last gradient of one array, as a view."""
        return self._gradients[block_id, name]

    def save(self) -> dict[str, Array]:
        """Copies of all arrays, running statistics too, by `block_id.name`."""
        return {f"{block_id}.{name}": array.copy() for (block_id, name), array in self._arrays.items()}

    def load(self, arrays: Mapping[str, Array]) -> list[str]:
        """Takes over every array whose name and shape fit; gives the names of those that stay as they are."""
        kept = []
        for (block_id, name), own in self._arrays.items():
            found = arrays.get(f"{block_id}.{name}")
            if found is not None and found.shape == own.shape:
                own[...] = found
            else:
                kept.append(f"{block_id}.{name}")
        return kept
