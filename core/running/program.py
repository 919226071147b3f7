"""A design made runnable, whoever runs it: `core.compile` chooses, and who uses a Program needn't know."""

from __future__ import annotations

import copy
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.data.dataset import Dataset
from core.design.expand import expand
from core.design.graph import Block, Graph
from core.design.infer import require_sound
from core.errors import CoreError, DataError, LayerError, UsageError
from core.layers.base import Output
from core.maths.arrays import Array, Shape
from core.maths.optim import Optimizer, OptimizerState
from core.native.turn import Turn
from core.running import causes, checks
from core.running.memory import Purpose, too_large
from core.running.parameters import Parameters


@dataclass(frozen=True)
class Result:
    """Means over a number of samples: the loss, and the output block's metrics by name.

    `weight` is how much the samples count together in the loss: with class weights their sum, else `samples`.
    """

    loss: float
    metrics: dict[str, float]
    samples: int
    weight: float

    @property
    def first_metric(self) -> float:
        """What curves and tables show beside the loss, such as the accuracy; NaN without metrics."""
        return next(iter(self.metrics.values()), math.nan)


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
    except MemoryError:
        raise  # said of the whole batch, by who knows how large it is
    except Exception as error:
        hint = "This is a fault of cnngui: please report it with the design."
        raise failure(f"{begin}: {error}.", hint) from error


class Execution(NamedTuple):
    """What computes a program. With another vector width, the last bits of its numbers are others."""

    executor: str
    """"engine" or "reference"."""
    vector_width: int = 1
    """Numbers that are computed side by side."""
    threads: int = 1


