"""A few embedded digits, and a small network for them."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnngui
from core.data import Source
from core.data.digits import generate


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of the test's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def digits() -> Source:
    return cnngui.data(*generate(400, seed=1), test=generate(100, seed=2))


def small(*, dropout: float = 0.0, plan: cnngui.Plan | None = None) -> cnngui.Network:
    """A network that learns them in a second."""
    return cnngui.Network(
        cnngui.Input(1, 28, 28),
        cnngui.Conv2D(4, kernel=5, stride=2),
        cnngui.ReLU(),
        cnngui.MaxPool(2),
        cnngui.Flatten(),
        cnngui.Dropout(dropout),
        cnngui.Dense(10),
        cnngui.Classification(),
        plan=plan,
    )


@pytest.fixture
def net() -> cnngui.Network:
    return small()
