"""What the tests of the core share."""

from __future__ import annotations

import pytest

from core.native.environment import EXECUTOR_VARIABLE


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the engine out of a test that isn't about it: its first use compiles for seconds."""
    monkeypatch.setenv(EXECUTOR_VARIABLE, "reference")


@pytest.fixture(params=["reference", "engine"])
def executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test on either executor: what holds for a training run holds on both."""
    name: str = request.param
    monkeypatch.setenv(EXECUTOR_VARIABLE, name)
    return name
