"""Training on a file larger than the memory: time and resident memory of each phase.

Makes a folder of IDX files whose images are a sparse file of zeros, with labels at random, then opens it,
splits off a hundredth for validation, counts the classes, trains for some steps on images from all over the
file, and evaluates the validation part. Memory that isn't the file's is limited (RLIMIT_DATA), so that a copy
of the images fails at once. The file is deleted at the end. Linux only.

    python -m benchmarks.mapped [--gigabytes 32] [--limit 2] [--steps 200]
"""

from __future__ import annotations

import argparse
import itertools
import resource
import struct
import tempfile
import time
from pathlib import Path

import numpy as np

from core.compile import compile_graph
from core.data import load_source
from core.data.dataset import split
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool
from core.training.evaluate import evaluate
from core.training.events import Stepped
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain

SHAPE = (3, 144, 144)
CLASSES = 10


def make(folder: Path, size: int) -> None:
    """IDX files with `size` bytes of images."""
    count = size // int(np.prod(SHAPE))
    with (folder / "train-images-idx3-ubyte").open("wb") as file:
        header = struct.pack(">HBB4I", 0, 8, 4, count, *SHAPE)
        file.write(header)
        file.truncate(len(header) + count * int(np.prod(SHAPE)))
    labels = np.random.default_rng(0).integers(CLASSES, size=count).astype(np.uint8)
    (folder / "train-labels-idx1-ubyte").write_bytes(struct.pack(">HBBI", 0, 8, 1, count) + labels.tobytes())


class Phases:
    """Prints how long each phase took, and how much memory is resident after it."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def end(self, name: str) -> None:
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        own, file = (int(status[key].split()[0]) / 1024 for key in ("RssAnon", "RssFile"))
        seconds = time.perf_counter() - self._start
        print(f"{name:28}{seconds:8.2f} s{own:10.0f} MB own{file:10.0f} MB of files", flush=True)
        self._start = time.perf_counter()


def measure(folder: Path, steps: int) -> None:
    phases = Phases()
    source = load_source(str(folder))
    phases.end("open")
    train, validation = split(source.train, 0.01, seed=0)
    assert validation is not None
    phases.end(f"split {len(source.train):,} images")
    train.counts()
    phases.end("class counts")
    layers = (
        Conv2D(filters=8, kernel=(5, 5), stride=(4, 4)),
        ReLU(),
        GlobalAveragePool(),
        Dense(units=CLASSES),
    )
    program = compile_graph(chain(SHAPE, *layers, Classification()))
    session = Session(program, train, None, Plan(batch_size=64))
    events = (event for event in session if isinstance(event, Stepped))
    next(events)
    phases.end("compile, and the first step")
    for _ in itertools.islice(events, steps):
        pass
    phases.end(f"{steps} steps of 64")
    session.checkpoint()
    phases.end("checkpoint")
    evaluate(program, validation)
    phases.end(f"evaluate {len(validation):,}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=32.0, help="size of the file")
    parser.add_argument("--limit", type=float, default=2.0, help="gigabytes of memory besides the file")
    parser.add_argument("--steps", type=int, default=200, help="steps of training")
    parser.add_argument("--folder", type=Path, help="where the file is made; needs hardly any space there")
    arguments = parser.parse_args()
    limit = int(arguments.limit * 1e9)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        make(Path(folder), int(arguments.gigabytes * 1e9))
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        measure(Path(folder), arguments.steps)


if __name__ == "__main__":
    main()
