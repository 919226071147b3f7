"""From the start of a process to the first finished training step, with an empty and with a full cache.

Each run is a process of its own that builds a network, compiles what it needs and trains on one random
batch. The cache lies in a temporary folder; the first run finds it empty. CPU seconds are those of the
process and tell more than the clock where others use the machine, too.

    python -m benchmarks.cold_start [NETWORK ...] [--warm 3]

Needs the extra `peers` for the networks' definitions alone.
"""

# ruff: noqa: PLC0415 (threads and folders have to be set before the imports)

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

STEP = """
import time
start = time.perf_counter()
from benchmarks.train_step import data
from core.formats.design import from_text
from core.optim import SGD, OptimizerState
from core.program import compile_graph
import sys
program = compile_graph(from_text(sys.stdin.read()))
x, target = data(program.shapes[program.input.id], 64)
program.train_step(x, target, OptimizerState(SGD(), program.parameters.values))
print(time.process_time())
"""


def run(design: str, cache: str) -> tuple[float, float]:
    """Seconds by the clock and of CPU time."""
    environment = {**os.environ, "CNNGUI_CACHE_DIR": cache}
    start = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-c", STEP],
        input=design,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - start, float(result.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", nargs="*", help="lenet5, lenet-20-50, vgg-like, resnet-20, mobilenet-like")
    parser.add_argument("--warm", type=int, default=3, help="runs with a full cache; the fastest counts")
    arguments = parser.parse_args()
    from benchmarks.networks import NETWORKS
    from core.formats.design import to_text

    print(f"{'network':16}{'empty: s':>10}{'CPU s':>8}{'full: s':>10}{'CPU s':>8}")
    for name in arguments.network or NETWORKS:
        design = to_text(NETWORKS[name].design())
        with tempfile.TemporaryDirectory() as cache:
            cold = run(design, cache)
            warm = min(run(design, cache) for _ in range(arguments.warm))
        print(f"{name:16}{cold[0]:>10.2f}{cold[1]:>8.2f}{warm[0]:>10.2f}{warm[1]:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
