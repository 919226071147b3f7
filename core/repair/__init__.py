"""One-click remedies: each makes another project of the one there is, in which its problem is gone.

What is wrong with the design can be tried: each generator proposes edits for one sort of mistake, without
knowing whether they help, and `fixes` keeps those after which the block, or the design as a whole, no longer
has the problem. Such a remedy is for the design that it was tried on: for any other it raises DesignError.
What only a run brings to light can't be tried: for that, only what the problem itself names is offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.design.graph import Graph
from core.design.infer import Inference, infer
from core.design.spec import DataSpec
from core.errors import CoreError, DesignError, Problem
from core.maths.arrays import Shape
from core.project import Project
from core.repair import ends, images, plans, repeats, settings, shapes, wiring
from core.repair.fix import DesignEdit, Fix

__all__ = ["MOST", "Fix", "fixes"]

MOST = 4
"""So many remedies of one problem are offered; more would be a puzzle of their own."""


def fixes(project: Project, problem: Problem, data: DataSpec | None = None) -> tuple[Fix, ...]:
    """The remedies of a problem, the best first; none where none is known.

    The problem is one of `infer(project.design, data)`, or of a run.
    """
    before = infer(project.design, data)
    if problem not in before.problems:
        return tuple(plans.proposals(project, problem))[:MOST]
    found: dict[str, Fix] = {}
    for edit in _proposals(project.design, problem, before.shapes, data):
        if edit.title not in found and _cures(edit, project.design, problem, before, data):
            found[edit.title] = Fix(edit.title, partial(_apply, edit, project.design))
        if len(found) == MOST:
            break
    return tuple(found.values())


def _apply(edit: DesignEdit, tried: Graph, project: Project) -> Project:
    if project.design != tried:
        raise DesignError(
            "The design has changed since this remedy was found.", "Look at the problem once more."
        )
    return edit.apply(project)


def _proposals(
    graph: Graph, problem: Problem, known: dict[str, Shape], data: DataSpec | None
) -> Iterator[DesignEdit]:
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


def _cures(
    proposed: DesignEdit, graph: Graph, problem: Problem, before: Inference, data: DataSpec | None
) -> bool:
    try:
        after = proposed.edit(graph)
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
