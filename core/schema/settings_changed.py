"""Which settings differ between two declared objects: layers, optimisers, schedules, plans."""

from __future__ import annotations

from dataclasses import dataclass

from core.schema.param import Param, params_of
from core.schema.written import value_text


@dataclass(frozen=True)
class SettingChange:
    """A setting with another value. `label` is what people read, `name` what files and scripts have."""

    name: str
    label: str
    before: object
    after: object

    def __str__(self) -> str:
        before, after = (
            "none" if value is None else value_text(value) for value in (self.before, self.after)
        )
        return f"{self.label}: {before} → {after}"


def setting_changes(before: object, after: object) -> tuple[SettingChange, ...]:
    """The declared settings that differ, in the order of their declaration; both are of one type."""
    return tuple(
        SettingChange(p.name, p.label, old, new)
        for p in params_of(type(before))
        if not _same(old := _value(before, p), new := _value(after, p))
    )


def _value(declared: object, p: Param) -> object:
    return getattr(declared, p.name, p.default)


def _same(one: object, other: object) -> bool:
    """A file may hold `1` where a setting is a truth value: it is kept as written, and is no `true`."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
