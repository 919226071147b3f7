"""From the start of `cnngui train` to its first reported step, with an empty and with a full cache.

Each run is a process of its own that trains an example on a small data set of random images; it is ended at
its first step. The cache of compiled code lies in a temporary folder; the first run finds it empty, so it
compiles, and checks the engine against the reference. Python's own modules are compiled before, as for an
installed program. CPU seconds are those of the process and its helpers. The goals are 5 s with an empty
cache, for LeNet-5 on two cores, and 1.5 s with a full one.

    python -m benchmarks.cold_start [EXAMPLE ...] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cnngui.models.designs import example_paths, open_design

ROOT = Path(__file__).parents[1]
IMAGES = 256


def write_data(design: str, path: Path) -> None:
    """Random images of the size that the design takes."""
    graph = open_design(design).project.design
    shape = next(block.layer for block in graph.blocks if block.layer.inputs == 0).infer()
    images = np.random.default_rng(0).integers(0, 256, (IMAGES, *shape), np.uint8)
    np.savez(path, x_train=images, y_train=np.arange(IMAGES) % 10)


def run(design: str, data: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU time."""
    command = ["train", design, "--data", str(data), "--epochs", "1", "--validation", "0", "--json"]
    before, start = _cpu_time(), time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "cnngui", *command],
        stdout=subprocess.PIPE,
        env=environment,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None  # it is a pipe
        events = (json.loads(line) for line in process.stdout)
        found = any(event["event"] == "step" for event in events)
        seconds = time.perf_counter() - start
        process.communicate()
    if not found:
        sys.exit(f"{design} made no step")
    return seconds, _cpu_time() - before


def _cpu_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("example", nargs="*", default=["lenet5", "resnet20"], help=", ".join(example_paths()))
    parser.add_argument("--runs", type=int, default=3, help="pairs of runs; the fastest count (default 3)")
    arguments = parser.parse_args()
    print(f"{'example':18}{'empty: s':>10}{'CPU s':>8}{'full: s':>10}{'CPU s':>8}")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/python"}
        for name in arguments.example:
            data = Path(folder) / f"{name}.npz"
            write_data(name, data)
            run(name, data, {**environment, "CNNGUI_CACHE_DIR": f"{folder}/first"})
            found: dict[str, list[tuple[float, float]]] = {"empty": [], "full": []}
            for number in range(arguments.runs):
                cache = {"CNNGUI_CACHE_DIR": f"{folder}/{name}-{number}"}
                for times in found.values():
                    times.append(run(name, data, {**environment, **cache}))
            cold, warm = min(found["empty"]), min(found["full"])
            print(f"{name:18}{cold[0]:>10.2f}{cold[1]:>8.2f}{warm[0]:>10.2f}{warm[1]:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
