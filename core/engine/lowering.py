"""What layers lower to on the engine: each method makes the nodes of one layer and gives its output.

Layers know nothing of rows, fusion or memory (core/layers/lowering.py says what they ask for). The fusions
(ReLU into the convolution, dense layer, normalisation or sum before it, or from a convolution into the
maximum after it; a sum into the normalisation before it) happen here, and only where nobody asked for the
value in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.machine.operation import Kernel
from core.engine.operations import activation, loss
from core.engine.operations.activation import Activation, Add
from core.engine.operations.batch import Flatten
from core.engine.operations.broadcast import Combine
from core.engine.operations.convolution import Geometry, Size
from core.engine.operations.convolution_node import Convolution
from core.engine.operations.dense import Dense
from core.engine.operations.loss import binary_cross_entropy, distance, softmax_cross_entropy
from core.engine.operations.merge import Concatenate
from core.engine.operations.normalisation import BatchNorm
from core.engine.operations.pooling import MaxPool
from core.engine.operations.random import Dropout
from core.engine.operations.resampling import Resample
from core.engine.operations.reshaping import Border, Unflatten
from core.engine.operations.sample_norm import SampleNorm
from core.engine.operations.softmax import Softmax
from core.engine.operations.transposed import TransposedConvolution
from core.engine.tape import Learned, Node, Tape, Value
from core.layers.lowering import Curve, Lowering
from core.layers.windows import Pair

CURVES: dict[Curve, int] = {
    "leaky_relu": activation.LEAKY,
    "sigmoid": activation.SIGMOID,
    "tanh": activation.TANH,
    "elu": activation.ELU,
    "gelu": activation.GELU,
    "silu": activation.SILU,
}
_DISTANCES = {"mean squared error": loss.SQUARE, "mean absolute error": loss.ABSOLUTE, "huber": loss.HUBER}


@dataclass(frozen=True)
class Loss:
    """The loss at the network's end, and its settings: label smoothing or Huber's delta, class weights."""

    kernel: Kernel
    of_classes: bool
    parameter: float = 0.0
    weights: tuple[float, ...] = ()


@dataclass
class Setting:
    """The block whose layer is being lowered, as far as nodes need to know it."""

    name: str
    size: Size
    arrays: dict[str, Learned]


class BatchLowering(Lowering[Value]):
    """Collects the nodes of a network; core/engine/network.py goes through its blocks.

    `is_private` tells whether the current block alone needs a value; `key` gives the key of a block's random
    numbers in a step.
    """

    def __init__(
        self, tape: Tape, is_private: Callable[[Value], bool], key: Callable[[int, str], int]
    ) -> None:
        self.tape = tape
        self.nodes: list[Node] = []
        self.loss: Loss | None = None
        self.block = Setting("", (0, 0, 0), {})
        self._is_private, self._key = is_private, key

    # --- what layers call ---

    def enter(self) -> Value:
        value = self._new()
        value.trained = self.tape.to_input
        return value

    def convolution(
        self, x: Value, kernel: Pair, stride: Pair, pads: Pair, dilation: Pair, groups: int, bias: bool
    ) -> Value:
        window = Geometry(kernel, stride, pads, dilation)
        return self._add(Convolution(x, self._new(), *self._weights(bias), window, groups))

    def dense(self, x: Value, bias: bool) -> Value:
        return self._add(Dense(x, self._new(), *self._weights(bias)))

    def max_pool(self, x: Value, kernel: Pair, stride: Pair, pads: Pair) -> Value:
        node = MaxPool(x, self._new(), Geometry(kernel, stride, pads, (1, 1)))
        producer = self._producer(x)
        if isinstance(producer, Convolution) and producer.relu and self._is_private(x):
            # ReLU of the maximum is the maximum of ReLU, and so the convolution's output need not be kept.
            producer.relu, node.relu = False, True
        return self._add(node)

    def batch_norm(self, x: Value, momentum: float, epsilon: float) -> Value:
        names = ("gamma", "beta", "running_mean", "running_variance")
        return self._add(
            BatchNorm(x, self._new(), {n: self.block.arrays[n] for n in names}, momentum, epsilon)
        )

    def relu(self, x: Value) -> Value:
        # part of what computes x, if nobody else needs x
        producer = self._producer(x)
        if (
            isinstance(producer, Convolution | Dense | BatchNorm)
            and not producer.relu
            and self._is_private(x)
        ):
            producer.relu = True
            return x
        return self._add(Activation(x, self._new(), activation.RELU))

    def curve(self, x: Value, name: Curve, slope: float = 0.0) -> Value:
        return self._add(Activation(x, self._new(), CURVES[name], slope))

    def softmax(self, x: Value) -> Value:
        return self._add(Softmax(x, self._new()))

    def add(self, *inputs: Value) -> Value:
        # part of a normalisation that ends one of two branches, if one does
        if len(inputs) == 2 and inputs[0] is not inputs[1] and inputs[0].size == inputs[1].size:
            for x, other in (inputs, inputs[::-1]):
                node = self._producer(x)
                if (
                    isinstance(node, BatchNorm)
                    and not node.relu
                    and node.residual is None
                    and self._is_private(x)
                ):
                    node.fuse_add(other, self._new())
                    self.nodes.remove(node)  # the other branch has to come first
                    return self._add(node)
        if any(x.size != self.block.size for x in inputs):
            return self._add(Combine(inputs, self._new(), product=False))
        return self._add(Add(inputs, self._new()))

    def multiply(self, *inputs: Value) -> Value:
        return self._add(Combine(inputs, self._new(), product=True))

    def concatenate(self, *inputs: Value) -> Value:
        return self._add(Concatenate(inputs, self._new()))

    def flatten(self, x: Value) -> Value:
        return x if x.size[1:] == (1, 1) else self._add(Flatten(x, self._new()))

    def reshape(self, x: Value) -> Value:
        if x.size == self.block.size:
            return x
        vector = self._add(Flatten(x, self.tape.value((x.vectors, 1, 1)))) if x.size[1:] != (1, 1) else x
        return self._add(Unflatten(vector, self._new())) if self.block.size[1:] != (1, 1) else vector

    def border(self, x: Value, top: int, left: int) -> Value:
        return self._add(Border(x, self._new(), top, left))

    def resample(self, x: Value, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> Value:
        return self._add(Resample(x, self._new(), rows, columns))

    def sample_norm(self, x: Value, groups: int, each: bool, epsilon: float) -> Value:
        arrays = self.block.arrays
        node = SampleNorm(x, self._new(), arrays["gamma"], arrays["beta"], groups, each, epsilon)
        return self._add(node)

    def transposed_convolution(
        self, x: Value, kernel: Pair, stride: Pair, cut: Pair, dilation: Pair, groups: int, bias: bool
    ) -> Value:
        window = Geometry(kernel, stride, cut, dilation)
        return self._add(TransposedConvolution(x, self._new(), *self._weights(bias), window, groups))

    def dropout(self, x: Value, share: float) -> Value:
        if not self.tape.training or share == 0:
            return x
        name = self.block.name
        return self._add(Dropout(x, self._new(), share, lambda step: self._key(step, name)))

    def cross_entropy(self, x: Value, smoothing: float, weights: tuple[float, ...]) -> Value:
        self.loss = Loss(softmax_cross_entropy, True, smoothing, weights or (1.0,) * x.vectors)
        return x

    def binary_cross_entropy(self, x: Value) -> Value:
        self.loss = Loss(binary_cross_entropy, False)
        return x

    def distance(self, x: Value, name: str, delta: float) -> Value:
        self.loss = Loss(distance(_DISTANCES[name]), False, delta)
        return x

    def reference(self, node: Node) -> Value:
        """What a layer without an operation becomes."""
        return self._add(node)

    def apart(self, x: Value) -> Value:
        """The same numbers as a value of the block's own, with a gradient of its own."""
        return self._add(Add((x,), self._new()))

    # --- for itself ---

    def _new(self) -> Value:
        return self.tape.value(self.block.size)

    def _add(self, node: Node) -> Value:
        node.output.trained = any(x.trained for x in node.inputs) or node.learns
        self.nodes.append(node)
        return node.output

    def _weights(self, bias: bool) -> tuple[Learned, Learned | None]:
        return self.block.arrays["weight"], self.block.arrays["bias"] if bias else None

    def _producer(self, x: Value) -> Node | None:
        return next((node for node in self.nodes if node.output is x), None)
