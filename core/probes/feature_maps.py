"""Feature maps: what blocks make of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.maths.arrays import Array
from core.probes.base import Probe, probe
from core.running.program import Program


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One read-only array without a batch dimension a block, as it was after `step` steps.

    `prediction` is what the output block shows for the sample: probabilities or values `(K,)`, or an image
    `(C, H, W)`.
    """

    step: int
    maps: Mapping[str, Array]
    prediction: Array


@probe("feature_maps", title="Feature maps")
class FeatureMaps(Probe[Snapshot]):
    """The outputs of the blocks in evaluation mode, and what the network predicts."""

    def ask(self, program: Program, step: int) -> Snapshot:
        wanted = {block for block in self.blocks if block in program.shapes} | {program.output.id}
        found = program.outputs(np.asarray(self.sample, program.dtype)[None], wanted)
        for array in found.values():
            array.flags.writeable = False
        prediction = program.output_layer.predict(found[program.output.id])[0]
        return Snapshot(step, {block: found[block][0] for block in wanted}, prediction)
