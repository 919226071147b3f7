"""Feature maps for the viewers: what they ask to see, and the snapshot they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.layers.base import Array
from core.program import Program


@dataclass(frozen=True, eq=False)
class Tap:
    """A wish: the outputs of these blocks for one sample `(C, H, W)` or `(F,)`, numbers as in a batch."""

    blocks: frozenset[str]
    sample: Array


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The answer: one read-only array without a batch dimension a block, as it was after `step` steps.

    `prediction` is what the output block shows for the sample: probabilities or values `(K,)`, or an image
    `(C, H, W)`.
    """

    step: int
    maps: Mapping[str, Array]
    prediction: Array


def snapshot(program: Program, tap: Tap, step: int) -> Snapshot:
    """Takes the outputs in evaluation mode; training state isn't touched. Unknown blocks are left out."""
    wanted = {block for block in tap.blocks if block in program.shapes} | {program.output.id}
    found = program.outputs(np.asarray(tap.sample, program.dtype)[None], wanted)
    for array in found.values():
        array.flags.writeable = False
    prediction = program.output_layer.predict(found[program.output.id])[0]
    return Snapshot(step, {block: found[block][0] for block in wanted}, prediction)
