"""How far the losses of equal trainings drift apart through rounding alone.

A ReLU that just opens, or just doesn't, changes a gradient by a jump, and a deep network with batch
normalisation amplifies that from step to step. The yardstick is PyTorch in float64; beside it stand PyTorch
in float32 with one thread and with two, in two memory formats, and the engine: all from the same weights, on
the same batch, SGD with momentum as in train_step.py. Printed are the largest differences of the loss so far.

    python -m benchmarks.drift [NETWORK ...] [--batch 64]

Needs the extra `peers`.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.networks import NETWORKS
from benchmarks.train_step import Step, data, engine_step, torch_step

STEPS = (1, 5, 10, 20)


def exact_step(name: str, batch: int) -> Step:
    """A step in PyTorch with float64."""
    torch.manual_seed(0)
    module = NETWORKS[name].module().double()
    images, labels = data(NETWORKS[name].shape, batch)
    x, target = torch.from_numpy(images).double(), torch.from_numpy(labels)
    optimizer = torch.optim.SGD(module.parameters(), 0.01, momentum=0.9)

    def step() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(x), target)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def losses(step: Step, threads: int) -> NDArray[np.float64]:
    """Those of the steps; `threads` are PyTorch's."""
    torch.set_num_threads(threads)
    return np.array([step() for _ in range(STEPS[-1])])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", nargs="*", help="lenet5, lenet-20-50, vgg-like, resnet-20, mobilenet-like")
    parser.add_argument("--batch", type=int, default=64, help="images in a batch")
    arguments = parser.parse_args()
    print(f"{'network':16}{'':34}" + "".join(f"{f'{n} steps':>11}" for n in STEPS))
    for name in arguments.network or NETWORKS:
        plain, module = torch_step(name, arguments.batch, "sgd", "default")
        steps = {
            "PyTorch, 2 threads": (plain, 2),
            "PyTorch, 1 thread": (torch_step(name, arguments.batch, "sgd", "default")[0], 1),
            "PyTorch, channels_last": (torch_step(name, arguments.batch, "sgd", "channels_last")[0], 2),
            "engine": (engine_step(name, arguments.batch, "sgd", module), 2),
        }
        exact = losses(exact_step(name, arguments.batch), 2)
        found = {side: losses(*step) for side, step in steps.items()}
        rows = {f"{side} - float64": run - exact for side, run in found.items()}
        rows["PyTorch, 1 thread - 2 threads"] = found["PyTorch, 1 thread"] - found["PyTorch, 2 threads"]
        for side, difference in rows.items():
            far = "".join(f"{np.abs(difference[:n]).max():>11.1e}" for n in STEPS)
            print(f"{name:16}{side:34}{far}", flush=True)


if __name__ == "__main__":
    main()
