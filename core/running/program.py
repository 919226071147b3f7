"""A design made runnable, whoever runs it: `core.compile` chooses, and who uses a Program needn't know."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.data.dataset import Dataset
from core.design.expand import expand
from core.design.graph import Block, Graph
from core.design.infer import require_sound
from core.errors import LayerError
from core.layers.base import Output
from core.maths.arrays import Array, Shape
from core.maths.optim import OptimizerState
from core.running.parameters import Parameters


@dataclass(frozen=True)
class Result:
    """Means over a number of samples: the loss, and the output block's metrics by name."""

    loss: float
    metrics: dict[str, float]
    samples: int


@dataclass(frozen=True, eq=False)
class Inspection:
    """What a training pass brought to light; all arrays are copies.

    `outputs` of blocks and `gradients` of the loss with respect to them are (N, *shape) by block; those with
    respect to the `parameters` of the blocks in `gradients` are named `block_id.name`.
    """

    loss: float
    outputs: dict[str, Array]
    gradients: dict[str, Array]
    parameters: dict[str, Array]


def quiet() -> np.errstate:
    """Keeps NumPy from warning of overflows: they are looked for, and reported with the block."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")


@contextmanager
def running(block: Block, phase: str) -> Iterator[None]:
    """Turns whatever goes wrong in a layer's pass into a LayerError that names the block."""
    failure = partial(LayerError, block=block.id, phase=phase)
    begin = f"{block.name} failed in its {phase} pass"
    try:
        yield
    except MemoryError as error:
        raise failure(f"{begin}: not enough memory.", "Use a smaller batch or a smaller network.") from error
    except Exception as error:
        hint = "This is a fault of cnngui: please report it with the design."
        raise failure(f"{begin}: {error}.", hint) from error


class Program(ABC):
    """A network with its parameters. Batches are `(N, *input_shape)` in the program's dtype.

    `graph` is the network that is computed: the design with its repeated groups unrolled. `parameters` are
    those of another program of the same design, to share them; without, they are drawn from `seed`.

    `notice` tells the user why a program runs slower than it could; it is empty for most.
    Raises DesignError for a design that can't be trained.
    """

    notice = ""

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        parameters: Parameters | None = None,
    ) -> None:
        self.shapes: dict[str, Shape] = require_sound(graph).shapes
        self.graph = graph = expand(graph).network
        self.dtype = np.dtype(dtype)
        self.seed = seed
        self.input = next(b for b in graph.blocks if b.layer.inputs == 0)
        self.output, self.output_layer = _output(graph)
        self.parameters = parameters or Parameters(graph, self.shapes, seed, dtype)

    def adapt(self, counts: Sequence[int]) -> None:
        """Lets the loss know how many samples of each class there are to train on; before the first step.

        Only the first data matter: a network is judged by the loss that it was trained with.
        """
        fitted = self.output_layer.fitted(counts)
        if fitted is self.output_layer:
            return
        output, self.output_layer = replace(self.output, layer=fitted), fitted
        blocks = tuple(output if block is self.output else block for block in self.graph.blocks)
        self.graph, self.output = replace(self.graph, blocks=blocks), output

    @abstractmethod
    def train_step(self, x: Array, target: NDArray[Any], state: OptimizerState) -> Result:
        """Forward, backward and one optimiser step; the result is that of the forward pass.

        Random numbers of the step depend on `seed` and `state.step` alone. Raises LayerError (see `blame`)
        where the loss or a gradient isn't finite; parameters and running statistics are then as they were.
        """

    def train_on(self, data: Dataset, chosen: NDArray[np.int64], state: OptimizerState) -> Result:
        """`train_step` on the samples of a data set with these numbers."""
        return self.train_step(*self.batch(data, chosen), state)

    def inspect(
        self,
        x: Array,
        target: NDArray[Any],
        outputs: Collection[str] = (),
        gradients: Collection[str] = (),
        step: int = 0,
    ) -> Inspection:
        """Forward and backward as in training, with the random numbers of `step`, but nothing is changed.

        Copies the outputs of some blocks and the gradients with respect to those of some; a block that the
        loss doesn't depend on has none.
        """
        statistics = self.parameters.statistics.copy()
        self.output_layer.check(self.shapes[self.output.id], target)
        try:
            loss, values, slopes = self._pass(x, target, frozenset(outputs), frozenset(gradients), step)
        finally:
            self.parameters.statistics[...] = statistics
        return Inspection(loss, values, slopes, self.parameters.gradients_of(slopes))

    @abstractmethod
    def _pass(
        self, x: Array, target: NDArray[Any], outputs: frozenset[str], gradients: frozenset[str], step: int
    ) -> tuple[float, dict[str, Array], dict[str, Array]]:
        """The loss, outputs and gradients of a training pass; running statistics may change."""

    @abstractmethod
    def outputs(self, x: Array, blocks: Collection[str]) -> dict[str, Array]:
        """The outputs `(N, *shape)` of these blocks in evaluation mode, as arrays of the caller's own."""

    def scores(self, x: Array) -> Array:
        """What enters the output block, in evaluation mode: logits or values `(N, F)`, or images."""
        return self.outputs(x, [self.output.id])[self.output.id]

    def scores_on(self, data: Dataset, chosen: NDArray[np.int64]) -> Array:
        """`scores` of the samples of a data set with these numbers."""
        return self.scores(self.batch(data, chosen)[0])

    def batch(self, data: Dataset, chosen: Any) -> tuple[Array, NDArray[Any]]:
        """The chosen samples of a data set, and what the network is to make of each of them."""
        return data.batch(chosen, self.dtype)[0], self.targets(data, chosen)

    def targets(self, data: Dataset, chosen: Any) -> NDArray[Any]:
        """What the network is to make of each of the chosen samples."""
        images = self.output_layer.target == "image"
        found: NDArray[Any] = data.batch(chosen, self.dtype)[0] if images else data.targets[chosen]
        return found

    def predict(self, x: Array) -> Array:
        """What the user is shown: class probabilities or values `(N, F)`, or images `(N, C, H, W)`."""
        return self.output_layer.predict(self.scores(x))

    def evaluate(self, x: Array, target: NDArray[Any]) -> Result:
        """Loss and metrics of one batch in evaluation mode."""
        return self.judge(self.scores(x), target)

    def judge(self, scores: Array, target: NDArray[Any]) -> Result:
        """Loss and metrics of these scores."""
        with quiet():
            loss, _ = self.output_layer.loss(scores, target)
            return Result(loss, self.output_layer.measure(scores, target), len(scores))

    @abstractmethod
    def blame(self, x: Array, target: NDArray[Any]) -> LayerError:
        """Which block makes the loss of this batch not finite: the first whose output or gradient isn't."""


def _output(graph: Graph) -> tuple[Block, Output]:
    return next((b, b.layer) for b in graph.blocks if isinstance(b.layer, Output))
