"""Data sets are told apart by what a network sees of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data import fingerprint as module
from core.data.dataset import Dataset
from core.data.fingerprint import fingerprint

IMAGES = np.arange(5 * 2 * 3 * 4, dtype=np.uint8).reshape(5, 2, 3, 4)
DATA = Dataset(IMAGES, np.array([0, 1, 0, 1, 1]), ("a", "b"))


def test_equal_data_have_one_fingerprint_however_they_lie_in_memory() -> None:
    rows = np.array([4, 0, 2])
    part = replace(DATA, targets=DATA.targets[rows], rows=rows)
    assert fingerprint(replace(DATA, images=IMAGES.copy())) == fingerprint(DATA)
    assert fingerprint(part) == fingerprint(Dataset(IMAGES[rows], DATA.targets[rows], DATA.classes))


def test_any_difference_is_seen() -> None:
    other = IMAGES.copy()
    other[4, 1, 2, 3] += 1
    different = [
        DATA,
        replace(DATA, images=other),
        replace(DATA, images=IMAGES[::-1]),
        replace(DATA, images=IMAGES.astype(np.float32)),
        replace(DATA, images=IMAGES.reshape(5, 2, 4, 3)),
        replace(DATA, targets=DATA.targets[::-1]),
        replace(DATA, targets=DATA.targets.astype(np.int32)),
        replace(DATA, classes=("a", "c")),
        Dataset(IMAGES[:4], DATA.targets[:4], DATA.classes),
    ]
    assert len({fingerprint(data) for data in different}) == len(different)


def test_large_data_are_looked_at_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fingerprint(DATA)
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    assert fingerprint(DATA) == whole
