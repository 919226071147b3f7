"""What is written beside the window, while what a step takes is traced."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import pytest

from tests.paths import ROOT

pytest.importorskip("PySide6")

WRITE_AND_TRACE: Final = """
import os, threading
from PySide6.QtCore import QCoreApplication
from cnngui.compute.chores import Chores
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import SGD
from core.running.reference import ReferenceProgram
from tests.core.designs import chain

def again(chores):
    chores.add(lambda: None, lambda *_: again(chores))

def trace():
    for _ in range(200):
        ReferenceProgram(graph).step_memory(8, SGD())
    os._exit(0)  # in the midst of it all

application = QCoreApplication([])
graph = chain((1, 8, 8), Flatten(), Dense(units=100), Dense(units=3), Classification())
all_chores = [Chores() for _ in range(4)]
for chores in all_chores:
    again(chores)
threading.Thread(target=trace).start()
application.exec()
"""


def test_a_file_may_be_written_while_a_step_is_traced() -> None:
    """Where threads were Qt's, that ended the process."""
    command = [sys.executable, "-c", WRITE_AND_TRACE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
