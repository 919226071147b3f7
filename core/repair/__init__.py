"""One-click remedies. A remedy is an edit that has been tried: it is offered only if it cures its problem.

It is for the design that it was tried on: for any other it raises DesignError.

Each generator proposes edits for one sort of mistake, without knowing whether they help; `fixes` keeps those
after which the block, or the design as a whole, no longer has the problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from core.design.graph import Graph
from core.design.infer import Inference, infer
from core.design.spec import DataSpec
from core.errors import CoreError, DesignError, Problem
from core.maths.arrays import Shape
from core.repair import ends, images, repeats, settings, shapes, wiring
from core.repair.fix import Fix

__all__ = ["MOST", "Fix", "fixes"]

MOST = 4
"""So many remedies of one problem are offered; more would be a puzzle of their own."""


def fixes(graph: Graph, problem: Problem, data: DataSpec | None = None) -> tuple[Fix, ...]:
    """The remedies of a problem that `infer(graph, data)` found, the best first; none where none is known."""
    found: dict[str, Fix] = {}
    before = infer(graph, data)
    for fix in _proposals(graph, problem, before.shapes, data):
        if fix.title not in found and _cures(fix, graph, problem, before, data):
            found[fix.title] = replace(fix, apply=partial(_apply, fix, graph))
        if len(found) == MOST:
            break
    return tuple(found.values())


def _apply(fix: Fix, tried: Graph, graph: Graph) -> Graph:
    if graph != tried:
        raise DesignError(
            "The design has changed since this remedy was found.", "Look at the problem once more."
        )
    return fix.apply(graph)


def _proposals(
    graph: Graph, problem: Problem, known: dict[str, Shape], data: DataSpec | None
) -> Iterator[Fix]:
    if problem.block is None:
        yield from ends.proposals(graph, known, data)
    elif problem.block in graph.by_id:
        yield from ends.input_proposals(graph[problem.block], data)
        yield from repeats.proposals(graph, graph[problem.block])
        yield from settings.proposals(graph, problem)
        yield from shapes.proposals(graph, graph[problem.block], known)
        yield from images.proposals(graph, graph[problem.block], known)
        yield from ends.output_proposals(graph, graph[problem.block], data)
        yield from wiring.proposals(graph, graph[problem.block])


def _cures(fix: Fix, graph: Graph, problem: Problem, before: Inference, data: DataSpec | None) -> bool:
    try:
        after = fix.apply(graph)
    except CoreError:
        return False
    found = infer(after, data)
    if not before.shapes:  # a cycle hides all else: without it, other problems come to light
        return problem not in found.problems
    if problem.block in graph.by_id and problem.block not in after.by_id:
        return len(found.problems) < len(before.problems)  # to delete a block must not tear a gap
    return after != graph and not _has(found, problem, after)


def _has(inference: Inference, problem: Problem, graph: Graph) -> bool:
    """Whether the problem, or another as bad of its block, is still there, or hidden by one before it."""
    if problem.block is None or problem.block not in graph.by_id:
        return problem in inference.problems
    same = [p for p in inference.problems if p.block == problem.block and p.severity == problem.severity]
    return bool(same) or problem.block not in inference.shapes
