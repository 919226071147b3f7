"""A training step on the engine against PyTorch's on the CPU: time, memory, and the same losses.

A step is forward, backward and the optimiser's update of one batch of random images. PyTorch runs
eagerly, in the default memory format and in channels_last, with the fused optimiser where there is one;
the better of them counts. Both start from the same weights. The runs alternate, each side first for as
long as the other's threads may keep a core busy, and medians (lower quartiles in brackets) are compared.
Memory is what a step adds to the process's peak, measured in a process of its own for each side.

    python -m benchmarks.train_step [NETWORK ...] [--batch 8 64 256] [--optimizer sgd adam] [--json FILE]

Needs the extra `peers`.
"""

# ruff: noqa: PLC0415 (threads and folders have to be set before the imports)

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np

Optimizer = Literal["sgd", "adam"]
Step = Callable[[], float]
LOSSES = 20
"""Steps whose losses are compared."""


def engine_step(name: str, batch: int, optimizer: Optimizer, module: Any = None) -> Step:
    """A step on the engine, with `module`'s weights if it is given."""
    from benchmarks.networks import NETWORKS, copy_weights
    from core.compile import compile_graph
    from core.maths.optim import SGD, Adam, OptimizerState

    program = compile_graph(NETWORKS[name].design(), seed=0)
    if module is not None:
        copy_weights(module, program)
    settings = SGD(learning_rate=0.01, momentum=0.9) if optimizer == "sgd" else Adam(learning_rate=0.001)
    state = OptimizerState(settings, program.parameters.values)
    x, target = data(program.shapes[program.input.id], batch)
    return lambda: program.train_step(x, target, state).loss


def data(shape: tuple[int, ...], batch: int) -> tuple[Any, Any]:
    """The same random images and labels for both sides."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((batch, *shape)).astype(np.float32), rng.integers(0, 10, batch)


def torch_step(name: str, batch: int, optimizer: Optimizer, layout: str) -> tuple[Step, Any]:
    """A step in PyTorch and its module."""
    import torch

    from benchmarks.networks import NETWORKS

    torch.manual_seed(0)
    module = NETWORKS[name].module()
    images, labels = data(NETWORKS[name].shape, batch)
    x, target = torch.from_numpy(images), torch.from_numpy(labels)
    if layout == "channels_last":
        module, x = module.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    weights = list(module.parameters())
    update: Any
    if optimizer == "sgd":
        update = torch.optim.SGD(weights, 0.01, momentum=0.9, fused=True)
    else:
        update = torch.optim.Adam(weights, 0.001, fused=True)
    criterion = torch.nn.CrossEntropyLoss()

    def step() -> float:
        update.zero_grad(set_to_none=True)
        loss = criterion(module(x), target)
        loss.backward()
        update.step()
        return float(loss.detach())

    return step, module


def compare(name: str, batch: int, optimizer: Optimizer, seconds: float) -> dict[str, Any]:
    """Times, ratio and losses of one network."""
    from benchmarks.timing import SETTLE, alternate

    default, module = torch_step(name, batch, optimizer, "default")
    engine = engine_step(name, batch, optimizer, module)
    losses = [(default(), engine()) for _ in range(LOSSES)]
    steps = {"torch": default, "torch channels_last": torch_step(name, batch, optimizer, "channels_last")[0]}
    times = alternate({**steps, "engine": engine}, seconds, settle=SETTLE)
    best = min((times[side] for side in steps), key=lambda found: found.median)
    return {
        "network": name,
        "batch": batch,
        "optimizer": optimizer,
        "milliseconds": {side: found._asdict() for side, found in times.items()},
        "ratio": best.median / times["engine"].median,
        "ratio of lower quartiles": best.lower_quartile / times["engine"].lower_quartile,
        "largest difference of losses": max(abs(a - b) for a, b in losses),
        "losses": losses,
        "memory in MB": {side: _memory(side, name, batch, optimizer) for side in ("torch", "engine")},
    }


def _memory(side: str, name: str, batch: int, optimizer: Optimizer) -> float:
    """What training adds to the peak memory of a process of its own."""
    command = [sys.executable, "-m", "benchmarks.train_step", name, "--batch", str(batch)]
    command += ["--optimizer", optimizer, "--measure-memory", side]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def forget_peak() -> None:
    """Makes the peak what the process has now: compiling needs more for a moment, and would hide a step's."""
    forget = Path("/proc/self/clear_refs")
    if not forget.exists():
        return
    import ctypes

    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # what was freed would be used again without counting
        trim(0)
    forget.write_text("5")


def peak_memory() -> float:
    """The most memory that this process has had so far, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():  # since the process began: `getrusage` inherits the peak of the parent on Linux
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure_memory(side: str, name: str, batch: int, optimizer: Optimizer) -> float:
    """Megabytes that the steps add to this process's peak, once everything is imported and compiled."""
    warm = engine_step if side == "engine" else lambda *args: torch_step(*args, "channels_last")[0]
    warm("lenet5", 1, optimizer)()
    if side == "engine":  # compile what the network needs, with hardly any data
        engine_step(name, 1, optimizer)()
    forget_peak()
    before = peak_memory()
    step = warm(name, batch, optimizer)
    for _ in range(3):
        step()
    return peak_memory() - before


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", nargs="*", help="lenet5, lenet-20-50, vgg-like, resnet-20, mobilenet-like")
    parser.add_argument("--batch", type=int, nargs="+", default=[64], help="images in a batch")
    parser.add_argument(
        "--optimizer", choices=("sgd", "adam"), nargs="+", default=["sgd"], help="SGD has a momentum of 0.9"
    )
    parser.add_argument("--threads", type=int, default=2, help="threads of each side")
    parser.add_argument("--seconds", type=float, default=15, help="time for each line")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures, with the losses")
    parser.add_argument("--measure-memory", choices=("torch", "engine"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["CNNGUI_THREADS"] = str(arguments.threads)
    import torch

    torch.set_num_threads(arguments.threads)
    if arguments.measure_memory:
        (name,), (batch,), (optimizer,) = arguments.network, arguments.batch, arguments.optimizer
        print(measure_memory(arguments.measure_memory, name, batch, optimizer))
        return
    from benchmarks.networks import NETWORKS

    results = []
    print(
        f"{'network':16}{'batch':>6}{'':>6}{'PyTorch ms':>18}{'engine ms':>18}{'ratio':>7}{'quartiles':>11}"
        f"{'MB':>13}{'loss differs by':>17}"
    )
    for name, batch, optimizer in product(
        arguments.network or NETWORKS, arguments.batch, arguments.optimizer
    ):
        found = compare(name, batch, optimizer, arguments.seconds)
        results.append(found)
        times, memory = found["milliseconds"], found["memory in MB"]
        best = min((times["torch"], times["torch channels_last"]), key=lambda t: float(t["median"]))
        sides = [f"{t['median']:.2f} ({t['lower_quartile']:.2f})" for t in (best, times["engine"])]
        print(
            f"{name:16}{batch:>6}{optimizer:>6}{sides[0]:>18}{sides[1]:>18}{found['ratio']:>7.2f}"
            f"{found['ratio of lower quartiles']:>11.2f}{memory['torch']:>7.0f}{memory['engine']:>6.0f}"
            f"{found['largest difference of losses']:>17.1e}",
            flush=True,
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
