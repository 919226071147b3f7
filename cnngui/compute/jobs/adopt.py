"""Making a network of a design that was trained before, or never."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.compute.jobs.base import Desk, Job
from core.compile import compile_graph
from core.design.graph import Graph
from core.maths.arrays import Array


@dataclass(frozen=True, eq=False)
class Adopt(Job):
    """Makes a network of a design as it was after `step` steps, to look at and to judge.

    `weights` by block id and name; those that are missing are drawn.
    """

    graph: Graph
    weights: dict[str, Array]
    step: int
    urgent = True

    def do(self, desk: Desk) -> None:
        desk.program, desk.step = None, self.step  # never another network than the one asked for
        program = compile_graph(self.graph)
        program.parameters.load(self.weights)
        desk.program = program
