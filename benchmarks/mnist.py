"""How well and how fast `cnngui train lenet5` learns MNIST, after one epoch and after five.

LeNet-5 (61,706 parameters) with the command's defaults: batches of 64, Adam with a learning rate of 0.001, a
tenth of the training samples held out for validation, the best epoch kept. Each run is the command itself, in
a process of its own: the seconds are those a user waits, with loading and compiling.

    python -m benchmarks.mnist --data FOLDER [--epochs 1 5] [--seeds 3]

FOLDER holds the four MNIST files.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, metavar="FOLDER", help="folder with the MNIST files")
    parser.add_argument("--epochs", type=int, nargs="+", default=[1, 5], help="lengths of the runs")
    parser.add_argument("--seeds", type=int, default=1, help="number of runs of each, with the seeds 0, 1 …")
    arguments = parser.parse_args()
    print("epochs  seed  test accuracy  training  whole command  final loss")
    for epochs in arguments.epochs:
        for seed in range(arguments.seeds):
            end, seconds = train(arguments.data, epochs, seed)
            print(
                f"{epochs:6}  {seed:4}  {100 * end['test_accuracy']:11.2f} %  {end['seconds']:6.1f} s"
                f"  {seconds:11.1f} s  {end['train_loss']:.6f}",
                flush=True,
            )


def train(data: str, epochs: int, seed: int) -> tuple[dict[str, Any], float]:
    """The last event of a run, and the seconds of the whole command."""
    begin = time.perf_counter()
    options = ["--data", data, "--epochs", str(epochs), "--seed", str(seed), "--json"]
    command = [sys.executable, "-m", "cnngui", "train", "lenet5", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    end: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return end, time.perf_counter() - begin


if __name__ == "__main__":
    main()
