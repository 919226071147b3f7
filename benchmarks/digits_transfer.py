"""How much of real handwriting a network learns from the embedded digits.

LeNet-5 (61,706 parameters) is trained for five epochs on 12,000 embedded digits alone (batches of 64, Adam
with a learning rate of 0.001) and then reads the 10,000 real digits of MNIST's test set. Digits, weights and
order of the samples change with the seed.

    python -m benchmarks.digits_transfer --mnist FOLDER [--style wide] [--seeds 3]

FOLDER holds the four MNIST files. The figures are in benchmarks/README.md.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from cnngui import assets
from core.compile import compile_graph
from core.data import Dataset, load_source
from core.data.dataset import class_numbers
from core.data.digits import STYLES, generate
from core.design.graph import Graph
from core.formats.design import from_text
from core.training.evaluate import evaluate
from core.training.plan import Plan
from core.training.session import Session


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mnist", required=True, metavar="FOLDER", help="folder with the MNIST files")
    parser.add_argument("--style", choices=STYLES, default="tidy", help="style of the digits")
    parser.add_argument("--count", type=int, default=12_000, help="number of embedded digits")
    parser.add_argument("--epochs", type=int, default=5, help="how often the network sees them")
    parser.add_argument("--seeds", type=int, default=3, help="number of runs, with the seeds 0, 1, 2 …")
    arguments = parser.parse_args()

    real = load_source(arguments.mnist).test
    if real is None:
        parser.error(f"{arguments.mnist} has no t10k files")
    design = from_text(assets.path("examples/lenet5.json").read_text(encoding="utf-8"))
    confusion = np.zeros((10, 10), np.int64)
    accuracies = []
    for seed in range(arguments.seeds):
        counts = transfer(
            design, real, seed, style=arguments.style, count=arguments.count, epochs=arguments.epochs
        )
        accuracies.append(100 * counts.trace() / counts.sum())
        confusion += counts
        print(f"seed {seed}: {accuracies[-1]:.2f} %", flush=True)
    print(f"mean of {arguments.seeds}: {np.mean(accuracies):.2f} % ± {np.std(accuracies):.2f} %")
    for digit, recall in enumerate(100 * confusion.diagonal() / confusion.sum(axis=1)):
        others = np.where(np.arange(10) == digit, 0, confusion[digit])
        share = 100 * others.max() / confusion[digit].sum()
        print(f"  {digit}: recall {recall:5.2f} %, most often read as {others.argmax()} ({share:.2f} %)")


def transfer(
    design: Graph, real: Dataset, seed: int, *, style: str, count: int, epochs: int
) -> NDArray[np.int64]:
    """Counts (10, 10) of true digit by read digit in `real`, after training on `count` embedded digits."""
    images, labels = generate(count, style=style, seed=seed)
    digits = Dataset(images[:, None], labels.astype(np.int64), class_numbers(labels))
    program = compile_graph(design, seed=seed)
    for _ in Session(program, digits, None, Plan(epochs=epochs, validation=0.0, seed=seed)):
        pass
    counts = evaluate(program, real).confusion
    assert counts is not None  # the digits are classes
    return counts


if __name__ == "__main__":
    main()
