"""The plan of a run, from what a script says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.errors import UsageError
from core.schema.making import settled
from core.schema.near import near
from core.training.checkpoint import Checkpoint
from core.training.plan import Plan


def planned(base: Plan, settings: Mapping[str, Any], learning_rate: float | None) -> Plan:
    """The plan with other settings. Raises UsageError for one that is unknown or not allowed."""
    known = [*Plan().to_json(), "learning_rate"]
    for name in settings.keys() - set(known):
        raise UsageError(f"The training has no setting {name!r}.", near(name, known))
    for name in settings:
        base = settled(base, name)
    plan = replace(base, **settings)
    if learning_rate is not None:
        rate: dict[str, Any] = {"learning_rate": learning_rate}
        optimizer = settled(plan.optimizer, "learning_rate")
        plan = replace(plan, optimizer=replace(optimizer, **rate))
    return plan


def total_epochs(plan: Plan, run: Checkpoint | None, epochs: int | None) -> int:
    """Of the run: so many more; without a number, to the end of the plan, or as many again."""
    done = run.epoch if run else 0
    if epochs is None:
        return plan.epochs if done < plan.epochs else done + plan.epochs
    return done + replace(plan, epochs=epochs).epochs  # which is checked there
