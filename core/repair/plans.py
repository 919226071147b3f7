"""Remedies for what a run has brought to light: another plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from core.errors import Problem
from core.repair.fix import PlanEdit
from core.schema.param import params_of
from core.schema.written import count_text, short_text
from core.training.plan import Plan

_LESS: Final = {"learning_rate": 0.1}
"""The optimiser's settings of which less is better where they are to blame, and how much less."""


_SAMPLES: Final = 32
"""A batch that mean and variance can be told from."""


def proposals(plan: Plan, problem: Problem) -> Iterator[PlanEdit]:
    """Less of the optimiser's setting that the problem names, or another number of samples a step."""
    if problem.parameter == "batch_size":
        samples = problem.suggested or _SAMPLES
        title = f"Set batch size to {count_text(samples)}"
        yield PlanEdit(title, lambda now: replace(now, batch_size=samples))
    optimizer: Any = plan.optimizer
    for declared in params_of(type(optimizer)):
        if declared.name == problem.parameter and declared.name in _LESS:
            less = float(f"{getattr(optimizer, declared.name) * _LESS[declared.name]:g}")
            if declared.check(less) is None:
                title = f"Set {declared.label.lower()} to {short_text(less)}"
                yield PlanEdit(title, _setting(declared.name, less))


def _setting(name: str, value: float) -> Any:
    """An edit of the optimiser that is the plan's when it is made."""

    def edit(plan: Plan) -> Plan:
        optimizer: Any = replace(plan.optimizer, **{name: value})  # type: ignore[type-var]
        return replace(plan, optimizer=optimizer)

    return edit
