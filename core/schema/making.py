"""Making declared objects: shorthands become what is declared, and a wrong value is refused at once.

`Conv2D(8, kernel=3)` is `Conv2D(filters=8, kernel=(3, 3))`. What is read from a file, or follows from shapes,
goes around the check (`unchecked`): there a wrong setting is a problem of the design, not an exception.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, TypeVar

from core.errors import UsageError
from core.schema.near import near
from core.schema.param import Param, exact_float, params_of

T = TypeVar("T")


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


def _meant(p: Param, value: Any) -> Any:
    """The value in the declared type where it is short for one, or of NumPy; else as it is, for `check`."""
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        value = tolist()
    if isinstance(value, (list, range)):
        value = tuple(value)
    if isinstance(value, tuple):
        value = tuple(n.item() if callable(getattr(n, "item", None)) else n for n in value)
        if p.kind == "padding" and len(value) == 2:  # (vertical, horizontal), as in PyTorch
            return value * 2
        return tuple(map(exact_float, value)) if p.kind == "numbers" else value
    if p.kind == "float":
        return exact_float(value)
    length = {"pair": 2, "padding": 4, "shape": 1}.get(p.kind)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return (value,) * length if length and whole else value


def explained(declared: type[T]) -> type[T]:
    """A class decorator: an unknown setting is refused with the names that are near to it (UsageError).

    A class whose only setting is a shape also takes its numbers one by one: `Input(1, 28, 28)`.
    """
    fields = dataclasses.fields(declared)  # type: ignore[arg-type]  # whatever is declared is a dataclass
    names = [field.name for field in fields]
    one_by_one = [field.type for field in fields] in (["tuple[int, ...]"], [tuple[int, ...]])
    plain: Any = declared.__init__

    @functools.wraps(plain)
    def init(self: object, *values: object, **settings: object) -> None:
        for name in settings.keys() - set(names):
            raise UsageError(
                f"{declared.__name__} has no setting {name!r}.", near(name, names), parameter=name
            )
        plain(self, *((values,) if one_by_one and len(values) > 1 else values), **settings)

    declared.__init__ = init  # type: ignore[method-assign]
    return declared


def unchecked(declared: type[T], **settings: Any) -> T:
    """An object with these settings as they are, allowed or not; the others have their defaults."""
    return _filled(declared, {p.name: p.default for p in params_of(declared)} | settings)


def changed(value: T, **settings: Any) -> T:
    """The same object with other settings, as they are; the others aren't checked again."""
    fields = dataclasses.fields(value)  # type: ignore[arg-type]  # whatever is declared is a dataclass
    return _filled(type(value), {field.name: getattr(value, field.name) for field in fields} | settings)


def _filled(declared: type[T], settings: dict[str, Any]) -> T:
    made = object.__new__(declared)
    for name, setting in settings.items():
        object.__setattr__(made, name, setting)
    return made
