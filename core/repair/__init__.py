"""One-click remedies: each makes another project of the one there is, in which its problem is gone.

What is wrong with a project can be tried: each generator proposes edits for one sort of mistake, without
knowing whether they help, and `fixes` keeps those that cure (`core.repair.trial`). Such a remedy is for the
design that it was tried on: for any other it raises DesignError. What only a run brings to light can't be
tried: for that, only what the problem itself names is offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice

from core.design.graph import Graph
from core.design.infer import Inference
from core.design.spec import DataSpec
from core.errors import DesignError, Problem
from core.maths.arrays import Shape
from core.project import Project, inspect
from core.repair import branches, ends, entries, images, plans, repeats, settings, shapes, wiring
from core.repair.fix import Fix, Proposal
from core.repair.trial import Trial, cured

__all__ = ["MOST", "Fix", "fixes"]

MOST = 4
"""So many remedies of one problem are offered; more would be a puzzle of their own."""


def fixes(project: Project, problem: Problem, data: DataSpec | None = None) -> tuple[Fix, ...]:
    """The remedies of a problem, the best first; none where none is known.

    The problem is one of `inspect(project, data)`, or of a run. Where a block has several, a remedy of more
    than one stands with the worst of them alone.
    """
    before = inspect(project, data)
    if problem not in before.problems:
        return tuple(Fix(one.title, one.apply) for one in plans.proposals(project.plan, problem))[:MOST]
    tried = Trial(project, problem, before, data)
    known = {fix.title for worse in _worse(problem, before) for fix in fixes(project, worse, data)}
    every = cured(tried, _proposals(project, problem, before.shapes, data))
    found = islice((one for one in every if one.title not in known), MOST)
    return tuple(Fix(one.title, partial(_apply, one, project.design)) for one in found)


def _worse(problem: Problem, inference: Inference) -> list[Problem]:
    """The problems of its block that stand before a problem: errors before warnings."""
    own = [p for p in inference.problems if p.block == problem.block and p.block is not None]
    own.sort(key=lambda p: p.severity)
    return own[: own.index(problem)] if problem in own else []


def _apply(proposal: Proposal, tried: Graph, project: Project) -> Project:
    if project.design != tried:
        raise DesignError(
            "The design has changed since this remedy was found.", "Look at the problem once more."
        )
    return proposal.apply(project)


def _proposals(
    project: Project, problem: Problem, known: Mapping[str, Shape], data: DataSpec | None
) -> Iterator[Proposal]:
    """Of all sorts; among those that cure as much, the first stands first.

    So what is nearest to the problem comes first: the plan, the block and what stands right before it, the
    branches, the ends of the network; wires and deleting come last. An Input block's own problem is looked at
    where it is, but a remedy there for a block behind it comes late: all others feel it too.
    """
    graph = project.design
    if problem.block is None and problem.parameter is not None:
        yield from plans.proposals(project.plan, problem)
    elif problem.block is None:
        yield from ends.proposals(graph, known, data)
    elif problem.block in graph.by_id:
        block = graph[problem.block]
        yield from plans.proposals(project.plan, problem)
        if block.layer.inputs == 0:
            yield from entries.proposals(graph, problem, block, known, data)
        yield from repeats.proposals(graph, block)
        yield from shapes.proposals(graph, problem, block, known)
        yield from settings.proposals(graph, problem, known)
        yield from branches.proposals(graph, block, known)
        yield from images.proposals(graph, block, known)
        yield from ends.output_proposals(graph, block, known, data)
        if block.layer.inputs != 0 and problem.severity == "error":
            yield from entries.proposals(graph, problem, block, known, data)
        yield from wiring.proposals(graph, block, known, data)
