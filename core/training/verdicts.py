"""Samples that a network is right about, and samples that it is wrong about, to be looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.running.program import Program

_BATCH = 64
_MOST = 512
"""Samples that are looked through: more would be waited for, and show little else."""


@dataclass(frozen=True)
class Verdict:
    """For which class a network decides (`answer`) where a sample is of the class `truth`."""

    sample: int
    answer: int
    truth: int

    @property
    def right(self) -> bool:
        return self.answer == self.truth


def verdicts(program: Program, data: Dataset, each: int) -> tuple[Verdict, ...]:
    """The first `each` right and the first `each` wrong ones of the first samples, in their order.

    Nothing where no classes are told apart. Raises DataError for data that the network doesn't take.
    """
    program.require(data)
    found: dict[bool, list[Verdict]] = {True: [], False: []}
    for start in range(0, min(len(data), _MOST), _BATCH):
        chosen = np.arange(start, min(start + _BATCH, len(data), _MOST))
        decided = program.output_layer.decide(program.scores_on(data, chosen)) if data.classes else None
        if decided is None:
            return ()
        for sample, answer in zip(chosen.tolist(), decided.tolist(), strict=True):
            verdict = Verdict(sample, answer, int(data.targets[sample]))
            found[verdict.right].append(verdict)
        if all(len(some) >= each for some in found.values()):
            break
    kept = [verdict for some in found.values() for verdict in some[:each]]
    return tuple(sorted(kept, key=lambda verdict: verdict.sample))
