"""Which proposals cure: each is applied to a copy, and all problems before and after are compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from core.design.graph import Graph
from core.design.infer import Inference, finds_the_same
from core.design.spec import DataSpec
from core.errors import CoreError, Problem
from core.layers.base import Output
from core.project import Project, inspect
from core.repair.fix import Proposal


@dataclass(frozen=True)
class Trial:
    """What proposals are tried on: `before` is `inspect` of the project and the data."""

    project: Project
    problem: Problem
    before: Inference
    data: DataSpec | None


class _State(IntEnum):
    """How well a block is; one that waits for a block before it is no better than a broken one."""

    SOUND = 0
    DOUBTED = 1
    BROKEN = 2


class _Price(IntEnum):
    """What a proposal takes from what a person has made, the least first."""

    NOTHING = 0
    TASK = 1
    """Another kind of output stands for the one that was chosen: the network would learn something else."""
    BLOCK = 2
    """The block with the problem is deleted."""


@dataclass(frozen=True)
class _Outcome:
    """What a proposal has led to."""

    proposal: Proposal
    after: Project
    price: _Price
    blame: int
    """What may be its fault: errors of blocks that waited, new doubts about new blocks and the mended one."""
    left: int
    """All problems that are left."""


def cured(trial: Trial, proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """The proposals after which the problem is gone and no block is worse, the best first.

    Behind a block that is broken, others wait, and what is wrong with them comes to light when it is mended.
    Where less of that is wrong after another proposal, one is to blame for the rest, and no remedy; but none
    is put aside for one that takes more. What keeps the task comes first, then what changes it, deleting
    last; among these, what cures most, and then the order of the proposals. What does the same as another
    one, or has its title, is left out.
    """
    outcomes = [outcome for proposal in proposals if (outcome := _try(trial, proposal)) is not None]
    kept: list[_Outcome] = []
    for price in _Price:
        found = [o for o in outcomes if o.price is price]
        if price is not _Price.BLOCK:
            least = min((o.blame for o in (*kept, *found)), default=0)
            found = [o for o in found if o.blame == least]
        if any(not o.proposal.is_last_resort for o in (*kept, *found)):
            found = [o for o in found if not o.proposal.is_last_resort]
        kept += found
    offered: list[_Outcome] = []
    for outcome in sorted(kept, key=lambda o: (o.price, o.left)):
        if not any(_alike(outcome, other) for other in offered):
            offered.append(outcome)
            yield outcome.proposal


def _alike(one: _Outcome, other: _Outcome) -> bool:
    """Whether two proposals have one title, or results that differ at most in how they are drawn."""
    if one.proposal.title == other.proposal.title:
        return True
    a, b = one.after, other.after
    return replace(a, design=b.design) == b and finds_the_same(a.design, b.design)


def _try(trial: Trial, proposal: Proposal) -> _Outcome | None:
    """What a proposal leads to; None where it can't be made, doesn't cure, or makes anything worse."""
    try:
        after = proposal.apply(trial.project)
    except CoreError:
        return None
    found = inspect(after, trial.data)
    was, now = _states(trial.project.design, trial.before), _states(after.design, found)
    new = [found.problem(block) for block in now if block not in was]
    if after == trial.project or not _is_gone(trial, found, was, now) or any(map(_is_error, new)):
        return None
    if any(now[block] > was[block] for block in now if block in was):
        return None
    if trial.before.shapes and not _whole(found) <= _whole(trial.before):  # a cycle hides them
        return None
    problem = trial.problem.block
    waited = [b for b in was if b not in trial.before.shapes and trial.before.problem(b) is None]
    blame = sum(_is_error(found.problem(block)) for block in waited) + len(list(filter(None, new)))
    doubts = [p for p in found.problems if p.block == problem and p not in trial.before.problems]
    blame += now.get(str(problem)) is _State.DOUBTED and bool(doubts)
    price = _price(trial, after.design)
    if price is _Price.TASK and now.get(str(problem)) is _State.BROKEN:
        return None  # another task, and not even that can be learned
    return _Outcome(proposal, after, price, blame, len(found.problems))


def _price(trial: Trial, after: Graph) -> _Price:
    before, block = trial.project.design, trial.problem.block
    if block in before.by_id and block not in after.by_id:
        return _Price.BLOCK
    ends = [b for b in before.blocks if isinstance(b.layer, Output) and b.id in after.by_id]
    return _Price.TASK if any(after[b.id].layer.kind != b.layer.kind for b in ends) else _Price.NOTHING


def _is_gone(trial: Trial, found: Inference, was: Mapping[str, _State], now: Mapping[str, _State]) -> bool:
    """Whether the problem is there no more, nor another one of its block in its place."""
    problem, before = trial.problem, trial.before
    if problem.block in was and problem.block not in now:
        return len(found.problems) < len(before.problems)  # to delete a block must not tear a gap
    if problem in found.problems or problem.block not in now or not before.shapes:  # a cycle hides others
        return problem not in found.problems
    return problem.block in found.shapes and _like(problem, found) < _like(problem, before)


def _like(problem: Problem, inference: Inference) -> int:
    """How many problems the block has that are as bad, or worse."""
    return sum(p.block == problem.block and p.severity <= problem.severity for p in inference.problems)


def _is_error(problem: Problem | None) -> bool:
    return problem is not None and problem.severity == "error"


def _states(graph: Graph, inference: Inference) -> dict[str, _State]:
    states = {b.id: _State.SOUND if b.id in inference.shapes else _State.BROKEN for b in graph.blocks}
    for problem in inference.problems:
        if problem.block is not None:
            state = _State.BROKEN if problem.severity == "error" else _State.DOUBTED
            states[problem.block] = max(state, states[problem.block])
    return states


def _whole(inference: Inference) -> set[Problem]:
    """The problems that no block has."""
    return {problem for problem in inference.problems if problem.block is None}
