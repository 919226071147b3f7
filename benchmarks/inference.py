"""The forward pass in evaluation mode against PyTorch's: batch 1, as the draw pad needs it, up to 256.

Runs alternate and medians are compared, as in train_step.py; each side first runs until the threads of
the other have fallen asleep. PyTorch runs under `inference_mode`, in the better of its two memory formats.
Times are milliseconds of one batch.

    python -m benchmarks.inference [NETWORK ...] [--threads 2] [--json FILE]

Needs the extra `peers`.
"""

# ruff: noqa: PLC0415 (threads and folders have to be set before the imports)

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

BATCHES = (1, 8, 64, 256)


def compare(name: str, batch: int, seconds: float) -> dict[str, Any]:
    """Times of one network and batch size."""
    import torch

    from benchmarks.networks import NETWORKS, copy_weights
    from benchmarks.timing import SETTLE, alternate
    from core.compile import compile_graph

    program = compile_graph(NETWORKS[name].design())
    module = NETWORKS[name].module().eval()
    copy_weights(module, program)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, *program.shapes[program.input.id])).astype(np.float32)
    formats = {"torch": torch.contiguous_format, "torch channels_last": torch.channels_last}
    inputs = {side: torch.from_numpy(x).to(memory_format=kind) for side, kind in formats.items()}
    modules = {side: NETWORKS[name].module().eval().to(memory_format=kind) for side, kind in formats.items()}
    with torch.inference_mode():
        calls: dict[str, Any] = {side: lambda s=side: modules[s](inputs[s]) for side in formats}
        times = alternate({**calls, "engine": lambda: program.scores(x)}, seconds, settle=SETTLE)
        difference = np.abs(module(torch.from_numpy(x)).numpy() - program.scores(x)).max()
    best = min(times["torch"].median, times["torch channels_last"].median)
    return {
        "network": name,
        "batch": batch,
        "milliseconds": {side: found._asdict() for side, found in times.items()},
        "ratio": best / times["engine"].median,
        "largest difference": float(difference),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", nargs="*", help="lenet5, lenet-20-50, vgg-like, resnet-20, mobilenet-like")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side")
    parser.add_argument("--seconds", type=float, default=3, help="time for each batch size")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    arguments = parser.parse_args()
    os.environ["CNNGUI_THREADS"] = str(arguments.threads)
    import torch

    from benchmarks.networks import NETWORKS

    torch.set_num_threads(arguments.threads)
    results = []
    print(f"{'network':16}{'batch':>6}{'PyTorch ms':>12}{'engine ms':>12}{'ratio':>8}{'differs by':>12}")
    for name in arguments.network or NETWORKS:
        for batch in BATCHES:
            found = compare(name, batch, arguments.seconds)
            results.append(found)
            engine = found["milliseconds"]["engine"]["median"]
            print(
                f"{name:16}{batch:>6}{engine * found['ratio']:>12.3f}{engine:>12.3f}"
                f"{found['ratio']:>8.2f}{found['largest difference']:>12.1e}",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
