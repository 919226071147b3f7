"""JSON of other people's making: bounded before it is read."""

from __future__ import annotations

import json
import math
import reprlib
from typing import Any, Final, NamedTuple, NoReturn

from core.errors import FormatError
from core.schema.written import count_text, memory_text


class Bounds(NamedTuple):
    """`size` bytes, and `values`: each takes up to 200 bytes of memory, however short it is written."""

    size: int
    values: int


DESIGN: Final = Bounds(16 << 20, 500_000)
"""Ten times what the largest design that is read needs."""
TRAINING: Final = Bounds(64 << 20, 2_000_000)
"""A run may have 100,000 epochs, each with some fifteen numbers."""


def parsed(text: str | bytes, what: str, bounds: Bounds, *, any_number: bool = False) -> Any:
    """What a JSON text says. Raises FormatError where it is none, or larger than `bounds`.

    `any_number`: also NaN and Infinity, which Python writes.
    """
    check_size(len(text), what, bounds)
    values = sum(text.count(mark) if isinstance(text, str) else text.count(mark.encode()) for mark in ",[{")
    if values > bounds.values:
        raise FormatError(
            f"{what} has more than {count_text(bounds.values)} values.", "No such file is made by cnngui."
        )
    read = text if isinstance(text, str) else text.decode("utf-8")
    try:
        if any_number:
            return json.loads(read)
        return json.loads(read, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{what} is no JSON: {error}.", "The file may be damaged.") from None


def check_size(size: int, what: str, bounds: Bounds) -> None:
    """Raises FormatError for a text of so many bytes, before it is read."""
    if size > bounds.size:
        raise FormatError(
            f"{what} is larger than {memory_text(bounds.size)}.", "No such file is made by cnngui."
        )


def _finite(text: str) -> float:
    """Refuses what would become infinite, which JSON has no way to write again."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{reprlib.repr(text)} is no number that can be kept")
    return number


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
