"""What is different between two plans: their own settings, and those of optimiser and schedule."""

from __future__ import annotations

from core.schema.settings_changed import SettingChange, setting_changes
from core.training.plan import Plan


def plan_changes(before: Plan, after: Plan) -> tuple[SettingChange, ...]:
    """The settings that differ. Those of an optimiser or schedule of another kind aren't compared."""
    found = list(setting_changes(before, after))
    parts = (
        ("optimizer", "Optimiser", before.optimizer, after.optimizer),
        ("schedule", "Schedule", before.schedule, after.schedule),
    )
    for name, label, one, other in parts:
        if type(one) is type(other):
            found += setting_changes(one, other)
        else:
            found.append(SettingChange(name, label, one.title, other.title))
    return tuple(found)
