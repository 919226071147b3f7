"""A run that begins with what another one has learned, in a design that was changed meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

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
    """`checkpoint` is what to begin with. The ids are those of the computed network's blocks with parameters."""

    checkpoint: Checkpoint
    carried: tuple[str, ...]
    """The blocks that have what they had learned."""
    fresh: tuple[str, ...]
    """The blocks that are new, of another kind or of other shapes: they begin untrained."""


def carried(checkpoint: Checkpoint, design: Graph, program: Program) -> Branch:
    """What a run of `design` had learned, for `program`, which was just made of the changed design.

    Parameters, running statistics and the optimiser's buffers go to the blocks of the same id, kind and
    shapes. The other blocks keep the program's own weights, those that a new run with its seed would begin
    with, and buffers of zeros. The optimiser goes on counting its steps; epochs, best and history begin anew.
    Raises DesignError for a design that can't be trained, DataError where the checkpoint isn't of `design`.
    """
    network = expand(design).network
    before = arrays_of(network, require_sound(design).shapes)
    after = program.parameters.specs
    known, own = _shapes(before), _shapes(after)
    kept = {
        block_id
        for block_id, shapes in own.items()
        if known.get(block_id) == shapes
        and network[block_id].layer.kind == program.graph[block_id].layer.kind
    }
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
    return Branch(
        checkpoint=made,
        carried=tuple(block_id for block_id in own if block_id in kept),
        fresh=tuple(block_id for block_id in own if block_id not in kept),
    )


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
