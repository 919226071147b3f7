"""A run that begins with what another one has learned, in a design that was changed meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.design.expand import expand
from core.design.graph import Graph
from core.design.infer import require_sound
from core.errors import DataError
from core.maths.arrays import Array, Shape
from core.running.parameters import Key, Specs, arrays_of, places
from core.running.program import Program
from core.training.checkpoint import Checkpoint
from core.training.evaluate import Mean


@dataclass(frozen=True)
class Branch:
    """What such a run begins with, and where that comes from."""

    checkpoint: Checkpoint
    blocks: Heritage


@dataclass(frozen=True)
class Heritage:
    """The blocks with parameters of a changed design, by their ids in the network that is computed."""

    carried: tuple[str, ...]
    """Those that have what they had learned."""
    fresh: tuple[str, ...]
    """Those that are new, of another kind or of other shapes: they begin untrained."""


def heritage(before: Graph, after: Graph) -> Heritage:
    """Which blocks of `after` can have what those of the same id, kind and shapes in `before` have learned.

    Raises DesignError where one of the designs can't be trained.
    """
    return _heritage(_Network.of(before), _Network.of(after))


class _Network(NamedTuple):
    """A network without repeats, and its arrays."""

    graph: Graph
    arrays: Specs

    @staticmethod
    def of(design: Graph) -> _Network:
        shapes, network = require_sound(design).shapes, expand(design).network
        return _Network(network, arrays_of(network, shapes))


def _heritage(before: _Network, after: _Network) -> Heritage:
    known = _shapes(before.arrays)
    own = _shapes(after.arrays)
    kept = {
        block_id
        for block_id, shapes in own.items()
        if known.get(block_id) == shapes
        and before.graph[block_id].layer.kind == after.graph[block_id].layer.kind
    }
    return Heritage(
        carried=tuple(block_id for block_id in own if block_id in kept),
        fresh=tuple(block_id for block_id in own if block_id not in kept),
    )


def carried(checkpoint: Checkpoint, design: Graph, program: Program) -> Branch:
    """What a run of `design` had learned, for `program`, which was just made of the changed design.

    Parameters, running statistics and the optimiser's buffers go to the blocks of the same id, kind and
    shapes. The other blocks keep the program's own weights, those that a new run with its seed would begin
    with, and buffers of zeros. The optimiser goes on counting its steps; epochs, best and history begin anew.
    Raises DesignError for a design that can't be trained, DataError where the checkpoint isn't of `design`.
    """
    old, new = _Network.of(design), _Network(program.graph, program.parameters.specs)
    before, after, blocks = old.arrays, new.arrays, _heritage(old, new)
    kept = frozenset(blocks.carried)
    weights = program.parameters.save()
    for block_id, name in after:
        if block_id in kept:
            weights[f"{block_id}.{name}"] = _learned(checkpoint, before, (block_id, name))
    slots = {name: _moved(flat, before, after, kept) for name, flat in checkpoint.slots.items()}
    made = Checkpoint(
        plan=checkpoint.plan,
        weights=weights,
        slots=slots,
        optimizer_step=checkpoint.optimizer_step if kept else 0,
        epoch=0,
        position=0,
        running=Mean(),
        seconds=0.0,
        best=None,
    )
    return Branch(made, blocks)


def _shapes(specs: Specs) -> dict[str, dict[str, tuple[Shape, bool]]]:
    """Shapes by block and name, and whether each array is trained."""
    found: dict[str, dict[str, tuple[Shape, bool]]] = {}
    for (block_id, name), spec in specs.items():
        found.setdefault(block_id, {})[name] = spec.shape, spec.trainable
    return found


def _learned(checkpoint: Checkpoint, specs: Specs, key: Key) -> Array:
    found = checkpoint.weights.get(".".join(key))
    if found is None or found.shape != specs[key].shape:
        raise _of_another()
    return found.copy()


def _moved(flat: Array, before: Specs, after: Specs, kept: Collection[str]) -> Array:
    """A buffer of the optimiser for the other network: zeros where a block is untrained."""
    old, new = places(before), places(after)
    if flat.shape != (_size(before),):
        raise _of_another()
    made: Array = np.zeros(_size(after), flat.dtype)
    for key, place in new.items():
        if key[0] in kept:
            made[place] = flat[old[key]]
    return made


def _size(specs: Specs) -> int:
    return sum(spec.size for spec in specs.values() if spec.trainable)


def _of_another() -> DataError:
    return DataError("The checkpoint is of another network.", "Start the training anew, or undo the change.")
