"""Making declared objects: shorthands become what is declared, and a wrong value is refused at once.

`Conv2D(8, kernel=3)` is `Conv2D(filters=8, kernel=(3, 3))`. What is read from a file, or follows from shapes,
goes around the check (`unchecked`): there a wrong setting is a problem of the design, not an exception.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from core.errors import UsageError
from core.schema.near import near
from core.schema.param import Declared, Param, params_of

T = TypeVar("T")

_OF_BASE = {field.name for field in dataclasses.fields(Declared)}
"""What no caller gives."""


def normalise(made: object, title: str = "") -> None:
    """For `__post_init__`: gives every setting its declared type. Raises UsageError for a forbidden value.

    `title` is what the message calls the object: `Conv 2D, Kernel: expected two whole numbers …`.
    """
    for p in params_of(type(made)):
        given = getattr(made, p.name)
        meant = _meant(p, given)
        reason = p.check(meant)
        if reason:
            where = f"{title}, {p.label}" if title else p.label
            raise UsageError(f"{where}: {reason}.", p.help, parameter=p.name)
        if meant is not given:
            object.__setattr__(made, p.name, meant)
        if isinstance(made, Declared) and made.wrong and meant != p.default:
            _forget_wrong(made, p.name)  # a value has been given in place of what was written


def _meant(p: Param, value: Any) -> Any:
    """The value in the declared type where it is short for one, or of NumPy; else as it is, for `check`."""
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        value = tolist()
    if isinstance(value, (list, tuple)):
        value = tuple(n.item() if callable(getattr(n, "item", None)) else n for n in value)
    return p.parse(value)


def explained(declared: type[T]) -> type[T]:
    """A class decorator: an unknown setting is refused with the names that are near to it (UsageError).

    A class whose only setting is a shape also takes its numbers one by one: `Input(1, 28, 28)`.
    """
    fields = dataclasses.fields(declared)  # type: ignore[arg-type]  # whatever is declared is a dataclass
    own = [field for field in fields if field.name not in _OF_BASE]
    names = [field.name for field in own]
    one_by_one = [field.type for field in own] in (["tuple[int, ...]"], [tuple[int, ...]])
    plain: Any = declared.__init__

    @functools.wraps(plain)
    def init(self: object, *values: object, **settings: object) -> None:
        for name in settings.keys() - {*names, *_OF_BASE}:
            raise UsageError(
                f"{declared.__name__} has no setting {name!r}.", near(name, names), parameter=name
            )
        plain(self, *((values,) if one_by_one and len(values) > 1 else values), **settings)

    declared.__init__ = init  # type: ignore[method-assign]
    return declared


def unchecked(declared: type[T], **settings: Any) -> T:
    """An object with these settings as they are, allowed or not; the others have their defaults."""
    return _filled(declared, {p.name: p.default for p in params_of(declared)} | settings)


def as_written(declared: type[T], settings: Mapping[str, Any], **parts: object) -> T:
    """An object with the settings that a file has, as JSON values; never raises.

    `parts` are fields that aren't settings. Shorthands are taken. What isn't allowed is kept as it is written
    (`Declared.wrong`).
    """
    known = {p.name: p for p in params_of(declared)}
    read = {name: known[name].parse(value) for name, value in settings.items() if name in known}
    allowed = {name: value for name, value in read.items() if known[name].check(value) is None}
    wrong = tuple((name, json.dumps(settings[name])) for name in settings if name not in allowed)
    return unchecked(declared, **allowed, **parts, **({"wrong": wrong} if wrong else {}))


def changed(value: T, **settings: Any) -> T:
    """The same object with other settings, as they are; the others aren't checked again."""
    fields = dataclasses.fields(value)  # type: ignore[arg-type]  # whatever is declared is a dataclass
    made = _filled(type(value), {field.name: getattr(value, field.name) for field in fields} | settings)
    for name in settings:
        _forget_wrong(made, name)
    return made


def settled(value: T, name: str) -> T:
    """The same object, where the default has taken the place of what was written wrongly for a setting."""
    made = changed(value)
    _forget_wrong(made, name)
    return made


def _forget_wrong(made: object, name: str) -> None:
    """What was written for a setting no longer counts."""
    if isinstance(made, Declared) and made.wrong:
        object.__setattr__(made, "wrong", tuple(pair for pair in made.wrong if pair[0] != name))


def _filled(declared: type[T], settings: dict[str, Any]) -> T:
    made = object.__new__(declared)
    for name, setting in settings.items():
        object.__setattr__(made, name, setting)
    return made
