"""Whether the engine runs a network on this machine: it checks itself once, and is never in the way."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from core.errors import CoreError

if TYPE_CHECKING:
    from core.graph import Graph
    from core.program import Program

_SLOWER = "The training works all the same, only slower."


def engine_program(graph: Graph, seed: int) -> Program | str:
    """A program on the engine, or why there is none. Raises DesignError for a faulty design."""
    reason = unfit()
    if reason:
        return reason
    from core.engine.executor import EngineProgram  # noqa: PLC0415  # needs numba

    return EngineProgram(graph, seed=seed)


@cache
def unfit() -> str:
    """Why the engine can't be used on this machine, empty where it can: compares a small network."""
    try:
        from core.engine.check import deviation  # noqa: PLC0415

        found = deviation()
    except CoreError:
        raise
    except Exception as error:
        return f"The fast engine doesn't start on this machine ({error}). {_SLOWER}"
    if found > TOLERANCE:
        return f"The fast engine computes wrongly on this machine (by {found:.1g}). {_SLOWER}"
    return ""


TOLERANCE = 1e-3
"""The largest deviation of a gradient from the reference's that is let pass, relative to the largest."""
