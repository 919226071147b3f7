"""Numbers and shapes are written in one way everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cnngui
import core
from core.schema import written
from core.schema.written import count_text, shape_text, short_text

EDITED = "editors.py"
"""What is typed is written as it is typed."""


def test_shapes_are_written_channels_first() -> None:
    assert shape_text((6, 28, 28)) == "6 × 28 × 28"
    assert shape_text((120,)) == "120"
    assert shape_text((2704,)) == "2,704"


def test_counts_have_separators_and_a_true_minus() -> None:
    assert count_text(61706) == "61,706"
    assert count_text(-1200) == "−1,200"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (-1.5, "−1.5"), (4096, "4,096"), (100_000, "100,000"), (1e-05, "1e-05"), (0, "0")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short_text(value) == text


def test_digits_after_the_first_are_left_out() -> None:
    assert short_text(-0.95312, 3) == "−0.953"
    assert short_text(1234.5, 3) == "1,234"


def test_no_other_file_writes_shapes_or_a_minus_by_itself() -> None:
    by_hand = re.compile(r"""×['"]?\s*['"]\.join|replace\(\s*['"]-['"],\s*['"]−""")
    files = [p for package in (core, cnngui) for p in Path(str(package.__file__)).parent.rglob("*.py")]
    found = {path.name for path in files if by_hand.search(path.read_text(encoding="utf-8"))}
    assert found <= {Path(written.__file__).name, EDITED, "receptive_field.py"}
