"""A process that is forked off once the engine has worked, as multiprocessing does on Linux."""

from __future__ import annotations

import subprocess
import sys

import pytest

FORKING = """
import multiprocessing, sys, threading
import numpy as np
from core.compile import compile_graph
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from tests.core.designs import chain

def graph(units):
    return chain((1, 8, 8), Flatten(), Dense(units=units), ReLU(), Dense(units=3), Classification())

def child():
    assert np.array_equal(program.scores(x), expected), "a network of before"
    assert compile_graph(graph(7)).scores(x).shape == (400, 3), "a new one"
    state = OptimizerState(SGD(), program.parameters.values)
    program.train_step(x, np.zeros(400, int), state)
    sys.exit(7)

program = compile_graph(graph(5))
x = np.random.default_rng(0).random((400, 1, 8, 8), np.float32)
expected = program.scores(x)
held, go_on = threading.Event(), threading.Event()

def hold():
    with program._turn:
        held.set()
        go_on.wait()

holder = threading.Thread(target=hold)
holder.start()
held.wait()
forked = multiprocessing.get_context("fork").Process(target=child)
forked.start()
go_on.set()
forked.join(120)
print(forked.exitcode)
forked.kill()
assert np.array_equal(program.scores(x), expected)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="where processes are forked as a rule")
@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_forked_process_computes(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNGUI_THREADS", threads)
    done = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("7\n", 0), done.stderr
