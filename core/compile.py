"""Which executor runs a design: the only file that knows both."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import DTypeLike

from core.design.graph import Graph
from core.errors import UsageError
from core.running.program import Program
from core.running.reference import ReferenceProgram

EXECUTOR_VARIABLE = "CNNGUI_EXECUTOR"
"""The environment variable that, set to "reference", keeps the fast engine out."""


def compile_graph(graph: Graph, *, seed: int = 0, dtype: DTypeLike = np.float32) -> Program:
    """A program for a design, its parameters drawn from `seed`.

    float32 runs on the fast engine, unless that doesn't work on this machine or the environment variable
    CNNGUI_EXECUTOR is "reference": then, and for other dtypes, the reference runs it. `Program.notice` says
    what the user should know. Raises DesignError if the design can't be trained, UsageError for an
    environment that can't be followed.
    """
    if np.dtype(dtype) != np.float32 or _wants_reference():
        return ReferenceProgram(graph, seed=seed, dtype=dtype)
    from core.engine.start import engine_program  # noqa: PLC0415  # numba is only loaded where it is used

    found = engine_program(graph, seed)
    if isinstance(found, Program):
        return found
    program = ReferenceProgram(graph, seed=seed, dtype=dtype)
    program.notice = found
    return program


def _wants_reference() -> bool:
    chosen = os.environ.get(EXECUTOR_VARIABLE) or "engine"
    if chosen not in ("engine", "reference"):
        raise UsageError(
            f"The environment variable {EXECUTOR_VARIABLE} is {chosen!r}; it has to be engine or reference.",
            "Unset it to have the fast engine.",
        )
    return chosen == "reference"
