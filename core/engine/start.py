"""Whether the engine runs a network on this machine: it checks itself, and is never in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.engine.machine.compilers import CompilationCancelledError, compilers
from core.errors import CoreError
from core.schema.written import short_text

if TYPE_CHECKING:
    from core.design.graph import Graph
    from core.running.program import Program


def engine_program(graph: Graph, seed: int) -> Program | str:
    """A program on the engine, or why there is none.

    Raises DesignError for a faulty design, CompilationCancelledError as the thread's Watch says.
    """
    try:
        _begin()
        from core.engine.check import TOLERANCE, deviation  # noqa: PLC0415  # needs numba
        from core.engine.executor import EngineProgram  # noqa: PLC0415

        program = EngineProgram(graph, seed=seed)
        found = deviation(graph)
    except (CoreError, CompilationCancelledError):
        raise
    except Exception as error:
        return f"The fast engine doesn't start on this machine ({error}). {_SLOWER}"
    if not found <= TOLERANCE:
        return f"The fast engine computes wrongly on this machine (by {short_text(found, 1)}). {_SLOWER}"
    return program


def planned_program(graph: Graph) -> Program | None:
    """A program on the engine that takes no memory; None where the engine doesn't start.

    Raises DesignError for a faulty design.
    """
    try:
        _begin()
        from core.engine.executor import EngineProgram  # noqa: PLC0415  # needs numba

        return EngineProgram(graph, drawn=False)
    except CoreError:
        raise
    except Exception:
        return None  # `engine_program` says why


def _begin() -> None:
    """Where nothing is compiled yet, starts who will: they load numba while this process does."""
    from core.engine.machine import library  # noqa: PLC0415

    if library.names() == set():
        compilers().start()


_SLOWER = "The training works all the same, only slower."
