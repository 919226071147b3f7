"""Gradients: how a training pass through the blocks goes, in a few numbers a block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import UsageError
from core.probes.base import Probe, probe
from core.probes.statistics import Statistics, statistics
from core.running.program import Program
from core.schema.param import param


@dataclass(frozen=True, eq=False)
class PassStatistics:
    """What a training pass brought to light after `step` steps.

    `outputs` of blocks and `gradients` of the loss with respect to them are by block, those with respect to
    their `parameters` by `block_id.name`. A block that the loss doesn't depend on has no gradient.
    """

    step: int
    loss: float
    outputs: Mapping[str, Statistics]
    gradients: Mapping[str, Statistics]
    parameters: Mapping[str, Statistics]


@probe("gradients", title="Gradients")
class Gradients(Probe[PassStatistics]):
    """A training pass of the sample, which needs its target: statistics of outputs and of gradients."""

    bins: int = param(40, min=2, max=1000, help="Bars of a histogram.")

    def ask(self, program: Program, step: int) -> PassStatistics:
        if self.target is None:
            raise UsageError("Gradients need the target of the sample.", "Choose a sample of the data.")
        wanted = self.blocks & program.shapes.keys()
        x = np.asarray(self.sample, program.dtype)[None]
        found = program.inspect(x, np.asarray(self.target)[None], wanted, wanted, step)
        parts = (found.outputs, found.gradients, found.parameters)
        described = ({name: statistics(array, self.bins) for name, array in part.items()} for part in parts)
        return PassStatistics(step, found.loss, *described)
