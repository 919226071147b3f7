"""The promise on real data: LeNet-5 reads MNIST. Asked for by CNNGUI_TEST_MNIST=1; the figures over several
seeds are in `benchmarks/README.md`.
"""

from __future__ import annotations

import os

import pytest

from core.native.environment import EXECUTOR_VARIABLE
from tests.cli.running import events, run
from tests.paths import SHARED_DATA

MNIST = SHARED_DATA / "mnist"

pytestmark = [
    pytest.mark.skipif(not MNIST.is_dir(), reason="the MNIST files are not there"),
    pytest.mark.skipif("CNNGUI_TEST_MNIST" not in os.environ, reason="set CNNGUI_TEST_MNIST=1 to run"),
]


@pytest.mark.parametrize(("epochs", "accuracy"), [(1, 0.965), (5, 0.983)])
def test_lenet5(
    epochs: int, accuracy: float, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(EXECUTOR_VARIABLE)
    options = ("--epochs", str(epochs), "--seed", "0", "--json")
    assert run("train", "lenet5", "--data", str(MNIST), *options) == 0
    end = events(capsys)[-1]
    assert end["test_accuracy"] >= accuracy
    assert end["parameters"] == 61_706
