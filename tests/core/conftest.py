"""What the tests of the core share."""

from __future__ import annotations

import pytest

from core.program import EXECUTOR_VARIABLE


@pytest.fixture(params=["reference", "engine"])
def executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test on either executor: what holds for a training run holds on both."""
    name: str = request.param
    monkeypatch.setenv(EXECUTOR_VARIABLE, name)
    return name
