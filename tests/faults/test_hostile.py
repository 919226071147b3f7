"""A small sample of the hostile files that `python -m tests.faults.hostile` makes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

pytest.importorskip("PySide6")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="some of the files are pipes and links")
def test_each_hostile_file_is_refused_in_words_or_read(tmp_path: Path) -> None:
    """In a process of its own, which a file may end."""
    command = [sys.executable, "-m", "tests.faults.hostile", "--count", "120", "--seed", "1"]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "CNNGUI_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout.rpartition(" files, ")[2]) == (0, "0 faults\n"), (
        ended.stdout + ended.stderr
    )