class Program(ABC):
    """A network with its parameters. Batches are `(N, *input_shape)` in the program's dtype.

    `graph` is the network that is computed: the design with its repeated groups unrolled. `parameters` are
    those of another program of the same design, to share them; without, they are drawn from `seed`. Not even
    that where it isn't `drawn`: then it can't run, takes no memory, and is only there to plan with.

    Several threads may use one program: one pass runs after the other. Only one of them may train it. A copy,
    and one that was pickled, has parameters of its own.

    `notice` tells the user why a program runs slower than it could; it is empty for most.
    Raises DesignError for a design that can't be trained.
    """

    notice = ""
    execution = Execution("reference")
    own_memory = 0
    """Bytes that the executor itself adds to a process, its compiled code among them."""
    keeps_step_memory = False
    """Whether what a step needs is kept for the next one."""

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        parameters: Parameters | None = None,
        drawn: bool = True,
    ) -> None:
        self._turn = Turn()
        self._trainer: threading.Thread | None = None
        self.shapes: dict[str, Shape] = require_sound(graph).shapes
        self.graph = graph = expand(graph).network
        self.dtype = np.dtype(dtype)
        self.seed = seed
        self.input = next(b for b in graph.blocks if b.layer.inputs == 0)
        self.output, self.output_layer = _output(graph)
        self.parameters = parameters or Parameters(graph, self.shapes, seed, dtype, drawn=drawn)

    def __getstate__(self) -> dict[str, Any]:
        """For pickle and copy: all but what is made anew when it is needed (see `_made_anew`)."""
        with self._turn:
            return {**self.__dict__, "_trainer": None, **self._made_anew()}

    def release(self) -> None:
        """Gives back the memory that passes work in; the next one takes it anew."""
        with self._turn:
            self.__dict__.update(self._made_anew())

    def _made_anew(self) -> dict[str, Any]:
        """What an executor has compiled, as it was before."""
        return {}

    def __copy__(self) -> Self:
        """A program of its own, too: two with the same parameters would train each other."""
        return copy.deepcopy(self)

    def require_free(self) -> None:
        """Raises UsageError while another thread trains the program: each would undo what the other does."""
        trainer = self._trainer
        if trainer is not None and trainer is not threading.current_thread() and trainer.is_alive():
            raise UsageError(
                "The network is being trained in another thread.",
                "Wait until that training has ended, or give each thread a network of its own.",
            )

    @contextmanager
    def trained_here(self) -> Iterator[None]:
        """While this holds, no other thread trains the program. Raises UsageError where one does."""
        with self._turn:
            self.require_free()
            self._trainer = threading.current_thread()
        try:
            yield
        finally:
            self._trainer = None

    def adapt(self, counts: Sequence[int]) -> None:
        """Lets the loss know how many samples of each class there are to train on; before the first step.

        Only the first data matter: a network is judged by the loss that it was trained with.
        """
        values = math.prod(self.shapes[self.output.id])
        fitted = self.output_layer.fitted([*counts, *[0] * (values - len(counts))] if counts else counts)
        if fitted is self.output_layer:
            return
        output, self.output_layer = replace(self.output, layer=fitted), fitted
        blocks = tuple(output if block is self.output else block for block in self.graph.blocks)
        self.graph, self.output = replace(self.graph, blocks=blocks), output

    def train_step(self, x: Array, target: NDArray[Any], state: OptimizerState) -> Result:
        """Forward, backward and one optimiser step; the result is that of the forward pass.

        Random numbers of the step depend on `seed` and `state.step` alone. Raises UsageError for arrays that
        aren't a batch, or are one too large for the memory; LayerError (see `blame`) where the loss or a
        gradient isn't finite, and DataError where the samples aren't: parameters and running statistics are
        then as they were. Where the update itself makes a number that isn't finite, DivergedError says so,
        and it stays made.
        """
        x, target = self._checked(x, target)
        with self._one_pass(len(x), "train"):
            return self._train_step(x, target, state)

    @abstractmethod
    def step_memory(self, samples: int, optimizer: Optimizer) -> int:
        """The bytes that a training step on so many samples needs besides what is learned (`parameters`, and
        what the optimiser keeps). Nothing that grows with `samples` is taken to find out."""

    @abstractmethod
    def _train_step(
        self,
        x: Array,
        target: NDArray[Any],
        state: OptimizerState,
        numbers: NDArray[np.int64] | None = None,
    ) -> Result:
        """`train_step` for a checked batch; `numbers` are those of its samples in their data set."""

    def train_on(self, data: Dataset, chosen: NDArray[np.int64], state: OptimizerState) -> Result:
        """`train_step` on the samples of a data set with these numbers."""
        self.require(data)
        target = self._checked_targets(self.targets(data, chosen), len(chosen))
        with self._one_pass(len(chosen), "train"):
            return self._train_on(data, chosen, target, state)

    def _train_on(
        self, data: Dataset, chosen: NDArray[np.int64], target: NDArray[Any], state: OptimizerState
    ) -> Result:
        """`train_on` for a data set and targets that have been checked."""
        return self._train_step(data.batch(chosen, self.dtype)[0], target, state, chosen)

    def require(self, data: Dataset) -> None:
        """Raises DataError for a data set that the network can't be trained or judged on."""
        checks.data_samples(self.input, self.shapes[self.input.id], data.images)
        kind, shape = self.output_layer.target, self.shapes[self.output.id]
        checks.data_targets(self.output, kind, shape, data.targets)

    def require_weight(self, data: Dataset, part: str) -> None:
        """Raises DataError where no sample of the data counts in the loss: it would be 0, or no number.

        `part` is what a message calls the data.
        """
        found = np.flatnonzero(data.counts())
        known = found[found < math.prod(self.shapes[self.output.id])]
        if len(known) and self.output_layer.weigh(known) == 0:
            raise DataError(
                f"{self.output.name}: no sample of the {part} counts, as all are of classes with weight 0.",
                "Take other samples, or give one of these classes a weight above 0; a balanced class has one "
                "where it occurs in the training data.",
                block=self.output.id,
            )

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
        loss doesn't depend on has none. Raises UsageError as `train_step` does, and for an unknown block.
        """
        x, target = self._checked(x, target)
        wishes = self._known(outputs), self._known(gradients)
        with self._one_pass(len(x), "look at"):
            statistics = self.parameters.statistics.copy()
            try:
                loss, values, slopes = self._pass(x, target, *wishes, step)
            finally:
                self.parameters.statistics[...] = statistics
            return Inspection(loss, values, slopes, self.parameters.gradients_of(slopes))

    @abstractmethod
    def _pass(
        self, x: Array, target: NDArray[Any], outputs: frozenset[str], gradients: frozenset[str], step: int
    ) -> tuple[float, dict[str, Array], dict[str, Array]]:
        """The loss, outputs and gradients of a training pass; running statistics may change."""

    def outputs(self, x: Array, blocks: Collection[str]) -> dict[str, Array]:
        """The outputs `(N, *shape)` of these blocks in evaluation mode, as arrays of the caller's own.

        Raises UsageError where `x` isn't a batch, or is one too large for the memory, and for unknown blocks.
        """
        x, wanted = self._batch(x), self._known(blocks)
        with self._one_pass(len(x), "look at"):
            return self._outputs(x, wanted)

    @abstractmethod
    def _outputs(self, x: Array, blocks: frozenset[str]) -> dict[str, Array]:
        """`outputs` for a batch that has been checked."""

    def scores(self, x: Array) -> Array:
        """What enters the output block, in evaluation mode: logits or values `(N, F)`, or images."""
        return self.outputs(x, [self.output.id])[self.output.id]

    def scores_on(self, data: Dataset, chosen: NDArray[np.int64]) -> Array:
        """`scores` of the samples of a data set with these numbers."""
        self.require(data)
        with self._one_pass(len(chosen), "look at"):
            return self._scores_on(data, chosen)

    def _scores_on(self, data: Dataset, chosen: NDArray[np.int64]) -> Array:
        """`scores_on` for a data set that has been checked."""
        x = data.batch(chosen, self.dtype)[0]
        return self._outputs(x, frozenset([self.output.id]))[self.output.id]

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
        """Loss and metrics of one batch in evaluation mode. Raises UsageError as `train_step` does."""
        x, target = self._checked(x, target)
        return self.judge(self.scores(x), target)

    def judge(self, scores: Array, target: NDArray[Any]) -> Result:
        """Loss and metrics of these scores. Raises UsageError for targets that don't fit them."""
        target = self._checked_targets(target, len(scores))
        with quiet():
            loss, _ = self.output_layer.loss(scores, target)
            return self._result(loss, scores, target)

    def _result(self, loss: float, scores: Array, target: NDArray[Any]) -> Result:
        layer = self.output_layer
        return Result(loss, layer.measure(scores, target), len(scores), layer.weigh(target))

    def diverged(
        self, x: Array, target: NDArray[Any], step: int, numbers: NDArray[np.int64] | None = None
    ) -> CoreError:
        """Why the loss or a gradient of this batch isn't finite, after `step` steps of the optimiser.

        `numbers` are those of the samples in their data set.
        """
        return causes.in_samples(self.input, x, numbers) or self.blame(x, target, step)

    def _require_finite(self, state: OptimizerState) -> None:
        """Raises DivergedError where the step just made has left a number that isn't finite."""
        parameters = self.parameters
        kept = (parameters.values, parameters.statistics, *state.slots.values())
        if all(np.isfinite(array).all() for array in kept):
            return
        broken = parameters.broken()
        if broken is not None:
            block, name = broken
            raise causes.in_learned(self.graph[block], name, state.step)
        for slot, array in state.slots.items():
            for (block, name), part in parameters.views(array).items():
                if not np.isfinite(part).all():
                    raise causes.in_slot(self.graph[block], name, slot)

    @abstractmethod
    def blame(self, x: Array, target: NDArray[Any], step: int = 0) -> LayerError:
        """Which block makes the loss of this batch not finite: the first whose numbers aren't."""

    def _batch(self, x: Any) -> Array:
        return checks.samples(self.input, self.shapes[self.input.id], x, self.dtype)

    def _checked(self, x: Any, target: Any) -> tuple[Array, NDArray[Any]]:
        found = self._batch(x)
        return found, self._checked_targets(target, len(found))

    def _checked_targets(self, target: Any, count: int) -> NDArray[Any]:
        layer, shape = self.output_layer, self.shapes[self.output.id]
        found = checks.targets(self.output, layer.target, shape, target, count)
        try:
            layer.check(shape, found)
        except UsageError as error:
            error.problem = replace(error.problem, block=self.output.id)
            raise
        return found

    def _known(self, blocks: Collection[str]) -> frozenset[str]:
        for block in blocks:
            if block not in self.shapes:
                names = ", ".join(self.shapes)
                raise UsageError(f"The network has no block {block!r}.", f"Blocks: {names}.")
        return frozenset(blocks)

    @contextmanager
    def _one_pass(self, count: int, purpose: Purpose) -> Iterator[None]:
        """Keeps other threads out, and says what to do where a batch of `count` samples is too large.

        Parameters, and the memory that an executor works in, are there once.
        """
        try:
            with self._turn:
                yield
        except MemoryError as error:
            sizes = (math.prod(shape) for shape in self.shapes.values())
            raise too_large(count, self.dtype.itemsize * sum(sizes), purpose) from error


def _output(graph: Graph) -> tuple[Block, Output]:
    return next((b, b.layer) for b in graph.blocks if isinstance(b.layer, Output))
