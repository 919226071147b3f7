"""The interface size: a factor for all of the window, given to Qt before it begins."""

from __future__ import annotations

import os
import sys
from math import inf
from typing import Final

from PySide6.QtCore import QProcess, QProcessEnvironment

_QT: Final = "QT_SCALE_FACTOR"
_OWN: Final = "CNNGUI_SCALE_FACTOR"
"""What `_QT` was before this file changed it: a restarted application must not multiply twice."""


def apply_interface_size(percent: int) -> None:
    """Scales texts, icons and distances by so much more than the user's own environment does.

    Has an effect before there is an application object; Qt can't do it later.
    """
    before = os.environ.setdefault(_OWN, os.environ.get(_QT, "1"))
    try:
        factor = float(before)
    except ValueError:
        factor = 1.0
    if not 0 < factor < inf:
        factor = 1.0
    os.environ[_QT] = f"{factor * percent / 100:g}"


def restart(arguments: list[str]) -> None:
    """Starts the application once more, beside this one, which may be about to end."""
    process = QProcess()
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert(_QT, environment.value(_OWN, "1"))
    environment.remove(_OWN)
    process.setProcessEnvironment(environment)
    process.setProgram(sys.executable)
    process.setArguments(["-m", "cnngui", *arguments])
    process.startDetached()
