"""The engine's check of itself: one step of a network, compared with the reference, once on each machine."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import numpy as np

from core.design.expand import computed
from core.design.graph import Block, Graph, Wire
from core.design.infer import cost, infer
from core.engine.executor import EngineProgram
from core.engine.machine.vectors import WIDTH
from core.errors import LayerError
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.input import Input
from core.layers.output import Classification
from core.layers.pooling import MaxPool
from core.layers.reshape import Flatten
from core.maths.arrays import Array
from core.maths.optim import Adam, OptimizerState
from core.native.target import cache_folder
from core.running import invented
from core.running.program import Program
from core.running.reference import ReferenceProgram

SAMPLES = WIDTH + 3
"""A whole block of images, and one that is partly filled."""
MOST_MULTIPLY_ADDS = 10**9
"""What the reference does in a second or so."""


def deviation(graph: Graph) -> float:
    """How far the scores, gradients and running statistics of this network are off, relative to their size.

    It is 0 where this was found to be small before; the network's mark beside the compiled code says so. For
    a network too large for the reference, a small one is compared.
    """
    if _multiply_adds(graph) * SAMPLES > MOST_MULTIPLY_ADDS:
        graph = _small_network()
    folder = cache_folder()
    mark = folder / "checked" / _name(graph) if folder else None
    if mark and _is_there(mark):
        return 0.0
    try:
        expected = _results(ReferenceProgram(graph))  # which is gone before the engine takes its memory
    except LayerError:  # random images are too much for it: nothing can be learned from that
        return 0.0
    try:
        found = _distance(_results(EngineProgram(graph)), expected)
    except LayerError:
        return float("inf")
    if mark and found <= TOLERANCE:
        _leave(mark)
    return found


TOLERANCE = 0.1
"""The largest deviation that is let pass. Two right ways to compute differ by far less, except where a ReLU
just opens in one and just doesn't in the other; a wrong one differs by about 1."""
LEAST = 1e-3
"""Arrays smaller than this share of the largest gradient are compared with that share."""
TINY = 1e-30


def _multiply_adds(graph: Graph) -> int:
    shapes = infer(graph).shapes
    costs = (cost(graph, block.id, shapes) for block in graph.blocks)  # each with its copies
    return sum(found.multiply_adds for found in costs if found)


def _small_network() -> Graph:
    layers = (Input((2, 9, 9)), Conv2D(6, (3, 3)), ReLU(), MaxPool(), Flatten(), Dense(5), Classification())
    blocks = tuple(Block(str(i), layer, layer.title) for i, layer in enumerate(layers))
    return Graph(blocks, tuple(Wire(str(i), str(i + 1)) for i in range(len(layers) - 1)))


def _results(program: Program) -> list[Array]:
    """The scores, the running statistics after a step, and each parameter's gradient."""
    x, target = invented.batch(program, SAMPLES)
    parameters = program.parameters
    # The usual optimiser, to have it compiled; its step is too small to tell in the scores.
    state = OptimizerState(Adam(learning_rate=1e-6), parameters.values)
    program.train_step(x, target, state)
    gradients = [parameters.gradient(*key) for key in parameters.trained]
    return [program.scores(x), parameters.statistics, *gradients]


def _distance(found: list[Array], expected: list[Array]) -> float:
    """The largest relative distance of two arrays."""
    # A gradient that ought to be zero, as a bias's before a normalisation, consists of rounding alone.
    least = LEAST * max((_size(array) for array in expected[2:]), default=0.0)
    return max(_size(a - b) / max(_size(b), least, TINY) for a, b in zip(found, expected, strict=True))


def _size(array: Array) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.square(array, dtype=np.float64).mean())) if array.size else 0.0


def _name(graph: Graph) -> str:
    return hashlib.sha256(repr(computed(graph)).encode()).hexdigest()[:16]


def _is_there(mark: Path) -> bool:
    try:
        return mark.exists()
    except OSError:  # a folder that may not be entered
        return False


def _leave(mark: Path) -> None:
    with suppress(OSError):  # then it is checked again at the next start
        mark.parent.mkdir(exist_ok=True)
        mark.touch()
