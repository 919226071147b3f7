"""A part of the moments when disk or memory can fail; `python -m tests.faults.points` tries all."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked for each")
def test_whatever_fails_the_former_state_or_the_new_one_is_there() -> None:
    command = [sys.executable, "-m", "tests.faults.points", "--count", "200", "--seed", "11"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("200 points")
