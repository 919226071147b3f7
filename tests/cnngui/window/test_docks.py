"""The docks and what they stand around: always side by side, inside a window that keeps its size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "scale",
    ["1", pytest.param("1.5", marks=pytest.mark.exhaustive), pytest.param("2", marks=pytest.mark.exhaustive)],
)
def test_all_layouts_fit_on_every_screen(scale: str) -> None:
    """Each scale needs a process of its own: three screens, maximised or not, with a file or without."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.cnngui.window.placing"],
        env={**os.environ, "QT_SCALE_FACTOR": scale},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    assert json.loads(found.stdout) == []
