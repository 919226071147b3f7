"""The wall time of an epoch of LeNet-5 beside PyTorch's with its DataLoader.

Batches of 64 in random order, Adam with a learning rate of 0.001, the loss of each step read. PyTorch's
DataLoader shuffles a TensorDataset of bytes in this process, and the bytes of a batch are divided by 255. A
third side is the engine with batches that NumPy gathers and converts, as it does where a data set has neither
bytes nor float32. Epochs alternate; the first of each isn't counted.

    python -m benchmarks.epoch [--data FOLDER] [--epochs 3] [--threads 2]

FOLDER holds the MNIST files; without it, the embedded digits are used. Needs the extra `peers`.
"""

# ruff: noqa: PLC0415 (threads have to be set before the imports)

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from core.data import Dataset, load_source

BATCH, RATE = 64, 0.001


def engine_epochs(train: Dataset, epochs: int, *, gathered: bool) -> Iterator[float]:
    """After each epoch its mean loss."""
    from benchmarks.networks import NETWORKS
    from core.compile import compile_graph
    from core.maths.optim import Adam
    from core.training.events import EpochEnded
    from core.training.plan import Plan
    from core.training.session import Session

    program = compile_graph(NETWORKS["lenet5"].design())
    plan = Plan(optimizer=Adam(learning_rate=RATE), epochs=epochs, batch_size=BATCH)
    by_numpy = nullcontext() if gathered else patch("core.engine.executor._stored", lambda *_: None)
    events = iter(Session(program, train, None, plan))
    while True:
        with by_numpy:
            ended = next((event for event in events if isinstance(event, EpochEnded)), None)
        if ended is None:
            return
        yield ended.train.loss


def torch_epochs(train: Dataset, epochs: int) -> Iterator[float]:
    """The same in PyTorch."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    from benchmarks.networks import NETWORKS

    torch.manual_seed(0)
    module = NETWORKS["lenet5"].module()
    optimizer = torch.optim.Adam(module.parameters(), RATE, fused=True)
    criterion = torch.nn.CrossEntropyLoss()
    data = TensorDataset(torch.tensor(train.images), torch.tensor(train.targets))
    loader: Any = DataLoader(data, BATCH, shuffle=True)
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad(set_to_none=True)
            loss = criterion(module(images.float() / 255), labels)
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(labels)
        yield total / len(train)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="digits", metavar="FOLDER", help="folder with the MNIST files")
    parser.add_argument("--epochs", type=int, default=3, help="epochs that are counted")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side")
    arguments = parser.parse_args()
    os.environ["CNNGUI_THREADS"] = str(arguments.threads)
    import torch

    torch.set_num_threads(arguments.threads)
    train = load_source(arguments.data).train
    count = arguments.epochs + 1
    sides: dict[str, Callable[[], Iterator[float]]] = {
        "engine": lambda: engine_epochs(train, count, gathered=True),
        "engine, batches by NumPy": lambda: engine_epochs(train, count, gathered=False),
        "PyTorch": lambda: torch_epochs(train, count),
    }
    running = {name: start() for name, start in sides.items()}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    losses: dict[str, float] = {}
    for _ in range(count):
        for name, epochs in running.items():
            begin = time.perf_counter()
            losses[name] = next(epochs)
            seconds[name].append(time.perf_counter() - begin)
    print(f"{len(train):,} images, median of {arguments.epochs} epochs")
    for name, found in seconds.items():
        print(f"{name:26}{statistics.median(found[1:]):>8.2f} s   mean loss of the last {losses[name]:.4f}")


if __name__ == "__main__":
    main()
