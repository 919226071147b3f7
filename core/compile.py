"""Which executor runs a design: the only file that knows both."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from core.design.graph import Graph
from core.native.environment import reference_wanted
from core.running.program import Program
from core.running.reference import ReferenceProgram


def compile_graph(graph: Graph, *, seed: int = 0, dtype: DTypeLike = np.float32) -> Program:
    """A program for a design, its parameters drawn from `seed`.

    float32 runs on the fast engine, unless that doesn't work on this machine or the environment variable
    CNNGUI_EXECUTOR is "reference": then, and for other dtypes, the reference runs it. `Program.notice` says
    what the user should know. Raises DesignError if the design can't be trained,
    UsageError where the variable is something else.
    """
    if np.dtype(dtype) != np.float32 or reference_wanted():
        return ReferenceProgram(graph, seed=seed, dtype=dtype)
    from core.engine.start import engine_program  # noqa: PLC0415  # numba is only loaded where it is used

    found = engine_program(graph, seed)
    if isinstance(found, Program):
        return found
    program = ReferenceProgram(graph, seed=seed, dtype=dtype)
    program.notice = found
    return program


def plan_graph(graph: Graph) -> Program:
    """What `compile_graph` would give, without its parameters: it can't run, but tells what a step needs.

    Raises DesignError if the design can't be trained.
    """
    if not reference_wanted():
        from core.engine.start import planned_program  # noqa: PLC0415

        planned = planned_program(graph)
        if planned is not None:
            return planned
    return ReferenceProgram(graph, drawn=False)
