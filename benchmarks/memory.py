"""What training takes of the memory, against what is said of it beforehand (core/training/need.py).

For each example, executor and batch a fresh process, one after the other: its imports but not the engine's
done, it trains for three steps and copies a checkpoint. What counts is how much the most that was ever
resident lies above what was resident before. Processes that compile aren't counted; each design runs once
before it is measured, so that its code is kept. What needs more than `--most` is left out. Linux only.

    python -m benchmarks.memory [--most 6] [--design lenet5 …] [--batch 64 …] [--executor engine …]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from cnngui.models.designs import example_paths, open_design
from core.compile import compile_graph
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.design.infer import require_sound
from core.layers.base import Output
from core.native.environment import EXECUTOR_VARIABLE
from core.training.events import Stepped
from core.training.need import need
from core.training.plan import Plan
from core.training.session import Session

STEPS = 3
BATCHES = 1, 64, 4096
EXECUTORS = "engine", "reference"
MIB = 2**20


def resident(line: str) -> int:
    """Bytes that a line of the process's status tells: VmRSS is now, VmHWM the most so far."""
    status = dict(found.split(":", 1) for found in Path("/proc/self/status").read_text().splitlines())
    return int(status[line].split()[0]) * 1024


def samples(graph: Graph, count: int) -> Dataset:
    """Bytes at random, as images are stored, with targets that the design takes."""
    shapes = require_sound(graph).shapes
    rng = np.random.default_rng(0)
    first = next(block for block in graph.blocks if block.layer.inputs == 0)
    last = next(block for block in graph.blocks if isinstance(block.layer, Output))
    images = rng.integers(0, 256, (count, *shapes[first.id]), np.uint8)
    if isinstance(last.layer, Output) and last.layer.target == "value":
        return Dataset(images, rng.random((count, *shapes[last.id]), np.float32), ())
    classes = shapes[last.id][0] if len(shapes[last.id]) == 1 else 2
    return Dataset(images, np.arange(count) % classes, tuple(map(str, range(classes))))


def grown(name: str, batch: int) -> int:
    """Bytes by which this process grows at most while it trains."""
    graph = open_design(name).project.design
    data = samples(graph, STEPS * batch)
    Path("/proc/self/clear_refs").write_text("5")  # the most so far is now
    before = resident("VmRSS")
    session = Session(compile_graph(graph), data, None, Plan(batch_size=batch, epochs=1))
    for event in session:
        if isinstance(event, Stepped) and event.step == STEPS:
            session.checkpoint()
    return resident("VmHWM") - before


def measured(name: str, batch: int, executor: str, ask: str) -> int:
    """What a fresh process prints that is asked for what training takes, or would."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.memory",
        "--ask",
        ask,
        "--design",
        name,
        "--batch",
        str(batch),
    ]
    environment = {**os.environ, EXECUTOR_VARIABLE: executor}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--design", nargs="+", default=list(example_paths()), help="examples by name")
    parser.add_argument("--batch", nargs="+", type=int, default=BATCHES, help="samples in a step")
    parser.add_argument("--executor", nargs="+", default=EXECUTORS, help="engine, reference")
    parser.add_argument("--most", type=float, default=6.0, help="GiB that a case may need")
    parser.add_argument("--ask", choices=("taken", "said"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.ask is not None:
        name, batch = arguments.design[0], arguments.batch[0]
        said = (
            need(open_design(name).project.design, Plan(), batch).total if arguments.ask == "said" else None
        )
        print(grown(name, batch) if said is None else said)
        return
    print(f"{'design':18}{'executor':12}{'batch':>6}{'said':>16}{'taken':>16}{'ratio':>8}", flush=True)
    for executor in arguments.executor:
        for name in arguments.design:
            for batch in arguments.batch:
                said = measured(name, batch, executor, "said")
                line = f"{name:18}{executor:12}{batch:6,}{said / MIB:12,.1f} MiB"
                if said > arguments.most * 2**30:
                    print(f"{line}{'too large':>16}", flush=True)
                    continue
                if batch == min(arguments.batch):
                    measured(name, batch, executor, "taken")
                taken = measured(name, batch, executor, "taken")
                print(f"{line}{taken / MIB:12,.1f} MiB{said / taken:8.2f}", flush=True)


if __name__ == "__main__":
    main()
