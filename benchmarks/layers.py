"""Each layer alone, forward and backward, on the engine against PyTorch's functions on the CPU.

The backward pass gives the gradients of the inputs and of the parameters. PyTorch runs in the default memory
format and in channels_last, and the better of them counts; runs alternate, and medians are compared. With
one thread its CPU time is measured, which other programs on the machine hardly change, with more the time
that passes. On the engine, input and gradient are copied to where the layer before or behind would have put
them; that is measured by itself, too, and the second ratio is without it. GFLOP/s are given where products
dominate: six operations for each multiply-add of one image.

    python -m benchmarks.layers [KIND ...] [--batch 64] [--threads 2] [--json FILE]

Needs the extras `peers` and `test`.
"""

# ruff: noqa: PLC0415 (threads have to be set before the imports)

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.layers import LAYERS, Layer, Output
from core.layers.convolution import Conv2D, DepthwiseConv2D
from core.layers.pooling import AveragePool, MaxPool
from core.layers.resampling import AdaptiveAveragePool, Upsample
from core.layers.reshape import Reshape
from core.layers.transposed import TransposedConv2D
from core.maths.arrays import Array, Shape

IMAGE: Shape = (32, 16, 16)
VECTOR: Shape = (512,)
SHAPES: dict[str, tuple[Shape, ...]] = {
    "dense": (VECTOR,),
    "softmax": (VECTOR,),
    "add": (IMAGE, IMAGE),
    "multiply": (IMAGE, (IMAGE[0], 1, 1)),
    "concatenate": (IMAGE, IMAGE),
}
"""The inputs of the layers that don't take one image."""
CHOSEN: tuple[tuple[Layer, Shape], ...] = (
    (Conv2D(filters=6, kernel=(5, 5)), (1, 28, 28)),
    (Conv2D(filters=32, padding="same"), (3, 32, 32)),
    (Conv2D(filters=64, padding="same"), (64, 16, 16)),
    (Conv2D(filters=64, stride=(2, 2), padding="same"), (32, 16, 16)),
    (Conv2D(filters=50, kernel=(5, 5)), (20, 12, 12)),
    (Conv2D(filters=128, kernel=(1, 1)), (64, 16, 16)),
    (Conv2D(filters=64, padding="same", groups=4), (64, 16, 16)),
    (Conv2D(filters=64, padding="same", dilation=(2, 2)), (64, 16, 16)),
    (DepthwiseConv2D(padding="same"), (64, 16, 16)),
    (DepthwiseConv2D(padding="same", stride=(2, 2)), (64, 16, 16)),
    (TransposedConv2D(filters=32, padding="same"), (64, 8, 8)),
    (MaxPool(), IMAGE),
    (MaxPool(kernel=(3, 3), stride=(2, 2), padding="same"), IMAGE),
    (MaxPool(kernel=(3, 3), stride=(1, 1), padding="same"), IMAGE),
    (AveragePool(), IMAGE),
    (AveragePool(kernel=(3, 3), stride=(1, 1), padding="same"), IMAGE),
    (AdaptiveAveragePool(size=(4, 4)), IMAGE),
    (AdaptiveAveragePool(size=(7, 7)), IMAGE),
    (Upsample(), IMAGE),
    (Upsample(mode="bilinear"), IMAGE),
    (Reshape(shape=(128, 8, 8)), IMAGE),
)
"""Layers whose speed depends much on their settings, and one that has no default that fits."""


def cases() -> Iterator[tuple[Layer, tuple[Shape, ...]]]:
    """Every layer that PyTorch can be asked for, with the shapes of its inputs."""
    from tests.peers.layers import PEERS

    for layer, shape in CHOSEN:
        yield layer, (shape,)
    chosen = {type(layer) for layer, _ in CHOSEN}
    for kind in LAYERS:
        if kind not in chosen and not issubclass(kind, Output) and kind.kind in PEERS:
            yield kind(), SHAPES.get(kind.kind, (IMAGE,))


