"""Reading JSON values: what isn't as expected raises FormatError, which names both."""

from __future__ import annotations

import reprlib
from typing import Any

from core.design.graph import MAX_NAME, Place
from core.errors import FormatError
from core.schema.written import count_text

DAMAGED = "The file may be damaged."


def typed(value: object, wanted: type[Any], where: str) -> Any:
    """`value` if it has the wanted type. Raises FormatError otherwise."""
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        names = {
            dict: "an object",
            list: "a list",
            str: "a text",
            int: "a whole number",
            bool: "true or false",
        }
        raise FormatError(f"{where}: expected {names[wanted]}, got {type(value).__name__}.", DAMAGED)
    return value


def name_of(value: object, where: str, limit: int = MAX_NAME) -> str:
    """A text of 1 to `limit` characters."""
    text: str = typed(value, str, where)
    if not text or len(text) > limit:
        raise FormatError(
            f"{where}: expected 1 to {count_text(limit)} characters, got {count_text(len(text))}."
        )
    return text


def text_of(value: object, where: str) -> str:
    """A text that isn't empty."""
    text: str = typed(value, str, where)
    if not text:
        raise FormatError(f"{where}: expected a text, got an empty one.", DAMAGED)
    return text


def number_of(value: object, where: str) -> float:
    """A number that has a place on the canvas."""
    if not _is_number(value):
        raise FormatError(f"{where}: expected a number, got {reprlib.repr(value)}.")
    return float(value)  # type: ignore[arg-type]


def place_of(value: object, where: str) -> Place:
    """Two such numbers."""
    pair = typed(value, list, where)
    if len(pair) != 2 or not all(map(_is_number, pair)):
        raise FormatError(f"{where}: expected two numbers, got {reprlib.repr(pair)}.")
    return float(pair[0]), float(pair[1])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9
