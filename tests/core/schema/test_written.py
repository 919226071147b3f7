"""Numbers and shapes are written in one way everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cnngui
import core
from core.schema.written import count_text, counted_text, shape_text, short_text, value_text

EXEMPT = {"written.py", "formatting.py", "editors.py", "scale.py", "receptive_field.py"}
"""Where it is done; what is typed, which is written as it is typed; what is written for Qt; and fractions of
pixels."""


def test_shapes_are_written_channels_first() -> None:
    assert shape_text((6, 28, 28)) == "6 × 28 × 28"
    assert shape_text((120,)) == "120"
    assert shape_text((2704,)) == "2,704"


def test_counts_have_separators_and_a_true_minus() -> None:
    assert count_text(61706) == "61,706"
    assert count_text(-1200) == "−1,200"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (-1.5, "−1.5"),
        (4096, "4,096"),
        (100_000, "100,000"),
        (1e-05, "1e-5"),
        (-2.5e20, "−2.5e20"),
        (1e-10, "1e-10"),
        (0, "0"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short_text(value) == text


def test_digits_after_the_first_are_left_out() -> None:
    assert short_text(-0.95312, 3) == "−0.953"
    assert short_text(1234.5, 3) == "1,234"


def test_what_is_counted_stands_in_its_number() -> None:
    assert counted_text(1, "unit") == "1 unit"
    assert counted_text(2704, "unit") == "2,704 units"
    assert counted_text(0, "class", "classes") == "0 classes"
    assert counted_text(1, "class", "classes") == "1 class"


@pytest.mark.parametrize(
    ("value", "text"),
    [(2704, "2,704"), (-1, "−1"), ((3, 5), "3 × 5"), ((), "none"), ("same", "same"), (True, "true")],
)
def test_values_of_settings(value: object, text: str) -> None:
    assert value_text(value) == text


_BY_HAND = (
    r"""×['"]?\s*['"]\.join""",  # shapes
    r"""\} × \{""",
    r"""replace\(\s*['"]-['"],\s*['"]−""",  # a minus
    r"""\{[^{}'"]*:[<>^]?\d*,[^{}]*\}""",  # separators
    r"""(?<!float\(f")\{[^{}'"]*:#?(\.\d+)?g\}""",  # digits
    r"""['"]e?s['"] (if|\*)|['"]{2} if [^{}]* == 1|else ['"]e?s['"]""",  # plurals
    r"""\{len\([^{}]*\)\} [a-z]+s\b""",
)
"""How numbers, shapes and plurals would be written anew."""


def test_no_other_file_writes_numbers_by_itself() -> None:
    by_hand = re.compile("|".join(_BY_HAND))
    files = [p for package in (core, cnngui) for p in Path(str(package.__file__)).parent.rglob("*.py")]
    found = {
        f"{path.name}: {line.strip()}"
        for path in files
        if path.name not in EXEMPT
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    }
    assert not found
