"""Looking at paths that were remembered or typed: what can't be looked at isn't there.

`Path.is_file` and `Path.is_dir` raise where a folder may not be entered, a name is too long, or a network
drive has gone.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  # never raises


def is_dir(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # as above
