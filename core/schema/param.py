"""Declared settings: one `param()` states a setting's type, default, limits, label and help, once.

Layers, optimisers and the training plan are frozen dataclasses whose fields are made by `param()`. From these
declarations come validation, forms, the file format, command-line options and the manual.
"""

from __future__ import annotations

import dataclasses
import json
import math
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_type_hints

from core.errors import UsageError
from core.schema.written import count_text, exact_text, short_text

Padding: TypeAlias = Literal["valid", "same"] | tuple[int, int, int, int]
"""No padding, enough for output = ceil(input / stride), or explicit pixels (top, left, bottom, right)."""

Kind = Literal["int", "float", "bool", "choice", "text", "pair", "shape", "padding", "numbers"]

_KINDS: dict[Any, Kind] = {
    int: "int",
    float: "float",
    bool: "bool",
    str: "text",
    tuple[int, int]: "pair",
    tuple[int, ...]: "shape",
    tuple[float, ...]: "numbers",
    Padding: "padding",
}


_FRACTIONS = ("float", "numbers")
"""The kinds whose numbers needn't be whole."""


_MOST_SIZES = 16
"""Numbers of a shape: far more than any has, few enough to be shown."""


@dataclass(frozen=True)
class Param:
    """The declaration of one setting. `min` and `max` are inclusive and hold for each number of a tuple."""

    name: str
    kind: Kind
    default: Any
    label: str
    help: str
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] = ()
    when: tuple[str, object] | None = None
    """The setting counts only while the setting of this name has this value."""

    def check(self, value: object) -> str | None:
        """Says why `value` isn't allowed, or None where it is."""
        match self.kind:
            case "bool":
                return None if isinstance(value, bool) else f"expected true or false, got {_shown(value)}"
            case "choice":
                return None if value in self.choices else f"expected {self._choices()}, got {_shown(value)}"
            case "text":
                return None if isinstance(value, str) else f"expected a text, got {_shown(value)}"
            case "int" | "float":
                return self._check_number(value)
            case "pair":
                return self._check_tuple(value, length=2)
            case "shape":
                return self._check_tuple(value, length=None)
            case "padding":
                return None if value in ("valid", "same") else self._check_tuple(value, length=4)
            case "numbers":
                if not isinstance(value, tuple):
                    return f"expected numbers, or none, got {_shown(value)}"
                return next(filter(None, map(self._check_number, value)), None)

    def parse(self, value: object) -> Any:
        """Makes the declared type of a value that is short for it: `3` for a kernel, a list for a tuple.

        What doesn't fit is returned as it is, for `check`.
        """
        if isinstance(value, (list, range)):
            value = tuple(value)
        if isinstance(value, tuple):
            if self.kind == "padding" and len(value) == 2:  # (vertical, horizontal), as in PyTorch
                return value * 2
            return tuple(map(exact_float, value)) if self.kind == "numbers" else value
        if self.kind == "float":
            return exact_float(value)
        length = {"pair": 2, "padding": 4, "shape": 1}.get(self.kind)
        whole = isinstance(value, int) and not isinstance(value, bool)
        return (value,) * length if length and whole else value

    def parse_text(self, text: str) -> Any:
        """Reads a typed value: `3`, `0.1`, `3x5`, `3 × 5`, `same`, `2,2,2,2`, `1 0.5`. Raises UsageError."""
        value = self._read(text.strip())
        reason = self.check(value)
        if reason:
            raise UsageError(f"{self.label}: {reason}.", self.help, parameter=self.name)
        return value

    def limits(self) -> str:
        """The limits in words, such as `1 to 4,096`; empty where there are none."""
        if self.choices:
            return self._choices()
        if self.min is not None and self.max is not None:
            return f"{short_text(self.min)} to {short_text(self.max)}"
        if self.min is not None:
            return f"at least {short_text(self.min)}"
        return "" if self.max is None else f"at most {short_text(self.max)}"

    def _choices(self) -> str:
        return " or ".join(filter(None, (", ".join(self.choices[:-1]), self.choices[-1])))

    def _read(self, text: str) -> object:
        if self.kind in ("choice", "text"):
            return text
        if self.kind == "bool":
            return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get(
                text.lower(), text
            )
        if self.kind == "padding" and text in ("valid", "same"):
            return text
        if self.kind == "numbers":
            parts = text.replace(",", " ").split()
        else:
            parts = text.lower().replace("×", "x").replace(",", "x").split("x")
        try:
            numbers = tuple(float(p) if self.kind in _FRACTIONS else int(p) for p in parts)
        except ValueError:
            return text
        if self.kind in ("int", "float"):
            return numbers[0] if len(numbers) == 1 else text
        if self.kind == "numbers":
            return numbers
        length = {"pair": 2, "padding": 4}.get(self.kind, 1)
        return numbers * length if len(numbers) == 1 else numbers

    def _check_number(self, value: object) -> str | None:
        allowed = (int, float) if self.kind in _FRACTIONS else (int,)
        if isinstance(value, allowed) and not isinstance(value, bool) and -math.inf < value < math.inf:
            low = -math.inf if self.min is None else self.min
            high = math.inf if self.max is None else self.max
            if low <= value <= high:
                return None
        wanted = "a number" if self.kind in _FRACTIONS else "a whole number"
        limits = self.limits()
        return f"expected {wanted}{', ' if limits else ''}{limits}, got {_shown(value)}"

    def _check_tuple(self, value: object, length: int | None) -> str | None:
        names = {2: "two whole numbers (height, width)", 4: "valid, same or (top, left, bottom, right)"}
        if not isinstance(value, tuple) or not value or (length is not None and len(value) != length):
            return f"expected {names.get(length or 0, 'whole numbers')}, got {_shown(value)}"
        if len(value) > _MOST_SIZES:
            return f"expected at most {_MOST_SIZES} whole numbers, got {count_text(len(value))}"
        return next(filter(None, map(self._check_number, value)), None)


