"""In which settings plans differ from each other, as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.schema.param import params_of
from core.schema.written import value_text
from core.training.plan import Plan


def settings_of(plan: Plan) -> dict[str, str]:
    """The settings of a plan by their names for people: `learning rate` is `0.001`, `optimizer` is `Adam`."""
    found: dict[str, str] = {}
    for name, part in (("optimizer", plan.optimizer), ("schedule", plan.schedule)):
        found[name] = type(part).__name__
        found |= _settings(part)
    return found | _settings(plan)


def differing(plans: Sequence[Plan]) -> list[dict[str, str]]:
    """For each plan those of its settings that not all have alike that have them: what only one optimiser has
    is told by its name."""
    all_of_them = [settings_of(plan) for plan in plans]
    names = dict.fromkeys(name for settings in all_of_them for name in settings)
    values = {name: {own[name] for own in all_of_them if name in own} for name in names}
    several = [name for name in names if len(values[name]) > 1]
    return [{name: own[name] for name in several if name in own} for own in all_of_them]


def _settings(declared: Any) -> dict[str, str]:
    kind = type(declared)
    return {p.label[:1].lower() + p.label[1:]: value_text(getattr(declared, p.name)) for p in params_of(kind)}
