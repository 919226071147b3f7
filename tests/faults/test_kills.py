"""A few of the kills of `python -m tests.faults.kills`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT

pytest.importorskip("PySide6")


@pytest.mark.skipif(os.name == "nt", reason="a signal of POSIX")
def test_a_kill_costs_the_last_second_and_leaves_nothing_damaged() -> None:
    command = [sys.executable, "-m", "tests.faults.kills", "--count", "6", "--seed", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("6 kills")
