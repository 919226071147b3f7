"""Remedies for what a run has brought to light: another plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from core.errors import Problem
from core.project import Project
from core.repair.fix import Fix
from core.schema.param import params_of

_LESS: Final = {"learning_rate": 0.1}
"""The optimiser's settings of which less is better where they are to blame, and how much less."""


_SAMPLES: Final = 32
"""A batch that mean and variance can be told from."""


def proposals(project: Project, problem: Problem) -> Iterator[Fix]:
    """Less of the optimiser's setting that the problem names, or more samples a step."""
    if problem.parameter == "batch_size":
        yield Fix(f"Set batch size to {_SAMPLES}", _larger_batch)
    optimizer: Any = project.plan.optimizer
    for declared in params_of(type(optimizer)):
        if declared.name == problem.parameter and declared.name in _LESS:
            less = float(f"{getattr(optimizer, declared.name) * _LESS[declared.name]:g}")
            if declared.check(less) is None:
                yield Fix(f"Set {declared.label.lower()} to {less:g}", _setting(declared.name, less))


def _larger_batch(project: Project) -> Project:
    return replace(project, plan=replace(project.plan, batch_size=_SAMPLES))


def _setting(name: str, value: float) -> Any:
    """An edit of the optimiser that is the plan's when it is made."""

    def apply(project: Project) -> Project:
        optimizer: Any = replace(project.plan.optimizer, **{name: value})  # type: ignore[type-var]
        return replace(project, plan=replace(project.plan, optimizer=optimizer))

    return apply
