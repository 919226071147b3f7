"""How the time of a training step on the engine grows with batch, image size, width, depth and threads.

Each line varies one of them and leaves the others at the middle of their range; the network is a stack of
3 × 3 convolutions with ReLU, pooled twice. What should stay level is the last column: time for one
multiply-add.

    python -m benchmarks.scaling [--seconds 2]
"""

# ruff: noqa: PLC0415 (threads and folders have to be set before the imports)

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Setup:
    """Images in a batch, pixels of a side, filters of a convolution, convolutions, threads."""

    batch: int = 64
    size: int = 32
    width: int = 32
    depth: int = 4
    threads: int = 2


RANGES = {
    "batch": (1, 8, 32, 64, 256),
    "size": (8, 16, 32, 64, 96),
    "width": (4, 8, 16, 32, 64, 128),
    "depth": (1, 2, 4, 8, 16),
    "threads": (1, 2, 3, 4),
}


def measure(setup: Setup, seconds: float) -> tuple[float, int]:
    """Milliseconds of a step, and its multiply-adds: three passes over what inference counts for one
    image."""
    import numpy as np

    from benchmarks.timing import alternate
    from core.compile import compile_graph
    from core.design import edits
    from core.design.graph import Graph
    from core.design.infer import cost, infer
    from core.layers import Layer
    from core.layers.activation import ReLU
    from core.layers.convolution import Conv2D
    from core.layers.dense import Dense
    from core.layers.input import Input
    from core.layers.output import Classification
    from core.layers.pooling import GlobalAveragePool, MaxPool
    from core.maths.optim import SGD, OptimizerState

    layers: list[Layer] = [Input(shape=(3, setup.size, setup.size))]
    for index in range(setup.depth):
        layers += [Conv2D(filters=setup.width, padding="same"), ReLU()]
        if index in (0, setup.depth // 2):
            layers.append(MaxPool())
    graph, last = Graph(), ""
    for layer in (*layers, GlobalAveragePool(), Dense(units=10), Classification()):
        block = edits.new_block(graph, layer)
        graph = edits.add(graph, block)
        graph = edits.connect(graph, last, block.id) if last else graph
        last = block.id
    program = compile_graph(graph)
    state = OptimizerState(SGD(), program.parameters.values)
    x = np.random.default_rng(0).standard_normal((setup.batch, 3, setup.size, setup.size)).astype(np.float32)
    target = np.arange(setup.batch) % 10
    times = alternate({"step": lambda: program.train_step(x, target, state)}, seconds)["step"]
    shapes = infer(graph).shapes
    found = [cost(graph, block.id, shapes) for block in graph.blocks]
    return times.median, 3 * setup.batch * sum(c.multiply_adds for c in found if c)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=2, help="time for each line")
    parser.add_argument("--one", nargs=5, type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:  # a process of its own: the number of threads is fixed when the engine starts
        time, work = measure(Setup(*arguments.one), arguments.seconds)
        print(time, work)
        return
    print(f"{'varied':10}{'value':>7}{'ms a step':>12}{'ms an image':>13}{'ps a multiply-add':>19}")
    for name, values in RANGES.items():
        for value in values:
            setup = replace(Setup(), **{name: value})
            command = [
                sys.executable,
                "-m",
                "benchmarks.scaling",
                "--seconds",
                str(arguments.seconds),
                "--one",
            ]
            command += [str(number) for number in asdict(setup).values()]
            environment = {**os.environ, "CNNGUI_THREADS": str(setup.threads)}
            result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
            milliseconds, work = map(float, result.stdout.split())
            print(
                f"{name:10}{value:>7}{milliseconds:>12.2f}{milliseconds / setup.batch:>13.3f}"
                f"{1e9 * milliseconds / work:>19.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
