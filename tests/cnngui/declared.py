"""Allowed and forbidden values, derived from the declaration of a setting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.layers import LAYERS, Layer
from core.schema.param import Param, params_of

SETTINGS: list[tuple[type[Layer], Param]] = [(layer, p) for layer in LAYERS for p in params_of(layer)]
"""Every setting of every layer."""


def setting_id(value: object) -> str:
    """A readable name for a test of one setting."""
    return value.name if isinstance(value, Param) else getattr(value, "kind", str(value))


def allowed(param: Param) -> Iterator[Any]:
    """Values at and between the limits."""
    yield param.default
    low, high = _limits(param)
    match param.kind:
        case "int":
            yield from (low, high)
        case "float":
            yield from (param.min, param.max)
        case "bool":
            yield from (True, False)
        case "choice":
            yield from param.choices
        case "text":
            yield "a text"
        case "pair":
            yield from ((low, high), (high, low), (high, high))
        case "shape":
            yield from ((high,), (low, high, low))
        case "numbers":
            yield from ((), (param.min,), (param.min, 1.5, param.max))
        case "padding":
            yield from ("valid", "same", (low, high, low, high))


def forbidden_texts(param: Param) -> Iterator[str]:
    """What somebody may type into a field for one number, or for a shape, and may not."""
    yield from ("many", "1;2", "nan", "1e999", "--1")
    if param.kind != "numbers":
        yield ""
    if param.kind not in ("float", "numbers"):
        yield "1.5"
    if param.kind == "shape":
        yield from ("1x28x", f"{(param.min or 0) - 1:g}x28x28", f"{(param.max or 0) + 1:.0f}")
    else:
        yield "1x1"
        if param.min is not None:
            yield f"{param.min - 1:.0f}"
        if param.max is not None:
            yield f"{param.max + 1:.0f}"


def _limits(param: Param) -> tuple[int, int]:
    return int(param.min or 0), int(10**6 if param.max is None else param.max)
