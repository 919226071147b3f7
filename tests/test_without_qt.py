"""Where Qt's system libraries are missing, tests of windows are skipped; the reason names the packages."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.paths import ROOT

BARE = """
import sys
import pytest
from cnngui.window import display
display._loads = lambda library: False
sys.exit(pytest.main(sys.argv[1:]))
"""


def _pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BARE, "-n0", *arguments],
        capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are looked for on Linux alone")
def test_windows_are_skipped_and_the_rest_is_tested() -> None:
    done = _pytest(
        "tests/cnngui/theme/test_theme.py", "tests/cnngui/theme/test_formatting.py", "tests/window"
    )
    assert done.returncode == 0, done.stdout
    assert "SKIPPED [1] tests/without_qt.py" in done.stdout
    assert "sudo apt install libegl1 libgl1 " in done.stdout
    assert " passed" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are looked for on Linux alone")
def test_a_folder_that_has_nothing_without_windows_says_so() -> None:
    done = _pytest("tests/cnngui/canvas")
    assert done.returncode != 0
    assert "sudo apt install libegl1 libgl1 " in done.stderr
