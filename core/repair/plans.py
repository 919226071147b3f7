"""Remedies for what a run has brought to light: another plan."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from core.errors import Problem
from core.repair.fix import PlanEdit
from core.schema.making import changed, settled
from core.schema.param import params_of
from core.schema.written import count_text, short_text, value_text
from core.training.plan import Plan

_LESS: Final = {"learning_rate": 0.1}
"""The optimiser's settings of which less is better where they are to blame, and how much less."""


_SAMPLES: Final = 32
"""A batch that mean and variance can be told from."""


def proposals(plan: Plan, problem: Problem) -> Iterator[PlanEdit]:
    """The default in place of what a file has; less of the optimiser's setting, or other samples a step."""
    if problem in plan.problems():
        yield from _settled(plan, problem)
        return
    if problem.parameter == "batch_size":
        samples = problem.suggested or _SAMPLES
        title = f"Set batch size to {count_text(samples)}"
        yield PlanEdit(title, lambda now: changed(now, batch_size=samples))
    optimizer: Any = plan.optimizer
    for declared in params_of(type(optimizer)):
        if declared.name == problem.parameter and declared.name in _LESS:
            less = float(f"{getattr(optimizer, declared.name) * _LESS[declared.name]:g}")
            if declared.check(less) is None:
                title = f"Set {declared.label.lower()} to {short_text(less)}"
                yield PlanEdit(title, _setting(declared.name, less))


def _settled(plan: Plan, problem: Problem) -> Iterator[PlanEdit]:
    """For what a file has in place of an allowed setting of the plan or of a part of it."""
    name = str(problem.parameter)
    for place in (None, "optimizer", "schedule"):
        edit = partial(_with_default, place=place, name=name)
        if problem not in edit(plan).problems():
            part = getattr(plan, place) if place else plan
            stands_in = getattr(part, name, None)
            text = getattr(stands_in, "title", None) or value_text(stands_in)
            what = next((p.label.lower() for p in params_of(type(part)) if p.name == name), name)
            title = f"Leave {name} out" if stands_in is None else f"Set {what} to {text}"
            yield PlanEdit(title, edit)
            return


def _with_default(plan: Plan, place: str | None, name: str) -> Plan:
    """The plan with what stands in for a wrong setting of it, or of its part in this place."""
    if place is None:
        return settled(plan, name)
    return changed(plan, **{place: settled(getattr(plan, place), name)})


def _setting(name: str, value: float) -> Any:
    """An edit of the optimiser that is the plan's when it is made."""

    def edit(plan: Plan) -> Plan:
        return changed(plan, optimizer=changed(plan.optimizer, **{name: value}))

    return edit
