"""How numbers and shapes are written for people, wherever that is."""

from __future__ import annotations

from collections.abc import Iterable


def count_text(count: int) -> str:
    """All digits, with a true minus: `61,706`, `−3`."""
    return with_minus(f"{count:,}")


def shape_text(shape: Iterable[int]) -> str:
    """`6 × 28 × 28`; also for kernels and strides: `5 × 5`; a long vector: `2,704`."""
    return " × ".join(map(count_text, shape))


def short_text(value: float, digits: int = 6) -> str:
    """At most so many significant digits, but all before the point: `0.5`, `−1.63`, `4,096`, `1e-05`."""
    return with_minus(f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.{digits}g}")


def with_minus(text: str) -> str:
    """A written number with a true minus in place of the hyphen before it."""
    return f"−{text[1:]}" if text.startswith("-") else text
