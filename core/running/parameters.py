"""All learned numbers of a network in one flat buffer, with a view for each array of each block."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.design.graph import Graph
from core.design.infer import parameters as specs_of
from core.errors import DesignError
from core.maths.arrays import Array, Parameter, Params, Shape
from core.maths.initialisers import INITIALISERS
from core.native import memory
from core.schema.written import count_text, memory_text

Key: TypeAlias = tuple[str, str]
"""A block's id and the array's name."""
Specs: TypeAlias = Mapping[Key, Parameter]


class Parameters:
    """`values` and `gradients` are flat, of one dtype and in one order, so that an optimiser is one pass.

    `statistics` is as flat and holds what isn't trained: running means and variances.
    `blocks[block_id][name]` are views for the layers. Arrays are named `block_id.name` outside, as in a
    checkpoint. Those that aren't `drawn` are all 0 for ever, and take no memory: to plan with. Raises
    DesignError for a network that doesn't fit into memory.
    """

    def __init__(
        self, graph: Graph, shapes: Mapping[str, Shape], seed: int, dtype: DTypeLike, *, drawn: bool = True
    ) -> None:
        specs = arrays_of(graph, shapes)
        trained = {key: spec for key, spec in specs.items() if spec.trainable}
        others = {key: spec for key, spec in specs.items() if not spec.trainable}
        self._specs, self._block_ids = specs, [block.id for block in graph.blocks]
        if not drawn:
            self._lay_out(
                *(np.broadcast_to(np.zeros((), dtype), _count(s)) for s in (trained, trained, others))
            )
            return
        _require_room(specs, 2 * _count(trained) + _count(others), dtype)
        self._lay_out(_flat(trained, dtype), _flat(trained, dtype), _flat(others, dtype))
        rng = np.random.default_rng(seed)
        for key, spec in specs.items():
            self._arrays[key][...] = INITIALISERS[spec.initialiser](spec, rng)

    def _lay_out(self, values: Array, gradients: Array, statistics: Array) -> None:
        """Takes these flat buffers, and makes the views of them."""
        trained = {key: spec for key, spec in self._specs.items() if spec.trainable}
        others = {key: spec for key, spec in self._specs.items() if not spec.trainable}
        self.values, self.gradients, self.statistics = values, gradients, statistics
        self._gradients = _views(gradients, trained)
        views = _views(values, trained) | _views(statistics, others)
        self._arrays = {key: views[key] for key in self._specs}
        self.blocks: dict[str, Params] = {block_id: {} for block_id in self._block_ids}
        for (block_id, name), array in self._arrays.items():
            self.blocks[block_id] = {**self.blocks[block_id], name: array}

    def __getstate__(self) -> dict[str, Any]:
        """For pickle and copy, which would make an array of its own of each view."""
        flat = [array.copy() for array in (self.values, self.gradients, self.statistics)]
        return {"_specs": self._specs, "_block_ids": self._block_ids, "flat": flat}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._specs, self._block_ids = state["_specs"], state["_block_ids"]
        self._lay_out(*state["flat"])

    @property
    def count(self) -> int:
        """The number of trained values."""
        return self.values.size

    def broken(self) -> Key | None:
        """Block and name of the first array with a number that isn't finite."""
        return next((key for key, array in self._arrays.items() if not np.isfinite(array).all()), None)

    def views(self, flat: Array) -> dict[Key, Array]:
        """The parts of a buffer that is laid out as `values` is, such as one of an optimiser."""
        return _views(flat, {key: self._specs[key] for key in self._gradients})

    def set_gradients(self, block_id: str, gradients: Mapping[str, Array]) -> None:
        """Writes a block's gradients into the flat buffer."""
        for name, gradient in gradients.items():
            self._gradients[block_id, name][...] = gradient

    @property
    def specs(self) -> Specs:
        """What is declared of each array, in the order of the flat buffers."""
        return self._specs

    @property
    def trained(self) -> list[Key]:
        """Block and name of each array that has a gradient."""
        return list(self._gradients)

    def gradient(self, block_id: str, name: str) -> Array:
        """The last gradient of one array, as a view."""
        return self._gradients[block_id, name]

    def gradients_of(self, blocks: Collection[str]) -> dict[str, Array]:
        """Copies of the last gradients of some blocks' arrays, by `block_id.name`."""
        return {f"{b}.{name}": array.copy() for (b, name), array in self._gradients.items() if b in blocks}

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


def arrays_of(graph: Graph, shapes: Mapping[str, Shape]) -> dict[Key, Parameter]:
    """All arrays of a network without repeats, in the order of the flat buffers."""
    return {
        (block_id, name): spec
        for block_id, found in specs_of(graph, dict(shapes)).items()
        for name, spec in found.items()
    }


def places(specs: Specs) -> dict[Key, slice]:
    """Where each trained array lies in the flat buffers, and in those of an optimiser."""
    found, begin = {}, 0
    for key, spec in specs.items():
        if spec.trainable:
            found[key] = slice(begin, begin + spec.size)
            begin += spec.size
    return found


def _count(specs: Specs) -> int:
    return sum(spec.size for spec in specs.values())


def _require_room(specs: Specs, count: int, dtype: DTypeLike) -> None:
    """Raises DesignError where the arrays, and the numbers that the largest is drawn as, won't fit."""
    drawn = max((spec.size for spec in specs.values()), default=0) * np.dtype(np.float64).itemsize
    room = memory.available_memory()
    if room and count * np.dtype(dtype).itemsize + drawn > room:
        raise _too_many(_count(specs), count, dtype)


def _too_many(parameters: int, count: int, dtype: DTypeLike) -> DesignError:
    needed, room = memory_text(count * np.dtype(dtype).itemsize), memory_text(memory.available_memory())
    return DesignError(
        f"The network has {count_text(parameters)} parameters; its {needed} don't fit into memory, "
        f"of which {room} are available.",
        "Make it smaller: pool more before the first Dense block, or give it fewer units.",
    )


def _flat(specs: Specs, dtype: DTypeLike) -> NDArray[Any]:
    try:
        return np.zeros(_count(specs), dtype)
    except (MemoryError, ValueError):
        raise _too_many(_count(specs), 2 * _count(specs), dtype) from None


def _views(flat: NDArray[Any], specs: Specs) -> dict[Key, Array]:
    """The arrays one behind the other in `flat`."""
    ends = np.cumsum([spec.size for spec in specs.values()])
    parts = np.split(flat, ends[:-1]) if specs else []
    return {key: part.reshape(spec.shape) for (key, spec), part in zip(specs.items(), parts, strict=True)}
