"""What keeping a run costs the training, and how long a kept run takes to open.

    python -m benchmarks.journal [--seconds 20] [--rounds 5] [--only lenet5|dense|open]

Trains with and without a recording in turn, in one process, and quotes the ratio of the medians of the steps
a second. Then writes journals of 100,000 and of 30 million steps, and reads each in a fresh process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from cnngui.models.designs import open_example
from core.compile import compile_graph
from core.data.dataset import Dataset
from core.data.sources.base import load_source
from core.design.graph import Graph
from core.formats.data_folder import DATA_VARIABLE
from core.formats.runs.recording import Origin, Recording
from core.formats.runs.records import JOURNAL, RunWriter
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.output import Classification
from core.maths.optim import Adam
from core.project import DataChoice, Project
from core.running.program import Execution
from core.training.curves import LOSS
from core.training.events import Stepped
from core.training.plan import Plan
from core.training.record import Begun, Ended, Machine, Steps
from core.training.session import Session
from tests.core.designs import chain

PLAN: Final = Plan(Adam(), epochs=100_000, batch_size=64, validation=0.0)
_READ: Final = """
import sys, time, tracemalloc
from pathlib import Path
from core.formats.runs.records import read_run
begin = time.perf_counter()
record = read_run(Path(sys.argv[1])).record
taken = time.perf_counter() - begin
del record
tracemalloc.start()
record = read_run(Path(sys.argv[1])).record
kept, most = tracemalloc.get_traced_memory()
print(
    f"{record.steps:,} steps: opened in {taken:.2f} s; {kept / 2**20:.0f} MiB kept, "
    f"{most / 2**20:.0f} at most")
"""


def lenet5() -> tuple[Graph, Dataset]:
    data = load_source("digits").train
    return open_example("lenet5", data.spec), data


def dense() -> tuple[Graph, Dataset]:
    """200 MB of weights."""
    rng = np.random.default_rng(0)
    images = rng.normal(size=(640, 1000)).astype(np.float32)
    data = Dataset(images, rng.integers(0, 10, 640), tuple(map(str, range(10))))
    layers = (Dense(units=6600), ReLU(), Dense(units=6600), ReLU(), Dense(units=10), Classification())
    return chain((1000,), *layers), data


def rate(graph: Graph, data: Dataset, seconds: float, *, recorded: bool) -> float:
    """Steps a second."""
    program = compile_graph(graph)
    session = Session(program, data, None, PLAN)
    project = Project(graph, PLAN, DataChoice("digits"))
    recording = Recording(Origin("a design", project, data, program.execution, "1"), print)
    begin, first = 0.0, 0
    for event in session:
        if recorded:
            recording.take(event, session)
        if isinstance(event, Stepped):
            if not begin and event.step >= 3:
                begin, first = time.perf_counter(), event.step
            if begin and time.perf_counter() - begin >= seconds:
                break
    done = (session.step - first) / (time.perf_counter() - begin)
    recording.close(None)
    return done


def cost(name: str, graph: Graph, data: Dataset, seconds: float, rounds: int) -> None:
    rate(graph, data, 1.0, recorded=False)
    rates: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(rounds):
        for recorded in (False, True) if turn % 2 else (True, False):
            rates[recorded].append(rate(graph, data, seconds, recorded=recorded))
    without, with_it = median(rates[False]), median(rates[True])
    pairs = sorted(a / b - 1 for a, b in zip(rates[False], rates[True], strict=True))
    low, high = 100 * pairs[0], 100 * pairs[-1]
    print(
        f"{name}: {without:.1f} steps a second, {with_it:.1f} recorded: "
        f"{100 * (without / with_it - 1):+.2f} % of the time (pairs from {low:+.1f} to {high:+.1f} %)",
        flush=True,
    )


def opening(folder: Path, steps: int) -> None:
    graph, data = lenet5()
    machine = Machine("a system", "1", Execution("engine", 8, 2))
    begun = Begun(
        "one", "2026-11-30T12:00:00+00:00", "LeNet-5", graph, PLAN, "digits", "a", len(data), 0, 1, machine
    )
    writer = RunWriter(folder / str(steps), begun)
    rng = np.random.default_rng(0)
    at_once = 2000
    begin = time.perf_counter()
    for first in range(0, steps, at_once):
        numbers = rng.normal(size=at_once)
        writer.add(
            Steps(
                first, {LOSS: numbers, "accuracy": numbers, "learning rate": numbers, "milliseconds": numbers}
            )
        )
        writer.flush()
    writer.close(Ended("2026-11-30T12:00:00+00:00", steps, "stopped"))
    size = (folder / str(steps) / JOURNAL).stat().st_size
    print(
        f"{steps:,} steps written in {time.perf_counter() - begin:.1f} s: {size / 2**20:.1f} MiB", flush=True
    )
    subprocess.run([sys.executable, "-c", _READ, str(folder / str(steps))], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("lenet5", "dense", "open"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DATA_VARIABLE] = folder
        if arguments.only in (None, "lenet5"):
            cost("LeNet-5", *lenet5(), arguments.seconds, arguments.rounds)
        if arguments.only in (None, "dense"):
            cost("Dense, 200 MB of weights", *dense(), arguments.seconds, arguments.rounds)
        if arguments.only in (None, "open"):
            for steps in (100_000, 30_000_000):
                opening(Path(folder), steps)


if __name__ == "__main__":
    main()