def on_engine(
    layer: Layer, arrays: dict[str, Array], inputs: list[Array], grad: Array, *, copies_alone: bool = False
) -> Callable[[], None]:
    """Both passes of a layer for this batch, or only the copies of input and gradient."""
    from core.engine.lowering import BatchLowering, Setting
    from core.engine.machine.arena import Arena, Fixed
    from core.engine.machine.helpers import AddRow, copy_over
    from core.engine.machine.team import Team, default_threads
    from core.engine.machine.vectors import WIDTH
    from core.engine.network import size_of
    from core.engine.tape import Learned, Tape, Value

    count = len(grad)
    blocks = -(-count // WIDTH)
    tape = Tape(default_threads(), blocks, training=True)
    rng = np.random.default_rng(0)

    def bring_in(buffer: Any, value: Value) -> None:
        source = rng.standard_normal((blocks, value.vectors, WIDTH)).astype(np.float32)
        tape.emit(copy_over, AddRow(buffer, Fixed(source), value.vectors))

    values = [tape.value(size_of(x.shape[1:])) for x in inputs]
    lowering = BatchLowering(tape, lambda _: False, lambda _step, _block: 0)
    gradients = {name: np.zeros_like(array) for name, array in arrays.items()}
    parameters = {name: Learned(Fixed(array), Fixed(gradients[name])) for name, array in arrays.items()}
    lowering.block = Setting("layer", size_of(grad.shape[1:]), parameters)
    output = layer.lower(lowering, *values)
    assert output is not None
    for value in values:
        bring_in(value.buffer, value)
    nodes = [] if copies_alone else lowering.nodes
    for node in nodes:
        node.forward(tape)
    bring_in(tape.contribute(output)[0], output)
    for node in reversed(nodes):
        node.backward(tape)
    arena = Arena(tape.rows, tape.threads, tape.blocks)
    for row, field, compute in tape.each_step:
        arena.set(row, field, compute(0))
    team = Team(tape.threads)  # its threads sleep when they aren't needed, and end with the process
    return lambda: team.run(arena.table, blocks, count)


def in_torch(
    layer: Layer, arrays: dict[str, Array], inputs: list[Array], grad: Array, layout: Any
) -> Callable[[], None]:
    """The same in PyTorch."""
    import torch

    from tests.peers.layers import PEERS

    def tensor(array: Array) -> Any:
        made = torch.from_numpy(array.copy())
        return made.to(memory_format=layout) if made.ndim == 4 else made

    compute, dy = PEERS[layer.kind], tensor(grad)
    learned = layer.parameters(*(x.shape[1:] for x in inputs))
    params = {name: tensor(array).requires_grad_(learned[name].trainable) for name, array in arrays.items()}
    entering = [tensor(x).requires_grad_() for x in inputs]
    wanted = entering + [p for p in params.values() if p.requires_grad]
    return lambda: torch.autograd.grad(compute(layer, params, True, entering), wanted, dy)


def compare(
    layer: Layer, shapes: tuple[Shape, ...], batch: int, seconds: float, clock: Callable[[], float]
) -> dict[str, Any]:
    """Times, ratio and speed of one layer."""
    import torch

    from benchmarks.timing import alternate

    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal((batch, *shape)).astype(np.float32) for shape in shapes]
    arrays: dict[str, Array] = {
        name: rng.uniform(0.5, 1.5, spec.shape).astype(np.float32) / max(1, spec.shape[-1] * spec.shape[0])
        for name, spec in layer.parameters(*shapes).items()
    }
    grad = rng.standard_normal((batch, *layer.infer(*shapes))).astype(np.float32)
    layouts = {"torch": torch.contiguous_format, "torch channels_last": torch.channels_last}
    calls: dict[str, Callable[[], object]] = {
        side: in_torch(layer, arrays, inputs, grad, layout) for side, layout in layouts.items()
    }
    for side, alone in (("engine", False), ("copies", True)):
        calls[side] = on_engine(layer, arrays, inputs, grad, copies_alone=alone)
    times = alternate(calls, seconds, clock=clock)
    peer = min(times[side].median for side in layouts)
    engine, copies = times["engine"].median, times["copies"].median
    operations = 6 * batch * layer.multiply_adds(*shapes)
    return {
        "layer": f"{layer.title} {layer.summary()}".strip(),
        "shapes": shapes,
        "milliseconds": {side: found._asdict() for side, found in times.items()},
        "PyTorch": peer,
        "engine": engine,
        "ratio": peer / engine,
        "ratio without copies": peer / max(engine - copies, 1e-6),
        "GFLOP/s": operations / engine / 1e6,
        "GFLOP/s of PyTorch": operations / peer / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", nargs="*", help="layers, such as conv2d; all if none is given")
    parser.add_argument("--batch", type=int, default=64, help="images in a batch")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side")
    parser.add_argument("--seconds", type=float, default=0.5, help="time for each layer")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    arguments = parser.parse_args()
    os.environ["CNNGUI_THREADS"] = str(arguments.threads)
    clock = time.thread_time if arguments.threads == 1 else time.perf_counter
    import torch

    results = []
    titles = f"{'PyTorch ms':>12}{'engine ms':>11}{'ratio':>7}{'no copies':>11}{'GFLOP/s':>9}{'PyTorch':>9}"
    print(f"{'layer':44}{'input':>14}{titles}")
    for layer, shapes in cases():
        if arguments.kind and layer.kind not in arguments.kind:
            continue
        torch.set_num_threads(arguments.threads)
        found = compare(layer, shapes, arguments.batch, arguments.seconds, clock)
        results.append(found)
        speeds = [f"{found[key]:.0f}" if found[key] else "" for key in ("GFLOP/s", "GFLOP/s of PyTorch")]
        size = " × ".join(map(str, shapes[0]))
        print(
            f"{found['layer']:44}{size:>14}{found['PyTorch']:>12.3f}{found['engine']:>11.3f}"
            f"{found['ratio']:>7.2f}{found['ratio without copies']:>11.2f}{speeds[0]:>9}{speeds[1]:>9}",
            flush=True,
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