@dataclass(frozen=True)
class Declared:
    """The base of what has declared settings and is read from files.

    Whatever a file says, the settings themselves are allowed ones, so that whoever reads them needs no care.
    """

    wrong: tuple[tuple[str, str], ...] = dataclasses.field(default=(), kw_only=True, repr=False)
    """What was written in place of an allowed value, as JSON, by setting; it is saved back unchanged.

    The default stands in for it until another value is given (`changed`); `problems_of` says what is wrong.
    """


def exact_float(value: object) -> object:
    """A whole number as a float; beyond 2⁵³, where floats skip some, as it is."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 2**53:
        return float(value)
    return value


def _shown(value: object) -> str:
    """The value as Python writes it, its numbers as for people; the middle is left out where it is long."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return count_text(value)
    if isinstance(value, tuple) and 1 < len(value) <= 6:
        return f"({', '.join(map(_shown, value))})"
    return exact_text(value) if isinstance(value, float) else reprlib.repr(value)


def param(
    default: Any,
    *,
    help: str,
    label: str = "",
    min: float | None = None,
    max: float | None = None,
    choices: tuple[str, ...] = (),
    when: tuple[str, object] | None = None,
) -> Any:
    """Declares a setting as a dataclass field; `label` defaults to the field's name in words."""
    stated = {"help": help, "label": label, "min": min, "max": max, "choices": choices, "when": when}
    return dataclasses.field(default=default, metadata={"param": stated})


_declared: dict[type[Any], tuple[Param, ...]] = {}


def params_of(declared: type[Any]) -> tuple[Param, ...]:
    """The settings that a class declares, in order."""
    if declared not in _declared:
        _declared[declared] = tuple(_read_declaration(declared))
    return _declared[declared]


def _read_declaration(declared: type[Any]) -> Iterator[Param]:
    hints = get_type_hints(declared)
    for field in dataclasses.fields(declared):
        if "param" not in field.metadata:
            continue
        stated = dict(field.metadata["param"])
        stated["label"] = stated["label"] or field.name.replace("_", " ").capitalize()
        kind = "choice" if stated["choices"] else _KINDS[hints[field.name]]
        yield Param(name=field.name, kind=kind, default=field.default, **stated)


def param_of(declared: type[Any], name: str) -> Param:
    """One setting by its name. Raises UsageError, with the names there are, for an unknown one."""
    for found in params_of(declared):
        if found.name == name:
            return found
    names = ", ".join(p.name for p in params_of(declared)) or "none"
    raise UsageError(f"There is no setting {name!r}.", f"Settings: {names}.", parameter=name)


def to_dict(value: object) -> dict[str, Any]:
    """The settings of a declared object as JSON values; what was written wrongly as it was."""
    settings = ((p.name, getattr(value, p.name)) for p in params_of(type(value)))
    return {name: list(v) if isinstance(v, tuple) else v for name, v in settings} | wrong_of(value)


def wrong_of(value: object) -> dict[str, Any]:
    """What was written in place of allowed values of a declared object, as JSON values by setting."""
    wrong = value.wrong if isinstance(value, Declared) else ()
    return {name: json.loads(text) for name, text in wrong}


def problems_of(value: object) -> dict[str, str]:
    """What is wrong with the settings of a declared object, by setting."""
    wrong = wrong_of(value)
    known = params_of(type(value))
    checked = {
        p.name: p.check(p.parse(wrong[p.name]) if p.name in wrong else getattr(value, p.name)) for p in known
    }
    names = ", ".join(p.name for p in known) or "none"
    unknown = {name: f"there is no such setting; settings: {names}" for name in wrong if name not in checked}
    return {name: reason for name, reason in checked.items() if reason} | unknown


def check_settings(value: object) -> None:
    """Raises UsageError for the first setting of a declared object that isn't allowed."""
    for name, reason in problems_of(value).items():
        p = param_of(type(value), name)
        raise UsageError(f"{p.label}: {reason}.", p.help, parameter=name)
