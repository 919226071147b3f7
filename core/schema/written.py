"""How numbers and shapes are written for people, wherever that is."""

from __future__ import annotations

import re
from collections.abc import Iterable


def count_text(count: int) -> str:
    """All digits, with a true minus: `61,706`, `−3`."""
    return with_minus(f"{count:,}")


def counted_text(number: int, one: str, several: str = "") -> str:
    """A number of things: `1 epoch`, `2,000 steps`; or, with `several`, `10 classes`."""
    return f"{count_text(number)} {noun(number, one, several)}"


def noun(number: int, one: str, several: str = "") -> str:
    """What so many are called, where the number stands in another form: `epoch`, `steps`, `classes`."""
    return one if number == 1 else several or f"{one}s"


def shape_text(shape: Iterable[int]) -> str:
    """`6 × 28 × 28`; also for kernels and strides: `5 × 5`; a long vector: `2,704`."""
    return " × ".join(map(count_text, shape))


def short_text(value: float, digits: int = 6) -> str:
    """At most so many significant digits, but all before the point: `0.5`, `−1.63`, `4,096`, `1e-5`."""
    return tidied(f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.{digits}g}")


def exact_text(value: float) -> str:
    """All digits, as Python distinguishes them: `−1.0`, `1,000,000.5`, `1e-5`."""
    return tidied(f"{value:,}")


def value_text(value: object) -> str:
    """The value of a setting, of whatever kind: `4,096`, `3 × 3`, `same`, `true`, `none`."""
    if isinstance(value, tuple):
        return shape_text(value) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    return short_text(value) if isinstance(value, int | float) else str(value)


def cut_text(text: str, length: int = 24) -> str:
    """The beginning of a text, with an ellipsis where it is longer than so many characters."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def memory_text(size: int) -> str:
    """Bytes in units of 1,024 as memory has them: `68.7 GiB`, `3.0 MiB`."""
    return f"{size / 2**30:,.1f} GiB" if size >= 2**30 else f"{size / 2**20:,.1f} MiB"


def with_minus(text: str) -> str:
    """A written number with a true minus in place of the hyphen before it."""
    return f"−{text[1:]}" if text.startswith("-") else text


def tidied(text: str) -> str:
    """A number as Python writes it, with a true minus, and without zeros in its exponent: `−1e-5`, `1e20`."""
    return with_minus(re.sub(r"e([+-])0*(\d)", lambda found: f"e{found[1].strip('+')}{found[2]}", text))
